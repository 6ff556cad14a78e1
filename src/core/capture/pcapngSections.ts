import { formatIpv4, formatIpv6 } from '../bytes/address';
import { u16be, u16le, u32be, u32le } from '../bytes/read';
import type { FileOffset } from '../bytes/units';
import { t } from '../l10n';
import type { CaptureInfo, CaptureInterface, NgSectionDetails } from './captureReader';
import {
  IF_DESCRIPTION,
  IF_FCS_LENGTH,
  IF_NAME,
  IF_TIMESTAMP_OFFSET,
  IF_TIMESTAMP_RESOLUTION,
  OPTION_COMMENT,
  SHB_HARDWARE,
  SHB_OS,
  SHB_USER_APPLICATION,
  commentsIn,
  eachOption,
  optionText,
  type NgOption,
} from './pcapngOptions';
import { copyOptions } from './pcapngOptionCopy';
import { TimestampUnit, readOffset } from './pcapngTime';
import { maxCapturedLength } from './recordLimits';

/** Rows of the packet table hold an interface in 16 bits. */
export const MAX_INTERFACES = 65536;
const MAX_COMMENTS = 10_000;
/** Characters of one comment and of all that are shown: they travel with every state of the capture. */
const LONGEST_COMMENT = 4096;
const MAX_COMMENT_LENGTH = 1 << 20;
const MAX_NAMES = 100_000;
/** Longest name of a host (RFC 1035 2.3.4) or interface that is shown. */
const LONGEST_NAME = 255;
/** Options that are kept for writing the capture again, all together; what comes after is not written again. */
const MAX_KEPT_OPTION_BYTES = 16 << 20;

/** A section: its byte order, and which interfaces of the file are its own. */
export interface Section extends NgSectionDetails {
  readonly offset: FileOffset;
  readonly littleEndian: boolean;
  readonly statistics: NgSectionDetails['statistics'][number][];
}

/** What reading packets of an interface takes. */
export interface NgInterface {
  readonly linkType: number;
  readonly snapLength: number;
  readonly fcsLength: number;
  readonly unit: TimestampUnit;
  readonly maxLength: number;
  /** Of its description. */
  readonly options: readonly NgOption[];
}

/** What the blocks that are no packets said so far: sections, interfaces, comments, names. */
export class SectionTable implements CaptureInfo {
  readonly format = 'pcapng';
  readonly interfaces: CaptureInterface[] = [];
  readonly comments: { readonly offset: FileOffset; readonly text: string }[] = [];
  readonly names = new Map<string, string>();
  readonly nameComments: string[] = [];
  timeDigits: 6 | 9 = 6;
  readonly sections: Section[] = [];
  /** Parallel to `interfaces`. */
  readonly sources: NgInterface[] = [];
  private readonly programs = new Set<string>();
  private readonly orders = new Set<boolean>();
  private version = '';
  private sectionCount = 0;
  private keptBytes = 0;
  private commentLength = 0;

  get description(): string {
    const words = ['pcapng'];
    words.push(this.orders.size > 1 ? t('both byte orders') : this.orders.has(false) ? t('big-endian') : t('little-endian'));
    if (this.version) words.push(t('version {0}', this.version));
    if (this.sectionCount > 1) words.push(t('{0} sections', this.sectionCount));
    return words.join(', ');
  }

  get writer(): string {
    return [...this.programs].join('; ');
  }

  /** The section that the block at `offset` is in. */
  sectionAt(offset: FileOffset): Section {
    let low = 0;
    let high = this.sections.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.sections[middle]!.offset <= offset) low = middle;
      else high = middle - 1;
    }
    return this.sections[low]!;
  }

  /** Section header: body from the byte-order magic on. `hasRecords`: the section before has some. */
  addSection(bytes: Uint8Array, start: number, end: number, offset: FileOffset, littleEndian: boolean, hasRecords: boolean): Section {
    const options = this.kept(copyOptions(bytes, start + 16, end, littleEndian, 'section'));
    const section = this.sectionFrom({ offset, littleEndian, firstInterface: this.interfaces.length, options, statistics: [] }, hasRecords);
    this.sectionCount++;
    this.orders.add(littleEndian);
    const u16 = littleEndian ? u16le : u16be;
    this.version = `${u16(bytes, start + 4)}.${u16(bytes, start + 6)}`;
    eachOption(bytes, start + 16, end, littleEndian, (code, at, length) => {
      if (code === OPTION_COMMENT) this.addComment(offset, optionText(bytes, at, length));
      else if ((code === SHB_HARDWARE || code === SHB_OS || code === SHB_USER_APPLICATION) && this.programs.size < 32)
        this.programs.add(optionText(bytes, at, length));
    });
    return section;
  }

  /** Sections that say nothing are not kept one by one: a file may hold millions of them. */
  private sectionFrom(section: Section, hasRecords: boolean): Section {
    const before = this.sections.at(-1);
    if (before?.firstInterface === section.firstInterface && before.options.length === 0 && before.statistics.length === 0) {
      if (before.littleEndian === section.littleEndian && section.options.length === 0) return before;
      if (!hasRecords) this.sections.pop();
    }
    this.sections.push(section);
    return section;
  }

  /** Interface description: link type, two reserved bytes, snap length, options. */
  addInterface(bytes: Uint8Array, start: number, end: number, offset: FileOffset, littleEndian: boolean): void {
    const linkType = (littleEndian ? u16le : u16be)(bytes, start);
    const snapLength = (littleEndian ? u32le : u32be)(bytes, start + 4);
    let name = '';
    let description = '';
    let fcsLength = 0;
    let resolution = 6;
    let offsetSeconds = 0;
    eachOption(bytes, start + 8, end, littleEndian, (code, at, length) => {
      if (code === OPTION_COMMENT) this.addComment(offset, optionText(bytes, at, length));
      else if (code === IF_NAME) name = optionText(bytes, at, Math.min(LONGEST_NAME, length));
      else if (code === IF_DESCRIPTION) description = optionText(bytes, at, Math.min(LONGEST_NAME, length));
      else if (code === IF_TIMESTAMP_RESOLUTION && length === 1) resolution = bytes[at]!;
      else if (code === IF_FCS_LENGTH && length === 1) fcsLength = fcsBytes(bytes[at]!);
      else if (code === IF_TIMESTAMP_OFFSET && length === 8) offsetSeconds = readOffset(bytes, at, littleEndian);
    });
    const unit = new TimestampUnit(resolution, offsetSeconds);
    if (unit.isFine) this.timeDigits = 9;
    const options = this.kept(copyOptions(bytes, start + 8, end, littleEndian, 'interface'));
    this.sources.push({ linkType, snapLength, fcsLength, unit, maxLength: maxCapturedLength(linkType), options });
    this.interfaces.push({ name, description, linkType, snapLength, ticksPerSecond: unit.ticksPerSecond });
  }

  /** Name resolution: records of an address and its names, then options. */
  addNames(bytes: Uint8Array, start: number, end: number, offset: FileOffset, littleEndian: boolean): void {
    const u16 = littleEndian ? u16le : u16be;
    let at = start;
    while (end - at >= 4) {
      const type = u16(bytes, at);
      const length = u16(bytes, at + 2);
      at += 4;
      if (type === 0) break;
      if (length > end - at) return;
      const address = type === 1 ? 4 : type === 2 ? 16 : 0;
      if (address > 0 && length > address && this.names.size < MAX_NAMES) {
        const text = address === 4 ? formatIpv4(u32be(bytes, at)) : formatIpv6(u32be(bytes, at), u32be(bytes, at + 4), u32be(bytes, at + 8), u32be(bytes, at + 12));
        // Several names may follow, each with a zero; the first is the one to show.
        const zero = bytes.subarray(at + address, at + length).indexOf(0);
        this.names.set(text, optionText(bytes, at + address, Math.min(LONGEST_NAME, zero < 0 ? length - address : zero)));
      }
      at += (length + 3) & ~3;
    }
    for (const text of commentsIn(bytes, at, end, littleEndian)) {
      this.addComment(offset, text);
      if (this.nameComments.length < MAX_COMMENTS) this.nameComments.push(text);
    }
  }

  /** Interface statistics: interface, time, options. */
  addStatistics(bytes: Uint8Array, start: number, end: number, offset: FileOffset, littleEndian: boolean): void {
    this.addComments(bytes, start + 12, end, offset, littleEndian);
    const u32 = littleEndian ? u32le : u32be;
    const options = this.kept(copyOptions(bytes, start + 12, end, littleEndian, 'statistics'));
    if (options.length > 0) this.sections.at(-1)!.statistics.push({ interfaceId: u32(bytes, start), ticksHigh: u32(bytes, start + 4), ticksLow: u32(bytes, start + 8), options });
  }

  /** Comments among the options in bytes[start, end). */
  private addComments(bytes: Uint8Array, start: number, end: number, offset: FileOffset, littleEndian: boolean): void {
    for (const text of commentsIn(bytes, start, end, littleEndian)) this.addComment(offset, text);
  }

  private kept(options: readonly NgOption[]): readonly NgOption[] {
    for (const { value } of options) this.keptBytes += value.length + 64;
    return this.keptBytes <= MAX_KEPT_OPTION_BYTES ? options : [];
  }

  private addComment(offset: FileOffset, text: string): void {
    const shown = text.length > LONGEST_COMMENT ? `${text.slice(0, LONGEST_COMMENT)}…` : text;
    if (this.comments.length >= MAX_COMMENTS || this.commentLength + shown.length > MAX_COMMENT_LENGTH) return;
    this.commentLength += shown.length;
    this.comments.push({ offset, text: shown });
  }
}

/** if_fcslen is in bits by the draft's text, in bytes by its example; no check sequence has 16 bytes or less than 8 bits. */
function fcsBytes(value: number): number {
  return value >= 16 ? value >> 3 : value;
}
