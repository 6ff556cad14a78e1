import { t } from '../l10n';
import type { CapturedRecord } from './captureReader';
import { EPB_FLAGS, OPTION_END } from './pcapngOptions';
import type { NgInterface, Section, SectionTable } from './pcapngSections';

/** Block types (draft-ietf-opsawg-pcapng 4, and its registry of reserved ones). */
export const BLOCK_SHB = 0x0a0d0d0a;
export const BLOCK_IDB = 1;
export const BLOCK_PB = 2;
export const BLOCK_SPB = 3;
export const BLOCK_NRB = 4;
export const BLOCK_ISB = 5;
export const BLOCK_EPB = 6;
const BLOCK_JOURNAL = 9;
const BLOCK_CUSTOM = 0xbad;
const BLOCK_CUSTOM_NOT_COPIED = 0x40000bad;
const BLOCK_SYSDIG_EVENT = 0x204;
const BLOCK_SYSDIG_EVENT_2 = 0x216;
const BLOCK_SYSDIG_EVENT_2_LARGE = 0x221;

export function isPacketBlock(type: number): boolean {
  return type === BLOCK_EPB || type === BLOCK_SPB || type === BLOCK_PB;
}

/** Blocks that hold no packet and yet get a frame number in Wireshark. */
export function isCountedBlock(type: number): boolean {
  switch (type) {
    case BLOCK_CUSTOM:
    case BLOCK_CUSTOM_NOT_COPIED:
    case BLOCK_JOURNAL:
    case BLOCK_SYSDIG_EVENT:
    case BLOCK_SYSDIG_EVENT_2:
    case BLOCK_SYSDIG_EVENT_2_LARGE:
      return true;
    default:
      return false;
  }
}

/** Length of a block of this type with nothing optional in it. */
export function minimumLength(type: number): number {
  switch (type) {
    case BLOCK_SHB:
      return 28;
    case BLOCK_IDB:
      return 20;
    case BLOCK_PB:
    case BLOCK_EPB:
      return 32;
    case BLOCK_SPB:
    case BLOCK_CUSTOM:
    case BLOCK_CUSTOM_NOT_COPIED:
      return 16;
    case BLOCK_ISB:
      return 24;
    default:
      return 12;
  }
}

export interface BlockError {
  readonly expected: string;
  readonly found: string;
}

/** Reads packet blocks into records. */
export class PacketBlocks {
  /** Where the options of the block that was read last start and end. */
  optionsAt = 0;
  optionsEnd = 0;
  /** Its time as it was written, in ticks of its interface. */
  ticksHigh = 0;
  ticksLow = 0;

  constructor(private readonly table: SectionTable) {}

  /** Fills `record` from the block of `padded` bytes at `at`; record.bytes and record.offset are the caller's. Null when all is well. */
  fill(record: CapturedRecord, view: DataView, at: number, type: number, padded: number, section: Section): BlockError | null {
    const { littleEndian } = section;
    if (type === BLOCK_EPB) {
      const id = view.getUint32(at + 8, littleEndian);
      const high = view.getUint32(at + 12, littleEndian);
      return this.packet(record, view, at, padded, section, id, high);
    }
    if (type === BLOCK_PB) {
      const id = view.getUint16(at + 8, littleEndian);
      const high = view.getUint32(at + 12, littleEndian);
      return this.packet(record, view, at, padded, section, id, high);
    }
    if (type === BLOCK_SPB) return this.simplePacket(record, view, at, padded, section);
    record.notAPacket = true;
    record.hasTime = false;
    record.seconds = record.nanos = 0;
    record.interfaceIndex = record.linkType = record.fcsLength = 0;
    record.start = at + (type === BLOCK_CUSTOM || type === BLOCK_CUSTOM_NOT_COPIED ? 12 : 8);
    record.end = at + padded - 4;
    record.originalLength = record.end - record.start;
    this.optionsAt = this.optionsEnd = record.end;
    return null;
  }

  /** Enhanced and obsolete packet blocks differ in their first two words only. */
  private packet(record: CapturedRecord, view: DataView, at: number, padded: number, section: Section, id: number, high: number): BlockError | null {
    const { littleEndian } = section;
    const source = this.interfaceOf(section, id);
    if (source === null) return this.noInterface(section, id);
    const length = view.getUint32(at + 20, littleEndian);
    if (length > padded - 32) return this.tooLong(length, padded - 32);
    if (length > source.maxLength) return this.tooLong(length, source.maxLength);
    record.notAPacket = false;
    record.hasTime = true;
    const low = view.getUint32(at + 16, littleEndian);
    this.ticksHigh = high;
    this.ticksLow = low;
    source.unit.read(record, high, low);
    record.originalLength = view.getUint32(at + 24, littleEndian);
    record.start = at + 28;
    record.end = record.start + length;
    record.linkType = source.linkType;
    record.fcsLength = source.fcsLength;
    record.interfaceIndex = section.firstInterface + id;
    const options = record.start + ((length + 3) & ~3);
    this.optionsAt = options;
    this.optionsEnd = at + padded - 4;
    if (at + padded - 4 - options >= 8) this.readFlags(record, view, options, at + padded - 4, littleEndian);
    return null;
  }

  /** No interface id, no time, and no captured length: the snap length of the section's first interface cuts it. */
  private simplePacket(record: CapturedRecord, view: DataView, at: number, padded: number, section: Section): BlockError | null {
    const source = this.interfaceOf(section, 0);
    if (source === null) return this.noInterface(section, 0);
    const original = view.getUint32(at + 8, section.littleEndian);
    const length = source.snapLength === 0 ? original : Math.min(original, source.snapLength);
    if (length > padded - 16) return this.tooLong(length, padded - 16);
    if (length > source.maxLength) return this.tooLong(length, source.maxLength);
    record.notAPacket = false;
    record.hasTime = false;
    record.seconds = record.nanos = 0;
    record.originalLength = original;
    record.start = at + 12;
    record.end = record.start + length;
    record.linkType = source.linkType;
    record.fcsLength = source.fcsLength;
    record.interfaceIndex = section.firstInterface;
    this.optionsAt = this.optionsEnd = at + padded - 4;
    return null;
  }

  /** epb_flags may say the length of this packet's frame check sequence. Runs per packet, so no visitor. */
  private readFlags(record: CapturedRecord, view: DataView, start: number, end: number, littleEndian: boolean): void {
    let at = start;
    while (end - at >= 8) {
      const code = view.getUint16(at, littleEndian);
      const length = view.getUint16(at + 2, littleEndian);
      if (code === OPTION_END || length > end - at - 4) return;
      if (code === EPB_FLAGS && length === 4) {
        const fcs = (view.getUint32(at + 4, littleEndian) >>> 5) & 15;
        if (fcs !== 0) record.fcsLength = fcs;
        return;
      }
      at += 4 + ((length + 3) & ~3);
    }
  }

  private interfaceOf(section: Section, id: number): NgInterface | null {
    return this.table.sources[section.firstInterface + id] ?? null;
  }

  private noInterface(section: Section, id: number): BlockError {
    return {
      expected: t('one of the {0} interfaces of the section', this.table.interfaces.length - section.firstInterface),
      found: t('a packet of interface {0}', id),
    };
  }

  private tooLong(length: number, room: number): BlockError {
    return { expected: t('a packet with at most {0} captured bytes', room), found: t('a captured length of {0}', length) };
  }
}
