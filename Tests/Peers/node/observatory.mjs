// MDN's HTTP Observatory grades pages: as arguments the address of the host to be scanned and pages as host/path, on standard output a JSON array of grade,
// score and the tests each page fails. The names of these pages lead to the address, where ports 80 and 443 have to answer; NODE_EXTRA_CA_CERTS names
// the authority that certified them. Everything else is the scanner's own.
import dns from 'node:dns';
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [address, ...pages] = process.argv.slice(2);
const hosts = new Set(pages.map((page) => page.split('/')[0]));
const lookup = dns.lookup;
dns.lookup = (name, options, callback) => {
  if (!hosts.has(name)) return lookup(name, options, callback);
  return options.all ? callback(null, [{ address, family: 4 }]) : callback(null, address, 4);
};
// The list of hosts that browsers know beforehand is fetched when the package installs itself. Without it nobody gets what it gives.
const preloaded = new URL('../conf/hsts-preload.json', import.meta.resolve('@mdn/mdn-http-observatory'));
if (!existsSync(preloaded)) writeFileSync(preloaded, '{}');
const { scan } = await import('@mdn/mdn-http-observatory');
const grades = [];
for (const page of pages) {
  const { scan: { grade, score, testsQuantity }, tests } = await scan(page);
  const failed = Object.entries(tests).filter(([, test]) => !test.pass).map(([name, test]) => `${name}: ${test.result}`);
  grades.push({ page, grade, score, tests: testsQuantity, failed });
}
process.stdout.write(JSON.stringify(grades));
