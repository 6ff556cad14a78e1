import { ascii } from '../capture/textCursor';
import type { CaptureInfo } from '../capture/captureReader';
import { TextEndpoint } from '../capture/textAddress';
import { TextNames } from '../capture/textNames';
import { FAMILY_IPV4, FAMILY_IPV6 } from '../decode/segment';

export interface NameEntry {
  /** Four or sixteen bytes in network order. */
  readonly address: Uint8Array;
  readonly name: string;
}

/** Addresses for benchmarks (RFC 2544, 198.18.0.0/15): no real host has one. */
const FIRST = (198 << 24) | (18 << 16);
/** When those are used up: 240.0.0.0/4, reserved (RFC 1112). */
const FIRST_RESERVED = 240 << 24;
const COUNT = 1 << 17;

/** Gives each host name of a text an IPv4 address that stands for it. */
export class HostAddresses {
  private readonly known = new Map<number, number>();
  readonly entries: NameEntry[] = [];

  /** The address, as one word, for a host number of `Segment.src3`. */
  of(host: number, info: CaptureInfo): number {
    let word = this.known.get(host);
    if (word !== undefined) return word;
    const name = info.hostName?.(host) ?? '';
    const written = addressBytes(name);
    // One end by name makes both names, also the one that is shown by number.
    if (written?.length === 4) word = ((written[0]! << 24) | (written[1]! << 16) | (written[2]! << 8) | written[3]!) >>> 0;
    else {
      const n = this.entries.length + 1;
      word = (n < COUNT ? FIRST + n : FIRST_RESERVED + n) >>> 0;
      this.entries.push({ address: wordBytes(word), name });
    }
    this.known.set(host, word);
    return word;
  }
}

/** Names of addresses as a name-resolution block takes them. */
export function nameEntries(names: ReadonlyMap<string, string>): NameEntry[] {
  const entries: NameEntry[] = [];
  for (const [text, name] of names) {
    const address = addressBytes(text);
    if (address) entries.push({ address, name });
  }
  return entries;
}

/** Bytes of an IPv4 or IPv6 address in text; null for anything else. */
function addressBytes(text: string): Uint8Array | null {
  const end = new TextEndpoint();
  const b = ascii(text);
  end.readHost(b, 0, b.length, new TextNames());
  if (end.family === FAMILY_IPV4) return wordBytes(end.w3);
  if (end.family !== FAMILY_IPV6) return null;
  return Uint8Array.from([end.w0, end.w1, end.w2, end.w3].flatMap((word) => [...wordBytes(word)]));
}

function wordBytes(word: number): Uint8Array {
  return Uint8Array.of(word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255);
}
