// The version of the package, for reports.

export const VERSION = "0.1.0";
