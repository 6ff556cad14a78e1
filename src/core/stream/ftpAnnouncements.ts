import { FAMILY_IPV4, FAMILY_IPV6, type Segment } from '../decode/segment';

export const FTP_CONTROL_PORT = 21;
/** An active server connects from here. */
const FTP_DATA_PORT = 20;
const ANY_PORT = 0;
/** Open announcements kept; the oldest goes first. */
const MAX_OPEN = 4096;
/** What is further into a payload announces nothing. */
const MAX_LINE = 512;

/**
 * Data connections that FTP control channels announce (RFC 959 PORT and 227, RFC 2428 229). Wireshark makes their stream when it
 * reads the announcement, so the first SYN does not count in tcp.completeness; it does not do so for EPRT.
 */
export class FtpAnnouncements {
  /** How many times each is announced: "address port peer-address peer-port", addresses in words. */
  private readonly open = new Map<string, number>();

  get size(): number {
    return this.open.size;
  }

  /** Reads the payload `bytes[start, end)` of a control-channel segment. Never throws. */
  read(s: Segment, bytes: Uint8Array, start: number, end: number): void {
    const line = firstLine(bytes, start, Math.min(end, bytes.length));
    if (s.srcPort === FTP_CONTROL_PORT) {
      if (line.startsWith('227')) this.noteAddress(s, line.slice(3), ANY_PORT);
      else if (line.startsWith('229')) {
        const port = /\((.)\1\1(\d{1,5})\1/.exec(line)?.[2];
        if (port !== undefined && (s.family === FAMILY_IPV4 || s.family === FAMILY_IPV6)) this.note(s, [s.src0, s.src1, s.src2, s.src3], Number(port), ANY_PORT);
      }
    } else if (/^PORT /i.test(line)) this.noteAddress(s, line.slice(4), FTP_DATA_PORT);
  }

  /** Whether a segment that starts a stream was announced; an announcement serves once. */
  take(s: Segment): boolean {
    if (this.open.size === 0) return false;
    const src: Words = [s.src0, s.src1, s.src2, s.src3];
    const dst: Words = [s.dst0, s.dst1, s.dst2, s.dst3];
    return (
      this.serve(key(dst, s.dstPort, src, s.srcPort)) ||
      this.serve(key(src, s.srcPort, dst, s.dstPort)) ||
      this.serve(key(dst, s.dstPort, src, ANY_PORT)) ||
      this.serve(key(src, s.srcPort, dst, ANY_PORT))
    );
  }

  private serve(text: string): boolean {
    const times = this.open.get(text);
    if (times === undefined) return false;
    if (times > 1) this.open.set(text, times - 1);
    else this.open.delete(text);
    return true;
  }

  /** "h1,h2,h3,h4,p1,p2" anywhere in the text. */
  private noteAddress(s: Segment, text: string, peerPort: number): void {
    const n = /(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})/.exec(text)?.slice(1).map(Number);
    if (!n || n.some((x) => x > 255) || s.family !== FAMILY_IPV4) return;
    const address = ((n[0]! << 24) | (n[1]! << 16) | (n[2]! << 8) | n[3]!) >>> 0;
    this.note(s, [0, 0, 0, address], n[4]! * 256 + n[5]!, peerPort);
  }

  /** The announcing end listens at `address` and `port`; the peer is where the announcement went. */
  private note(s: Segment, address: Words, port: number, peerPort: number): void {
    if (port < 1 || port > 65535) return;
    const text = key(address, port, [s.dst0, s.dst1, s.dst2, s.dst3], peerPort);
    const times = this.open.get(text) ?? 0;
    this.open.delete(text);
    this.open.set(text, times + 1);
    if (this.open.size <= MAX_OPEN) return;
    for (const oldest of this.open.keys()) {
      this.open.delete(oldest);
      return;
    }
  }
}

type Words = readonly [number, number, number, number];

function key(a: Words, port: number, b: Words, peerPort: number): string {
  return `${a.join()} ${port} ${b.join()} ${peerPort}`;
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
