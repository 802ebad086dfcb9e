// Minifies FOLDER/script.mjs into FOLDER/script.min.mjs with the esbuild in FOLDER/package: node minify.mjs FOLDER
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const folder = process.argv[2];
const { stop, transform } = createRequire(import.meta.url)(join(folder, "package", "lib", "main.js"));
const script = readFileSync(join(folder, "script.mjs"), "utf8");
const options = { format: "esm", legalComments: "none", logLevel: "silent", minify: true, target: "es2022" };
writeFileSync(join(folder, "script.min.mjs"), (await transform(script, options)).code);
await stop();
