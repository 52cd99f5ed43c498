'use strict';
// Policies as a JSON array on standard input, for each what Google's CSP Evaluator finds in it on standard output.
const { CspEvaluator } = require('csp_evaluator/dist/evaluator.js');
const { CspParser } = require('csp_evaluator/dist/parser.js');

let input = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => { input += chunk; });
process.stdin.on('end', () => {
  const findings = (policy) => new CspEvaluator(new CspParser(policy).csp).evaluate()
    .map(({ severity, directive, value, description }) => ({ severity, text: `${directive} ${value ?? ''}: ${description}` }));
  process.stdout.write(JSON.stringify(JSON.parse(input).map(findings)));
});
