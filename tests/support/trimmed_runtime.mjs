// Starts an assembled site's trimmed Python under Node, the way the page's worker does, and runs a program in it:
// node trimmed_runtime.mjs SITE_PACKAGES_MODULE SITE_FOLDER PROGRAM
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const [packagesModule, site, program] = process.argv.slice(2);
const { installPackages } = await import(pathToFileURL(packagesModule).href);
const assets = JSON.parse(await readFile(join(site, "assets.json"), "utf8"));
const file = (role) => join(site, assets.files[role].url);

const { loadPyodide } = await import(pathToFileURL(file("pyodide")).href);
const { default: createPyodideModule } = await import(pathToFileURL(file("asm")).href);
const archive = async (role) => new Uint8Array(await readFile(file(role)));
const compiled = new Map(
  Object.entries(assets.libraries).map(([path, role]) => [
    path,
    readFile(file(role)).then((b) => WebAssembly.compile(b)),
  ]),
);
const fail = (error) => {
  console.error(error);
  process.exit(1);
};
const step = installPackages([archive("numpy"), archive("core")], compiled, fail);
const pyodide = await loadPyodide({
  indexURL: dirname(file("pyodide")),
  stdLibURL: file("stdlib"),
  lockFileURL: file("lock"),
  createPyodideModule: (settings) => {
    settings.preRun.push(step);
    return createPyodideModule(settings);
  },
});
console.log(pyodide.runPython(await readFile(program, "utf8")));
