import { utf8Bytes } from '../bytes/utf8';
import { BLOCK_EPB, BLOCK_IDB, BLOCK_ISB, BLOCK_NRB, BLOCK_SHB, BLOCK_SPB } from '../capture/pcapngBlocks';
import { OPTION_COMMENT, OPTION_END, type NgOption } from '../capture/pcapngOptions';
import { PIECE_BYTES, type ByteOutput } from './byteOutput';

/** Longest value of an option: its length has 16 bits. */
const LONGEST_OPTION = 0xffff;

/** An option that holds text, cut to what fits. */
export function textOption(code: number, text: string): NgOption {
  const value = utf8Bytes(text);
  if (value.length <= LONGEST_OPTION) return { code, value };
  // Not in the middle of a character.
  let end = LONGEST_OPTION;
  while (end > 0 && (value[end]! & 0xc0) === 0x80) end--;
  return { code, value: value.subarray(0, end) };
}

export function comment(text: string): NgOption {
  return textOption(OPTION_COMMENT, text);
}

/**
 * Writes a pcapng file (draft-ietf-opsawg-pcapng), little-endian, block by block: `section`, `interface` before the packets of
 * it, `packet`. Blocks collect in memory until `flush`; a caller flushes when `full`.
 */
export class PcapngWriter {
  private bytes = new Uint8Array(PIECE_BYTES + 65_536);
  private view = new DataView(this.bytes.buffer);
  private used = 0;
  private interfaces = 0;

  constructor(private readonly output: ByteOutput) {}

  /** Enough has collected: time to flush. */
  get full(): boolean {
    return this.used >= PIECE_BYTES;
  }

  /** Starts a section; interfaces count from 0 again. */
  section(options: readonly NgOption[]): void {
    this.interfaces = 0;
    const at = this.block(BLOCK_SHB, 16, options);
    this.view.setUint32(at, 0x1a2b3c4d, true);
    this.view.setUint16(at + 4, 1, true);
    this.view.setUint16(at + 6, 0, true);
    // Section length: not given.
    this.view.setInt32(at + 8, -1, true);
    this.view.setInt32(at + 12, -1, true);
    this.close(at, 16, options);
  }

  /** Describes an interface and returns its number in this section. `snapLength` 0: no limit. */
  interface(linkType: number, snapLength: number, options: readonly NgOption[]): number {
    const at = this.block(BLOCK_IDB, 8, options);
    this.view.setUint16(at, linkType, true);
    this.view.setUint16(at + 2, 0, true);
    this.view.setUint32(at + 4, snapLength, true);
    this.close(at, 8, options);
    return this.interfaces++;
  }

  /** A packet: its bytes are b[start, end), its time the ticks high * 2^32 + low of its interface. */
  packet(interfaceId: number, high: number, low: number, b: Uint8Array, start: number, end: number, originalLength: number, options: readonly NgOption[]): void {
    const captured = end - start;
    const body = 20 + ((captured + 3) & ~3);
    const at = this.block(BLOCK_EPB, body, options);
    const { view } = this;
    view.setUint32(at, interfaceId, true);
    view.setUint32(at + 4, high, true);
    view.setUint32(at + 8, low, true);
    view.setUint32(at + 12, captured, true);
    view.setUint32(at + 16, originalLength, true);
    this.bytes.set(b.subarray(start, end), at + 20);
    this.bytes.fill(0, at + 20 + captured, at + body);
    this.close(at, body, options);
  }

  /** A packet without a time, of interface 0: only the interface's snap length may have cut it. */
  simplePacket(b: Uint8Array, start: number, end: number, originalLength: number): void {
    const body = 4 + ((end - start + 3) & ~3);
    const at = this.block(BLOCK_SPB, body, []);
    this.view.setUint32(at, originalLength, true);
    this.bytes.set(b.subarray(start, end), at + 4);
    this.bytes.fill(0, at + 4 + end - start, at + body);
    this.close(at, body, []);
  }

  /** Statistics of an interface at a time in its ticks. */
  statistics(interfaceId: number, high: number, low: number, options: readonly NgOption[]): void {
    const at = this.block(BLOCK_ISB, 12, options);
    this.view.setUint32(at, interfaceId, true);
    this.view.setUint32(at + 4, high, true);
    this.view.setUint32(at + 8, low, true);
    this.close(at, 12, options);
  }

  /** Names of addresses: four or sixteen bytes each, in network order. Long lists become several blocks; the options go with the first. */
  names(entries: readonly { readonly address: Uint8Array; readonly name: string }[], options: readonly NgOption[] = []): void {
    const PER_BLOCK = 1000;
    for (let from = 0; from < entries.length || (from === 0 && options.length > 0); from += PER_BLOCK) {
      const records = entries.slice(from, from + PER_BLOCK).map(({ address, name }) => ({ address, name: utf8Bytes(name.slice(0, 4096)) }));
      const sizes = records.map((r) => 4 + ((r.address.length + r.name.length + 1 + 3) & ~3));
      const body = sizes.reduce((sum, n) => sum + n, 0) + 4;
      const own = from === 0 ? options : [];
      const start = this.block(BLOCK_NRB, body, own);
      this.bytes.fill(0, start, start + body);
      let at = start;
      records.forEach((r, i) => {
        this.view.setUint16(at, r.address.length === 4 ? 1 : 2, true);
        this.view.setUint16(at + 2, r.address.length + r.name.length + 1, true);
        this.bytes.set(r.address, at + 4);
        this.bytes.set(r.name, at + 4 + r.address.length);
        at += sizes[i]!;
      });
      this.close(start, body, own);
    }
  }

  /** Hands on what has collected. */
  async flush(): Promise<void> {
    if (this.used === 0) return;
    const piece = this.bytes.slice(0, this.used);
    this.used = 0;
    await this.output.write(piece);
  }

  /** Makes room for a block and writes its head; returns where its body starts. */
  private block(type: number, body: number, options: readonly NgOption[]): number {
    const total = 12 + body + optionsLength(options);
    if (this.used + total > this.bytes.length) this.grow(this.used + total);
    this.view.setUint32(this.used, type, true);
    this.view.setUint32(this.used + 4, total, true);
    return this.used + 8;
  }

  /** Writes the options behind the body, and the closing length. */
  private close(start: number, body: number, options: readonly NgOption[]): void {
    const { view, bytes } = this;
    let at = start + body;
    for (const { code, value } of options) {
      const padded = (value.length + 3) & ~3;
      view.setUint16(at, code, true);
      view.setUint16(at + 2, value.length, true);
      bytes.set(value, at + 4);
      bytes.fill(0, at + 4 + value.length, at + 4 + padded);
      at += 4 + padded;
    }
    if (options.length > 0) {
      view.setUint32(at, OPTION_END, true);
      at += 4;
    }
    view.setUint32(at, at + 4 - (start - 8), true);
    this.used = at + 4;
  }

  private grow(needed: number): void {
    const wider = new Uint8Array(Math.max(this.bytes.length * 2, needed));
    wider.set(this.bytes.subarray(0, this.used));
    this.bytes = wider;
    this.view = new DataView(wider.buffer);
  }
}

function optionsLength(options: readonly NgOption[]): number {
  let length = 0;
  for (const { value } of options) length += 4 + ((value.length + 3) & ~3);
  return options.length > 0 ? length + 4 : 0;
}
