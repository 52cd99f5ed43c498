// Kubernetes' own API (kubernetes-models, made from its OpenAPI document) judges manifests: files as arguments, on standard output a JSON array of what it finds.
// Its schemas say what a value must be; its types are asked as well, because to them a member of another name is an error.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { parseAllDocuments } from 'yaml';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const [found, sources] = [[], new Map()];
for (const file of process.argv.slice(2)) {
  parseAllDocuments(readFileSync(file, 'utf8')).forEach((document, i) => {
    const tell = (text) => found.push(`${file}#${i}: ${text}`);
    for (const fault of [...document.errors, ...document.warnings]) tell(fault.message);
    const manifest = document.toJS();
    const path = `kubernetes-models/${manifest.apiVersion}/${manifest.kind}`;
    let model;
    try {
      ({ [manifest.kind]: model } = require(path));
    } catch {
      return tell(`Kubernetes has no ${manifest.apiVersion} ${manifest.kind}`);
    }
    try {
      new model(manifest).validate();
    } catch (fault) {
      tell(fault.message);
    }
    sources.set(join(here, `manifest-${sources.size}.ts`), {
      tell, text: `import type { I${manifest.kind} as Manifest } from '${path}';\nexport const manifest: Manifest = ${JSON.stringify(manifest)};\n`,
    });
  });
}
const options = { strict: true, noEmit: true, skipLibCheck: true, types: [], target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler };
const host = ts.createCompilerHost(options);
const [fileExists, readFile, getSourceFile] = [host.fileExists, host.readFile, host.getSourceFile];
host.fileExists = (name) => sources.has(name) || fileExists(name);
host.readFile = (name) => sources.get(name)?.text ?? readFile(name);
host.getSourceFile = (name, ...rest) => (sources.has(name) ? ts.createSourceFile(name, sources.get(name).text, ts.ScriptTarget.ES2022, true) : getSourceFile(name, ...rest));
for (const fault of ts.getPreEmitDiagnostics(ts.createProgram([...sources.keys()], options, host))) {
  const text = ts.flattenDiagnosticMessageText(fault.messageText, '\n');
  (sources.get(fault.file?.fileName)?.tell ?? ((other) => found.push(other)))(text);
}
process.stdout.write(JSON.stringify(found));
