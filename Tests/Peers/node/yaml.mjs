// YAML as JSON: on standard input an array of files' texts, on standard output an array with each one's documents. A key that stands twice is an error.
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

const read = (text) => parseAllDocuments(text, { merge: true }).map((document) => {
  for (const fault of [...document.errors, ...document.warnings]) throw fault;
  return document.toJS();
});
process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map(read)));
