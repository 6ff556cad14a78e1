/** "1.5 MB": decimal units, two or three significant digits; whole bytes below 1000. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.5 ? 0 : 1;
  return `${value.toFixed(digits).replace(/\.0$/, '')}\u00a0${units[unit]!}`;
}

/** "10.0.0.2:34698", "[fe80::1]:80". */
export function endpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** "0f" */
export function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

/** Offset column of a dump: four digits, more where the buffer needs them. */
export function hexOffset(offset: number, size: number): string {
  return offset.toString(16).padStart(size > 0x10000 ? 6 : 4, '0');
}

/** A printable ASCII character, or a dot. */
export function asciiByte(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
}

/** "45 00 00 3c": what "copy hex" puts on the clipboard. */
export function hexText(bytes: Uint8Array): string {
  return Array.from(bytes, hexByte).join(' ');
}

/** Hex and ASCII, 16 bytes a line, as `hexdump -C` shows them. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const part = bytes.subarray(at, at + 16);
    lines.push(`${hexOffset(at, bytes.length)}  ${hexText(part).padEnd(47)}  ${Array.from(part, asciiByte).join('')}`);
  }
  return lines.join('\n');
}

/** Whole percent, never 100 before the end. */
export function percent(fraction: number): number {
  return Math.max(0, Math.min(99, Math.floor(fraction * 100)));
}
