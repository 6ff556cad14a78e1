import { TCP_PORTS } from './ports.generated';

/** The registry has several names for these; this is the one in use. */
const IN_USE: Readonly<Record<number, string>> = { 80: 'http' };

let names: ReadonlyMap<number, string> | null = null;

function registered(): ReadonlyMap<number, string> {
  if (names) return names;
  const map = new Map<number, string>();
  const words = TCP_PORTS.split(' ');
  for (let i = 0; i + 1 < words.length; i += 2) map.set(Number(words[i]), words[i + 1]!);
  for (const [port, name] of Object.entries(IN_USE)) map.set(Number(port), name);
  return (names = map);
}

/** Registered service name of a TCP port (IANA), or the empty string. */
export function portName(port: number): string {
  return registered().get(port) ?? '';
}
