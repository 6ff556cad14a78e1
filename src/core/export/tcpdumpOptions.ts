import { formatIpv4, formatIpv6 } from '../bytes/address';
import { hex, u16be, u32be, u64be } from '../bytes/read';

/** How the walk over a header's options ended. */
export type OptionsEnd = 'whole' | 'bad' | 'cut';

/** Names by kind as tcpdump 4.99 prints them; kind 13 has none there. */
const NAMES: Readonly<Record<number, string>> = {
  0: 'eol', 1: 'nop', 2: 'mss', 3: 'wscale', 4: 'sackOK', 5: 'sack', 6: 'echo', 7: 'echoreply', 8: 'TS', 11: 'cc', 12: 'ccnew', 13: '', 19: 'md5', 20: 'scps', 28: 'uto',
  29: 'tcp-ao', 30: 'mptcp', 34: 'tfo', 254: 'exp',
};

/**
 * The inside of tcpdump's `options [...]` for b[start, end) with its ending; `captured` is where the captured bytes stop. After an
 * option whose length is not the usual one tcpdump goes on behind the usual length, and so does this. Unless the end is 'whole',
 * tcpdump prints nothing more on the line.
 */
export function formatOptions(b: Uint8Array, start: number, end: number, captured: number): { readonly text: string; readonly end: OptionsEnd } {
  let text = '';
  let at = start;
  while (at < end) {
    const first = at === start;
    if (!first) text += ',';
    if (at >= captured) return { text: `${text} [|tcp]`, end: 'cut' };
    const kind = b[at]!;
    let length = 1;
    if (kind > 1) {
      if (at + 1 >= end) return bad(text, first);
      if (at + 1 >= captured) return { text: `${text} [|tcp]`, end: 'cut' };
      length = b[at + 1]!;
      if (length < 2 || length > end - at) return bad(text, first);
    }
    text += NAMES[kind] ?? `unknown-${kind}`;
    const head = kind > 1 ? 2 : 1;
    const value = new OptionValue(b, at + head, end, captured);
    text += value.format(kind, length - 2);
    if (value.end === 'bad') return bad(text, first);
    if (value.end === 'cut') return { text: `${text} [|tcp]${first ? '' : '>'}`, end: 'cut' };
    const used = head + value.used;
    if (used !== length) text += `[len ${length}]`;
    if (kind === 0) break;
    at += used;
  }
  return { text: `${text}]`, end: 'whole' };
}

/** The bracket is closed only behind a first good option. */
function bad(text: string, first: boolean): { readonly text: string; readonly end: OptionsEnd } {
  return { text: `${text}[bad opt]${first ? '' : ']'}`, end: 'bad' };
}

/** The value of one option, as tcpdump reads it: by what the kind usually holds. */
class OptionValue {
  /** Bytes of the value. */
  used = 0;
  /** Why there is no more of it. */
  end: OptionsEnd = 'whole';

  constructor(
    private readonly b: Uint8Array,
    private readonly at: number,
    private readonly limit: number,
    private readonly captured: number,
  ) {}

  format(kind: number, length: number): string {
    switch (kind) {
      case 0:
      case 1:
      case 4:
        return '';
      case 2:
        return this.take(2) ? ` ${u16be(this.b, this.at)}` : '';
      case 3:
        return this.take(1) ? ` ${this.b[this.at]!}` : '';
      case 5:
        return this.sack(length);
      case 6:
      case 7:
      case 11:
      case 12:
      case 13:
        return this.take(4) ? ` ${u32be(this.b, this.at)}` : '';
      case 8:
        return this.timestamps();
      case 19:
        return this.take(16) ? ` shared secret not supplied with -M, can't check - ${hex(this.b, this.at, 16)}` : '';
      case 20:
        return this.take(2) ? ` cap ${hex(this.b, this.at, 1)} id ${this.b[this.at + 1]!}` : '';
      case 28:
        return this.userTimeout();
      case 29:
        return this.authentication(length);
      case 30:
        return this.take(length) ? ` ${length + 2} ${formatMptcp(this.b, this.at, length)}` : '';
      case 34:
        return this.take(length) ? ` ${this.fastOpen(this.at, length)}` : '';
      case 254:
        return this.experiment(length);
      default:
        return this.take(length) && length > 0 ? ` 0x${hex(this.b, this.at, length)}` : '';
    }
  }

  /** Takes the first `length` bytes; false, with `end` saying why, when they are not there. */
  private take(length: number): boolean {
    if (this.at + length > this.limit) this.end = 'bad';
    else if (this.at + length > this.captured) this.end = 'cut';
    else this.used = length;
    return this.end === 'whole';
  }

  private timestamps(): string {
    const first = this.take(4) ? ` val ${u32be(this.b, this.at)}` : '';
    return first && this.take(8) ? `${first} ecr ${u32be(this.b, this.at + 4)}` : first;
  }

  private sack(length: number): string {
    if (length % 8 !== 0) {
      this.used = length;
      return ' invalid sack';
    }
    let text = ` ${length / 8} `;
    for (let i = 0; i < length && this.take(i + 8); i += 8) text += `{${u32be(this.b, this.at + i)}:${u32be(this.b, this.at + i + 4)}}`;
    return text;
  }

  private userTimeout(): string {
    if (!this.take(2)) return '';
    const value = u16be(this.b, this.at);
    return ` 0x${value.toString(16)} ${value & 1 ? (value >> 1) * 60 : value >> 1}`;
  }

  private authentication(length: number): string {
    if (length < 2) {
      this.used = length;
      return ' (invalid)';
    }
    if (!this.take(length)) return '';
    const mac = length > 2 ? ` mac 0x${hex(this.b, this.at + 2, length - 2)}` : '';
    return ` keyid ${this.b[this.at]!} rnextkeyid ${this.b[this.at + 1]!}${mac}`;
  }

  private fastOpen(at: number, length: number): string {
    if (length === 0) return ' cookiereq';
    if (length % 2 !== 0 || length < 4 || length > 16) return ' (invalid)';
    return ` cookie ${hex(this.b, at, length)}`;
  }

  private experiment(length: number): string {
    if (length < 2) this.end = 'bad';
    if (this.end === 'bad' || !this.take(length)) return '';
    const id = u16be(this.b, this.at);
    return id === 0xf989 ? `-tfo${this.fastOpen(this.at + 2, length - 2)}` : `-${id.toString(16).padStart(4, '0')}`;
  }
}

const MPTCP_SUBTYPES = ['capable', 'join', 'dss', 'add-addr', 'rem-addr', 'prio', 'fail', 'fast-close'];

/** An MPTCP option (RFC 8684 3) from its subtype on: b[at, at + length). */
function formatMptcp(b: Uint8Array, at: number, length: number): string {
  const subtype = length > 0 ? b[at]! >> 4 : 15;
  const low = length > 0 ? b[at]! & 15 : 0;
  const name = MPTCP_SUBTYPES[subtype];
  if (name === undefined) return 'unknown';
  const word = (offset: number): string => `0x${u32be(b, at + offset).toString(16)}`;
  const long = (offset: number): string => `0x${u64be(b, at + offset).toString(16)}`;
  switch (subtype) {
    case 0: {
      const checksum = length > 1 && b[at + 1]! & 0x80 ? ' csum' : '';
      const keys = length >= 18 ? ` {${long(2)},${long(10)}}` : length >= 10 ? ` {${long(2)}}` : '';
      return `capable v${low}${checksum}${keys}`;
    }
    case 1: {
      const backup = length < 22 && low & 1 ? ' backup' : '';
      const id = length < 22 ? ` id ${b[at + 1] ?? 0}` : '';
      if (length === 10) return `join${backup}${id} token ${word(2)} nonce ${word(6)}`;
      if (length === 14) return `join${backup}${id} hmac ${long(2)} nonce ${word(10)}`;
      return length === 22 ? `join hmac 0x${hex(b, at + 2, 20)}` : 'join';
    }
    case 2:
      return formatDss(b, at, length);
    case 3:
      return formatAddAddress(b, at, length);
    case 4:
      return `rem-addr id ${Array.from(b.subarray(at + 1, at + length)).join(' ')}`;
    case 5:
      return `prio ${low & 1 ? 'backup' : 'non-backup'}${length > 1 ? ` id ${b[at + 1]!}` : ''}`;
    case 6:
      return length >= 10 ? `fail seq ${u64be(b, at + 2)}` : 'fail';
    default:
      return length >= 10 ? `fast-close key ${long(2)}` : 'fast-close';
  }
}

function formatDss(b: Uint8Array, at: number, length: number): string {
  const flags = length > 1 ? b[at + 1]! : 0;
  let p = at + 2;
  const end = at + length;
  let text = `dss${flags & 0x10 ? ' fin' : ''}`;
  const number = (wide: boolean): string => {
    const value = wide ? String(u64be(b, p)) : String(u32be(b, p));
    p += wide ? 8 : 4;
    return value;
  };
  if (flags & 0x01 && p + (flags & 0x02 ? 8 : 4) <= end) text += ` ack ${number((flags & 0x02) !== 0)}`;
  if (flags & 0x04 && p + (flags & 0x08 ? 8 : 4) + 6 <= end) {
    text += ` seq ${number((flags & 0x08) !== 0)} subseq ${u32be(b, p)} len ${u16be(b, p + 4)}`;
    p += 6;
    if (p + 2 <= end) text += ` csum 0x${u16be(b, p).toString(16)}`;
  }
  return text;
}

function formatAddAddress(b: Uint8Array, at: number, length: number): string {
  const version = b[at]! & 15;
  const id = b[at + 1] ?? 0;
  // Version 0 says the address family, version 1 says whether it is an echo.
  const v6 = length >= 18;
  const size = v6 ? 16 : 4;
  if (length < 2 + size) return 'add-addr';
  const address = v6 ? formatIpv6(u32be(b, at + 2), u32be(b, at + 6), u32be(b, at + 10), u32be(b, at + 14)) : formatIpv4(u32be(b, at + 2));
  const rest = length - 2 - size;
  const port = rest === 2 || rest === 10 ? `:${u16be(b, at + 2 + size)}` : '';
  const hmac = rest >= 8 ? ` hmac 0x${u64be(b, at + length - 8).toString(16)}` : '';
  const kind = version === 4 || version === 6 ? `v0-ip${version}` : version & 1 ? 'v1-echo' : 'v1';
  return `add-addr ${kind} id ${id} ${address}${port}${hmac}`;
}
