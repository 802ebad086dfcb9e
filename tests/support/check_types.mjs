// Checks the TypeScript project in each folder as tsc would, and prints every complaint as JSON: {folder: [{file, line, text}]}.
// node check_types.mjs PACKAGE-JSON FOLDER..., where TypeScript is a dependency of PACKAGE-JSON.
// Projects share the declarations that they read, which saves most of the time of one tsc for each.
import { createRequire } from "node:module";
import path from "node:path";

const [manifest, ...folders] = process.argv.slice(2);
const ts = createRequire(manifest)("typescript");
const parsed = new Map();

function complaintsIn(folder) {
  const config = ts.getParsedCommandLineOfConfigFile(
    path.join(folder, "tsconfig.json"),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
        throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"));
      },
    },
  );
  const host = ts.createCompilerHost(config.options, true);
  const { getSourceFile } = host;
  host.getSourceFile = (name, options, ...rest) => {
    const key = JSON.stringify([name, options]);
    if (!parsed.has(key)) parsed.set(key, getSourceFile(name, options, ...rest));
    return parsed.get(key);
  };
  const program = ts.createProgram(config.fileNames, config.options, host);
  return [...config.errors, ...ts.getPreEmitDiagnostics(program)].map(({ file, start, messageText }) => ({
    file: file ? path.relative(folder, file.fileName) : "",
    line: file ? file.getLineAndCharacterOfPosition(start).line + 1 : 0,
    text: ts.flattenDiagnosticMessageText(messageText, " "),
  }));
}

console.log(JSON.stringify(Object.fromEntries(folders.map((folder) => [folder, complaintsIn(folder)]))));
