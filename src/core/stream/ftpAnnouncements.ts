import type { Segment } from '../decode/segment';
import { FAMILY_IPV4, FAMILY_IPV6 } from '../decode/segment';

export const FTP_CONTROL_PORT = 21;
/** Open announcements kept; the oldest goes first. */
const MAX_OPEN = 4096;
/** A longer line announces nothing. */
const MAX_LINE = 512;

/**
 * Data connections that FTP control channels announce (RFC 959 PORT and 227, RFC 2428 EPRT and 229). Wireshark makes their
 * stream when it reads the announcement, so the first SYN does not count in tcp.completeness.
 */
export class FtpAnnouncements {
  /** "address port peer-address", all in hex words. */
  private readonly open = new Set<string>();

  get size(): number {
    return this.open.size;
  }

  /** Reads the payload `bytes[start, end)` of a control-channel segment. Never throws. */
  read(s: Segment, bytes: Uint8Array, start: number, end: number): void {
    const line = firstLine(bytes, start, Math.min(end, bytes.length));
    if (s.srcPort === FTP_CONTROL_PORT) {
      if (line.startsWith('227')) this.note(s, passiveAddress(line.slice(3)));
      else if (line.startsWith('229')) {
        const port = /\((.)\1\1(\d{1,5})\1/.exec(line)?.[2];
        if (port !== undefined) this.note(s, { words: null, port: Number(port) });
      }
      return;
    }
    const command = line.slice(0, 5).toUpperCase();
    if (command === 'PORT ') this.note(s, passiveAddress(line.slice(4)));
    else if (command === 'EPRT ') this.note(s, extendedAddress(line.slice(5)));
  }

  /** Whether a segment that starts a stream was announced; an announcement serves once. */
  take(s: Segment): boolean {
    if (this.open.size === 0) return false;
    const toServer = key(s.dst0, s.dst1, s.dst2, s.dst3, s.dstPort, s.src0, s.src1, s.src2, s.src3);
    if (this.open.delete(toServer)) return true;
    return this.open.delete(key(s.src0, s.src1, s.src2, s.src3, s.srcPort, s.dst0, s.dst1, s.dst2, s.dst3));
  }

  /** The announcing end listens, at the address it names or its own; the peer is where the announcement went. */
  private note(s: Segment, a: Announced | null): void {
    if (a === null || a.port < 1 || a.port > 65535) return;
    if (a.words !== null && (s.family === FAMILY_IPV4) !== (a.words[0] === 0 && a.words[1] === 0 && a.words[2] === 0)) return;
    if (s.family !== FAMILY_IPV4 && s.family !== FAMILY_IPV6) return;
    const w = a.words ?? [s.src0, s.src1, s.src2, s.src3];
    const text = key(w[0], w[1], w[2], w[3], a.port, s.dst0, s.dst1, s.dst2, s.dst3);
    this.open.delete(text);
    this.open.add(text);
    if (this.open.size > MAX_OPEN) for (const oldest of this.open) {
      this.open.delete(oldest);
      break;
    }
  }
}

type Words = readonly [number, number, number, number];
interface Announced {
  /** Null: the sender's own address. */
  readonly words: Words | null;
  readonly port: number;
}

function key(a0: number, a1: number, a2: number, a3: number, port: number, b0: number, b1: number, b2: number, b3: number): string {
  return `${a0},${a1},${a2},${a3},${port},${b0},${b1},${b2},${b3}`;
}

function firstLine(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let i = start; i < end && i - start < MAX_LINE; i++) {
    const c = bytes[i]!;
    if (c === 10 || c === 13) break;
    text += String.fromCharCode(c);
  }
  return text;
}

/** "h1,h2,h3,h4,p1,p2" anywhere in the text. */
function passiveAddress(text: string): Announced | null {
  const n = /(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})/.exec(text)?.slice(1).map(Number);
  if (n?.some((x) => x > 255) ?? true) return null;
  const [a = 0, b = 0, c = 0, d = 0, high = 0, low = 0] = n ?? [];
  return { words: [0, 0, 0, ((a << 24) | (b << 16) | (c << 8) | d) >>> 0], port: high * 256 + low };
}

/** "|1|132.235.1.2|6275|" or "|2|1080::8:800:200C:417A|5282|", any delimiter. */
function extendedAddress(text: string): Announced | null {
  const m = /^\s*(.)([12])\1(.{2,45}?)\1(\d{1,5})\1/.exec(text);
  if (!m) return null;
  const words = m[2] === '1' ? ipv4Words(m[3]!) : ipv6Words(m[3]!);
  return words && { words, port: Number(m[4]) };
}

function ipv4Words(text: string): Words | null {
  const n = text.split('.').map(Number);
  if (n.length !== 4 || n.some((x) => !(x >= 0 && x <= 255))) return null;
  return [0, 0, 0, ((n[0]! << 24) | (n[1]! << 16) | (n[2]! << 8) | n[3]!) >>> 0];
}

function ipv6Words(text: string): Words | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':').map((g) => (/^[0-9a-f]{1,4}$/i.test(g) ? parseInt(g, 16) : NaN))));
  const head = groups[0]!;
  const tail = groups[1] ?? [];
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const all = [...head, ...Array<number>(missing).fill(0), ...tail];
  if (all.some(Number.isNaN)) return null;
  const word = (i: number): number => ((all[i]! << 16) | all[i + 1]!) >>> 0;
  return [word(0), word(2), word(4), word(6)];
}
