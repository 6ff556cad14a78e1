import { u32be, u32le } from '../bytes/read';
import type { FileOffset } from '../bytes/units';
import { t } from '../l10n';
import { SourceError, type ByteSource } from './byteSource';
import { CapturedRecord, FormatError, type BlockDetails, type CaptureFault, type CaptureInfo, type CaptureReader, type RecordDetail, type RecordSink } from './captureReader';
import { ChunkWindow } from './chunkWindow';
import { NearbyReads } from './nearbyReads';
import { BLOCK_EPB, BLOCK_IDB, BLOCK_ISB, BLOCK_NRB, BLOCK_PB, BLOCK_SHB, BLOCK_SPB, PacketBlocks, isCountedBlock, isPacketBlock, minimumLength } from './pcapngBlocks';
import { commentsIn, type NgOption } from './pcapngOptions';
import { copyOptions } from './pcapngOptionCopy';
import { MAX_INTERFACES, SectionTable, type Section } from './pcapngSections';
import { MAX_BLOCK } from './recordLimits';

/** Bytes of the section header block up to and with its version. */
const SHB_HEAD = 16;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/** Block type and both total lengths. */
const BLOCK_FRAME = 12;

export function isPcapng(head: Uint8Array): boolean {
  return head.length >= 4 && u32be(head, 0) === BLOCK_SHB;
}

/** Reads the start of the first section header. Rejects with FormatError when it is cut or of a version that is not known. */
export async function openPcapng(source: ByteSource): Promise<CaptureReader> {
  const head = new Uint8Array(SHB_HEAD);
  const got = await source.readInto(0, head);
  if (got < SHB_HEAD)
    throw new FormatError(t('The file ends inside the first pcapng section header: {0} bytes were expected, {1} found.', SHB_HEAD, got), 'pcapng', got);
  const littleEndian = byteOrder(head, 8);
  if (littleEndian === null)
    throw new FormatError(t('The file starts like pcapng, but its byte-order mark is 0x{0}.', u32be(head, 8).toString(16).padStart(8, '0')), 'pcapng', 8);
  const version = versionOf(head, 12, littleEndian);
  if (!isKnownVersion(version)) throw new FormatError(t('This is a pcapng file of version {0}; version 1.0 can be read.', version), 'pcapng', 12);
  return new PcapngReader(source);
}

function byteOrder(bytes: Uint8Array, at: number): boolean | null {
  return u32le(bytes, at) === BYTE_ORDER_MAGIC ? true : u32be(bytes, at) === BYTE_ORDER_MAGIC ? false : null;
}

function versionOf(bytes: Uint8Array, at: number, littleEndian: boolean): string {
  const word = (littleEndian ? u32le : u32be)(bytes, at);
  return littleEndian ? `${word & 0xffff}.${word >>> 16}` : `${word >>> 16}.${word & 0xffff}`;
}

/** 1.2 was written by some tools and is the same as 1.0. */
function isKnownVersion(version: string): boolean {
  return version === '1.0' || version === '1.2';
}

/** Why `scan` came back. */
const NEED_MORE = 0;
const STOPPED = 1;
const FAULTY = 2;

class PcapngReader implements CaptureReader, BlockDetails {
  position: FileOffset = 0;
  fault: CaptureFault | null = null;

  private readonly window: ChunkWindow;
  private readonly nearby: NearbyReads;
  private readonly table = new SectionTable();
  private readonly packets = new PacketBlocks(this.table);
  private readonly record = new CapturedRecord();
  private section: Section | null = null;
  /** Where `scan` wants to look, and how many bytes; set when it comes back with NEED_MORE. */
  private lookAt: FileOffset = 0;
  private need = 0;
  /** What `need` is for, should the file end before. */
  private needs: 'block' | 'header' = 'header';
  /** Length of the block at `position` when its body is skipped and only its closing length is to be looked at; else 0. */
  private skipLength = 0;

  constructor(private readonly source: ByteSource) {
    this.window = new ChunkWindow(source);
    this.nearby = new NearbyReads(source);
  }

  get info(): CaptureInfo {
    return this.table;
  }

  get blocks(): BlockDetails {
    return this;
  }
  get sections(): BlockDetails['sections'] {
    return this.table.sections;
  }
  get sources(): BlockDetails['sources'] {
    return this.table.sources;
  }
  get nameComments(): readonly string[] {
    return this.table.nameComments;
  }
  get ticksHigh(): number {
    return this.packets.ticksHigh;
  }
  get ticksLow(): number {
    return this.packets.ticksLow;
  }
  packetOptions(): NgOption[] {
    const { optionsAt, optionsEnd } = this.packets;
    if (optionsEnd - optionsAt < 4 || !this.section) return [];
    return copyOptions(this.record.bytes, optionsAt, optionsEnd, this.section.littleEndian, 'packet');
  }

  async read(sink: RecordSink, maxBytes: number): Promise<boolean> {
    const stopAt = this.position + maxBytes;
    while (this.fault === null) {
      const why = this.scan(sink, stopAt);
      if (why === STOPPED) return true;
      if (why === FAULTY) break;
      const have = await this.window.slide(this.lookAt, this.need);
      if (have === 0 && this.lookAt === this.position) return false;
      if (have < this.need) this.cut(Math.max(0, this.source.size - this.position));
    }
    return false;
  }

  resume(): void {
    if (this.fault?.kind === 'cut') this.fault = null;
    this.skipLength = 0;
    this.window.forget();
    this.nearby.forget();
  }

  async recordAt(offset: FileOffset, interfaceIndex: number): Promise<RecordDetail> {
    const head = new Uint8Array(8);
    if (this.table.sections.length === 0 || (await this.nearby.readInto(offset, head)) < head.length) throw changed();
    const section = this.table.sectionAt(offset);
    const u32 = section.littleEndian ? u32le : u32be;
    const type = u32(head, 0);
    const length = u32(head, 4);
    const padded = roundUp(length);
    if (!(isPacketBlock(type) || isCountedBlock(type)) || length < minimumLength(type) || padded > MAX_BLOCK || offset + padded > this.source.size) throw changed();
    const bytes = new Uint8Array(padded);
    if ((await this.nearby.readInto(offset, bytes)) < padded) throw changed();
    const record = new CapturedRecord();
    record.bytes = bytes;
    record.offset = offset;
    const error = this.packets.fill(record, new DataView(bytes.buffer), 0, type, padded, section);
    if (error !== null || record.interfaceIndex !== interfaceIndex) throw changed();
    const comments = isPacketBlock(type) ? commentsIn(bytes, this.packets.optionsAt, padded - 4, section.littleEndian) : [];
    record.bytes = bytes.slice(record.start, record.end);
    record.end -= record.start;
    record.start = 0;
    return { record, comments };
  }

  /** Hands on the packets of the blocks that lie in the window as a whole. Synchronous: this is the hot path. */
  private scan(sink: RecordSink, stopAt: FileOffset): number {
    const { window, record, packets } = this;
    const { view, base, end, start: valid } = window;
    record.bytes = window.bytes;
    for (;;) {
      const at = this.position - base;
      if (at + base >= stopAt) return STOPPED;
      if (this.skipLength !== 0) {
        const why = this.skip();
        if (why !== null) return why;
        continue;
      }
      if (at < valid || end - at < 8) return this.more('header', BLOCK_FRAME);
      let littleEndian = this.section?.littleEndian ?? true;
      const type = view.getUint32(at, littleEndian);
      if (type === BLOCK_SHB) {
        if (end - at < SHB_HEAD) return this.more('header', SHB_HEAD);
        const order = byteOrder(window.bytes, at + 8);
        if (order === null)
          return this.corrupt(t('the byte-order mark 0x1a2b3c4d in a section header'), `0x${view.getUint32(at + 8).toString(16).padStart(8, '0')}`);
        littleEndian = order;
      } else if (this.section === null) return this.corrupt(t('a section header'), t('a block of type {0}', typeName(type)));
      const length = view.getUint32(at + 4, littleEndian);
      const padded = roundUp(length);
      if (length < minimumLength(type))
        return this.corrupt(t('a block of type {0} with at least {1} bytes', typeName(type), minimumLength(type)), t('a block length of {0}', length));
      if (padded > MAX_BLOCK) return this.corrupt(t('a block of at most {0} bytes', MAX_BLOCK), t('a block length of {0}', length));
      const counted = isCountedBlock(type);
      const packet = isPacketBlock(type);
      if (!packet && !counted && !isKnown(type)) {
        this.skipLength = length;
        continue;
      }
      if (end - at < padded) return this.more('block', padded);
      const closing = view.getUint32(at + padded - 4, littleEndian);
      if (roundUp(closing) !== padded) return this.mismatch(length, closing);
      if (packet || counted) {
        record.offset = this.position;
        const error = packets.fill(record, view, at, type, padded, this.section!);
        if (error !== null) return this.corrupt(error.expected, error.found);
        this.position += padded;
        if (!sink(record)) return STOPPED;
        continue;
      }
      const why = this.readInfo(type, at, padded, littleEndian);
      if (why !== null) return why;
      this.position += padded;
    }
  }

  /** Steps over a block that is of no use here, after a look at its closing length. Null when done. */
  private skip(): number | null {
    const { window, skipLength } = this;
    const padded = roundUp(skipLength);
    const last = this.position + padded - 4;
    const at = last - window.base;
    if (at < window.start || at + 4 > window.end) {
      this.needs = 'block';
      this.lookAt = last;
      this.need = 4;
      return NEED_MORE;
    }
    const closing = window.view.getUint32(at, this.section!.littleEndian);
    if (roundUp(closing) !== padded) return this.mismatch(skipLength, closing);
    this.position += padded;
    this.skipLength = 0;
    return null;
  }

  /** Takes in a block that describes others. Null when all is well. */
  private readInfo(type: number, at: number, padded: number, littleEndian: boolean): number | null {
    const { table, window, position } = this;
    const body = at + 8;
    const bodyEnd = at + padded - 4;
    if (type === BLOCK_SHB) {
      const version = versionOf(window.bytes, at + 12, littleEndian);
      if (!isKnownVersion(version)) return this.failed('unsupported', t('a section of version 1.0'), t('version {0}', version));
      const hasRecords = this.section !== null && this.record.offset > this.section.offset;
      this.section = table.addSection(window.bytes, body, bodyEnd, position, littleEndian, hasRecords);
    } else if (type === BLOCK_IDB) {
      if (table.interfaces.length >= MAX_INTERFACES)
        return this.failed('unsupported', t('at most {0} interfaces', MAX_INTERFACES), t('one more interface description'));
      table.addInterface(window.bytes, body, bodyEnd, position, littleEndian);
    } else if (type === BLOCK_NRB) table.addNames(window.bytes, body, bodyEnd, position, littleEndian);
    else if (type === BLOCK_ISB) table.addStatistics(window.bytes, body, bodyEnd, position, littleEndian);
    return null;
  }

  private more(needs: 'block' | 'header', need: number): number {
    this.needs = needs;
    this.lookAt = this.position;
    this.need = need;
    return NEED_MORE;
  }

  private failed(kind: CaptureFault['kind'], expected: string, found: string): number {
    this.fault = { offset: this.position, kind, expected, found };
    return FAULTY;
  }

  private corrupt(expected: string, found: string): number {
    return this.failed('corrupt', expected, found);
  }

  private mismatch(length: number, closing: number): number {
    return this.corrupt(t('a block that ends with its length {0}', length), t('a closing length of {0}', closing));
  }

  private cut(have: number): void {
    const length = this.skipLength !== 0 ? roundUp(this.skipLength) : this.need;
    const expected = this.needs === 'block' ? t('a block of {0} bytes', length) : t('a block header of {0} bytes', this.need);
    this.failed('cut', expected, t('{0} bytes until the end of the file', have));
  }
}

function isKnown(type: number): boolean {
  return type === BLOCK_SHB || type === BLOCK_IDB || type === BLOCK_NRB || type === BLOCK_ISB;
}

function typeName(type: number): string {
  const names: Readonly<Record<number, string>> = { [BLOCK_SHB]: 'SHB', [BLOCK_IDB]: 'IDB', [BLOCK_PB]: 'PB', [BLOCK_SPB]: 'SPB', [BLOCK_NRB]: 'NRB', [BLOCK_ISB]: 'ISB', [BLOCK_EPB]: 'EPB' };
  return names[type] ?? `0x${type.toString(16)}`;
}

/** Some writers leave the padding out of the total length. */
function roundUp(length: number): number {
  return Math.ceil(length / 4) * 4;
}

function changed(): SourceError {
  return new SourceError(t('The packet can no longer be read: the file has changed.'), 'ECHANGED');
}
