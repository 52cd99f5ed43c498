// Grafana's own types of the version docker-compose.yml names judge dashboards: files as arguments, on standard output a JSON array of what they find.
// A member Grafana does not know is an error, as is one it cannot do without.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const here = dirname(fileURLToPath(import.meta.url));
const raw = '@grafana/schema/dist/esm/raw';
const prelude = `
import type * as common from '@grafana/schema';
import type * as dash from '${raw}/dashboard/x/dashboard_types.gen';
import type * as timeseries from '${raw}/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';
import type * as stat from '${raw}/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
// A JSON file writes an enum's value, not its name.
type Plain<T> = T extends string ? \`\${T}\` : T extends Array<infer U> ? Array<Plain<U>> : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;
type Target = common.DataQuery & { expr: string; legendFormat: string };
type Fields<C> = Omit<dash.FieldConfigSource, 'defaults'> & { defaults: Omit<dash.FieldConfig, 'custom'> & { custom?: Partial<C> } };
type PanelOf<T extends string, O, C> = Omit<dash.Panel, 'type' | 'options' | 'targets' | 'fieldConfig'> & { type: T; title: string; options: O; targets: Target[]; fieldConfig: Fields<C> };
type Board = Plain<Omit<dash.Dashboard, 'panels'> & { uid: string; panels: Array<PanelOf<'timeseries', timeseries.Options, timeseries.FieldConfig> | PanelOf<'stat', stat.Options, never>> }>;
`;
const files = new Map(process.argv.slice(2).map((file, i) => [join(here, `dashboard-${i}.ts`), { file, text: `${prelude}export const board: Board = ${readFileSync(file, 'utf8')};\n` }]));
const options = { strict: true, noEmit: true, skipLibCheck: true, types: [], target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler };
const host = ts.createCompilerHost(options);
const [fileExists, readFile, getSourceFile] = [host.fileExists, host.readFile, host.getSourceFile];
host.fileExists = (name) => files.has(name) || fileExists(name);
host.readFile = (name) => files.get(name)?.text ?? readFile(name);
host.getSourceFile = (name, ...rest) => (files.has(name) ? ts.createSourceFile(name, files.get(name).text, ts.ScriptTarget.ES2022, true) : getSourceFile(name, ...rest));
const program = ts.createProgram([...files.keys()], options, host);
const offset = prelude.split('\n').length - 1;
const found = ts.getPreEmitDiagnostics(program).map((fault) => {
  const line = fault.file ? fault.file.getLineAndCharacterOfPosition(fault.start).line - offset + 1 : 0;
  return `${files.get(fault.file?.fileName)?.file ?? fault.file?.fileName ?? ''}:${line}: ${ts.flattenDiagnosticMessageText(fault.messageText, '\n')}`;
});
process.stdout.write(JSON.stringify(found));
