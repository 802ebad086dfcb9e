// Runs pyc_compiler.py in Pyodide under Node: node pyc_compiler.mjs PYODIDE_FOLDER WORK_FOLDER
// Reads WORK_FOLDER/sources.zip, writes WORK_FOLDER/compiled.zip, prints the magic number of the byte code.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [pyodideFolder, workFolder] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(pyodideFolder, "pyodide.mjs")).href);
const pyodide = await loadPyodide({
  indexURL: pyodideFolder,
  // The order of a set in byte code follows the hash seed: a fixed one gives the same bytes every time.
  env: { PYTHONHASHSEED: "0" },
});
pyodide.mountNodeFS("/archives", workFolder);
const program = join(dirname(fileURLToPath(import.meta.url)), "pyc_compiler.py");
pyodide.FS.writeFile("/home/pyodide/pyc_compiler.py", readFileSync(program));
const { compile_archive } = pyodide.pyimport("pyc_compiler");
console.log(compile_archive("/archives/sources.zip", "/archives/compiled.zip"));
