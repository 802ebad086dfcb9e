// Minifies FOLDER/script.mjs into FOLDER/script.min.mjs with the Terser in FOLDER/package: node minify.mjs FOLDER
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const folder = process.argv[2];
const { minify } = createRequire(import.meta.url)(join(folder, "package", "dist", "bundle.min.js"));
const script = readFileSync(join(folder, "script.mjs"), "utf8");
const options = { module: true, ecma: 2020, compress: { passes: 3 }, format: { comments: false } };
writeFileSync(join(folder, "script.min.mjs"), (await minify(script, options)).code);
