import { escapeText } from '../bytes/escape';
import { SourceError } from '../capture/byteSource';
import type { CapturedRecord, CaptureReader, RecordSink } from '../capture/captureReader';
import type { NgOption } from '../capture/pcapngOptions';
import { IF_DESCRIPTION, IF_FCS_LENGTH, IF_NAME, IF_TIMESTAMP_RESOLUTION, SHB_USER_APPLICATION } from '../capture/pcapngOptions';
import { LINKTYPE_TEXT } from '../capture/textReader';
import { textOf } from '../capture/textCursor';
import { t } from '../l10n';
import type { ByteOutput } from './byteOutput';
import { pump, type ExportControl, type ExportInput, type ExportResult, type PacketPick } from './exportControl';
import { HostAddresses, nameEntries } from './hostAddresses';
import { PcapngWriter, comment, textOption } from './pcapngWriter';
import { synthesizeFrame } from './synthesizedFrame';

const LINKTYPE_RAW = 101;
const APPLICATION = 'TCP Trace Explorer';
/** Characters of a source line that go into its packet's comment. */
const LONGEST_LINE = 2000;
/** Most zeros written for payload: a line of text can ask for 65 KB. So many at any rate, so many for each byte of the text, and never more than that. */
const ZEROS_AT_ANY_RATE = 64 << 20;
const ZEROS_PER_BYTE = 1000;
const MOST_ZEROS = 1024 ** 3;

export interface PcapngExportOptions {
  /** Payload that a text does not hold: written as zeros, or left out as if the snap length had cut it. */
  readonly payload: 'zeros' | 'none';
}

/**
 * Writes the packets of a capture as pcapng. Bytes, times to the tick, comments and the other options, interfaces and sections
 * of a pcapng stay as they are. The segments of a text get headers made from what it shows; each says so in a comment.
 * The reader must stand at the start; it is read once, in pieces. `pick` null: all packets. Rejects with SourceError: cancelled
 * (ECANCELED), more zeros for payload than are sensible (EFBIG).
 */
export async function exportPcapng(input: ExportInput, pick: PacketPick | null, output: ByteOutput, options: PcapngExportOptions, control: ExportControl): Promise<ExportResult> {
  const { reader } = input;
  const writer = new PcapngWriter(output);
  const source = reader.blocks ? new BlockExport(reader, writer) : reader.textOfRecord ? new TextExport(reader, writer, options, mostZeros(input.size)) : new PlainExport(reader, writer);
  let packet = 0;
  let packets = 0;
  let leftOut = 0;
  const sink: RecordSink = (record) => {
    const index = packet++;
    if (pick && !pick.has(index)) return true;
    if (source.add(record)) packets++;
    else leftOut++;
    return !writer.full;
  };
  const flush = (): Promise<void> => {
    // A record that was written is not asked for again: memory stays flat.
    reader.dropBefore?.(packet);
    return writer.flush();
  };
  await pump(input, control, (maxBytes) => reader.read(sink, maxBytes), flush);
  source.end();
  await writer.flush();
  return { packets, leftOut };
}

/** Writes records of one kind of source. */
interface SourceExport {
  /** False when the record is no packet and was left out. */
  add(record: CapturedRecord): boolean;
  end(): void;
}

function fileComment(): NgOption[] {
  return [textOption(SHB_USER_APPLICATION, APPLICATION)];
}

/** if_tsresol and the like: one byte. */
function byteOption(code: number, value: number): NgOption {
  return { code, value: Uint8Array.of(value) };
}

/** pcapng: section by section, as it was. */
class BlockExport implements SourceExport {
  private section = -1;
  /** Interfaces of the present section that are written. */
  private written = 0;

  constructor(
    private readonly reader: CaptureReader,
    private readonly writer: PcapngWriter,
  ) {}

  add(record: CapturedRecord): boolean {
    if (record.notAPacket) return false;
    const blocks = this.reader.blocks!;
    this.describe();
    const id = record.interfaceIndex - blocks.sections[this.section]!.firstInterface;
    const { writer } = this;
    if (!record.hasTime && id === 0) writer.simplePacket(record.bytes, record.start, record.end, record.originalLength);
    else writer.packet(id, blocks.ticksHigh, blocks.ticksLow, record.bytes, record.start, record.end, record.originalLength, blocks.packetOptions());
    return true;
  }

  end(): void {
    const blocks = this.reader.blocks!;
    if (blocks.sections.length > 0) this.describe();
    else this.writer.section(fileComment());
    this.endSection();
    this.writer.names(nameEntries(this.reader.info.names), blocks.nameComments.map(comment));
  }

  /** Writes the headers of the sections up to the one that is being read, and its interfaces up to now. */
  private describe(): void {
    const { writer } = this;
    const { sections, sources } = this.reader.blocks!;
    while (this.section < sections.length - 1) {
      this.endSection();
      this.section++;
      this.written = 0;
      writer.section(sections[this.section]!.options);
      this.describeInterfaces(sections[this.section + 1]?.firstInterface ?? sources.length);
    }
    this.describeInterfaces(sources.length);
  }

  private describeInterfaces(end: number): void {
    const { sections, sources } = this.reader.blocks!;
    const first = sections[this.section]!.firstInterface;
    const { interfaces } = this.reader.info;
    for (; first + this.written < end; this.written++) {
      const { linkType, snapLength } = interfaces[first + this.written]!;
      this.writer.interface(linkType, snapLength, sources[first + this.written]!.options);
    }
  }

  /** What the capture said of the interfaces of the section that is over. */
  private endSection(): void {
    for (const s of this.reader.blocks!.sections[this.section]?.statistics ?? []) this.writer.statistics(s.interfaceId, s.ticksHigh, s.ticksLow, s.options);
  }
}

const TICKS = { 6: 1_000_000, 9: 1_000_000_000 } as const;

/** Ticks of seconds and nanoseconds since the epoch, as two words. A time before it is 0. */
class Ticks {
  high = 0;
  low = 0;

  set(seconds: number, nanos: number, perSecond: 1_000_000 | 1_000_000_000): void {
    const ticks = seconds < 0 ? 0n : BigInt(seconds) * BigInt(perSecond) + BigInt(Math.floor(nanos / (1_000_000_000 / perSecond)));
    this.high = Number((ticks >> 32n) & 0xffffffffn);
    this.low = Number(ticks & 0xffffffffn);
  }
}

/** Classic pcap: one interface without a name. */
class PlainExport implements SourceExport {
  private readonly ticks = new Ticks();
  private readonly digits: 6 | 9;
  private begun = false;

  constructor(
    private readonly reader: CaptureReader,
    private readonly writer: PcapngWriter,
  ) {
    this.digits = reader.info.timeDigits;
  }

  add(record: CapturedRecord): boolean {
    this.begin(record.fcsLength);
    const { ticks, digits } = this;
    ticks.set(record.seconds, record.nanos, TICKS[digits]);
    this.writer.packet(0, ticks.high, ticks.low, record.bytes, record.start, record.end, record.originalLength, []);
    return true;
  }

  end(): void {
    this.begin(0);
  }

  private begin(fcsLength: number): void {
    if (this.begun) return;
    this.begun = true;
    const [first] = this.reader.info.interfaces;
    this.writer.section(fileComment());
    // The snap length of a pcap is no promise: packets may be longer.
    this.writer.interface(first!.linkType, 0, [byteOption(IF_TIMESTAMP_RESOLUTION, this.digits), ...(fcsLength > 0 ? [byteOption(IF_FCS_LENGTH, fcsLength)] : [])]);
  }
}

/** How many zeros a text of `size` bytes may become. */
function mostZeros(size: number): number {
  return Math.min(MOST_ZEROS, Math.max(ZEROS_AT_ANY_RATE, size * ZEROS_PER_BYTE));
}

/** Text: headers made from what it shows, and the bytes of its hex dumps. */
class TextExport implements SourceExport {
  private readonly ticks = new Ticks();
  private readonly ids = new Map<number, number>();
  private readonly hosts = new HostAddresses();
  private begun = false;
  private readonly zeros: boolean;
  private zerosWritten = 0;

  constructor(
    private readonly reader: CaptureReader,
    private readonly writer: PcapngWriter,
    options: PcapngExportOptions,
    private readonly mostZeros: number,
  ) {
    this.zeros = options.payload === 'zeros';
  }

  add(record: CapturedRecord): boolean {
    const segment = record.textSegment;
    // Other traffic without a dump: the text shows no header that could be made of it.
    if (!segment && record.linkType === LINKTYPE_TEXT) return false;
    this.begin();
    const { text, tokens } = this.reader.textOfRecord!();
    const words: string[] = [];
    let { bytes, start, end, originalLength } = record;
    if (segment) {
      const frame = synthesizeFrame(segment, tokens, text, this.zeros, (host) => this.hosts.of(host, this.reader.info));
      this.zerosWritten += frame.zeros;
      if (this.zerosWritten > this.mostZeros) throw new SourceError(t('The payload that the text speaks of takes more than {0} MiB of zeros.', Math.floor(this.mostZeros / 2 ** 20)), 'EFBIG');
      bytes = frame.bytes;
      start = 0;
      end = bytes.length;
      ({ originalLength } = frame);
      words.push(t('Headers made from text'), ...frame.gaps);
      for (const port of [segment.srcPort, segment.dstPort]) {
        const name = this.reader.info.portName?.(port);
        if (name) words.push(t('port {0} stands for the service {1}', port, escapeText(name)));
      }
    } else words.push(t('Bytes of the hex dump in the text'));
    if (!record.hasTime) words.push(t('no time shown'));
    else if (record.seconds < 0) words.push(t('time shown as {0} s', record.seconds + record.nanos / 1e9));
    const line = escapeText(textOf(text, 0, Math.min(text.length, LONGEST_LINE)).trimEnd());
    const digits = this.reader.info.timeDigits;
    const id = this.interfaceOf(record, segment ? LINKTYPE_RAW : record.linkType, digits);
    this.ticks.set(record.hasTime ? record.seconds : 0, record.hasTime ? record.nanos : 0, TICKS[digits]);
    this.writer.packet(id, this.ticks.high, this.ticks.low, bytes, start, end, originalLength, [
      comment(`${words.join('; ')}.\n${line}`),
    ]);
    return true;
  }

  end(): void {
    this.begin();
    this.writer.names(this.hosts.entries);
  }

  private begin(): void {
    if (this.begun) return;
    this.begun = true;
    const { info } = this.reader;
    const notes = [
      t('Made from {0}. IP and TCP headers are rebuilt from what the text shows; what it does not show is 0, checksums are computed anew.', info.description),
      this.zeros ? t('Payload bytes are zeros: the text has their number only.') : t('Payload bytes are left out: the text has their number only.'),
    ];
    if (info.text?.timeOfDayOnly) notes.push(t('The text shows the time of day without a date: times count from 1970-01-01.'));
    else if (info.text?.timeStyle === 'date') notes.push(t('The text shows local times without a zone: they stand here as if they were UTC.'));
    else if (info.text?.timeStyle === 'since-first' || info.text?.timeStyle === 'since-previous') notes.push(t('The text shows no date: times count from 1970-01-01.'));
    this.writer.section([...notes.map(comment), ...fileComment()]);
  }

  /** The interface for a link type and a precision, described when it is first met. */
  private interfaceOf(record: CapturedRecord, linkType: number, digits: 6 | 9): number {
    const key = record.interfaceIndex * 0x20000 + linkType * 2 + (digits === 9 ? 1 : 0);
    let id = this.ids.get(key);
    if (id === undefined) {
      const shown = this.reader.info.interfaces[record.interfaceIndex];
      const options = [byteOption(IF_TIMESTAMP_RESOLUTION, digits)];
      if (shown?.name) options.unshift(textOption(IF_NAME, shown.name));
      else options.unshift(textOption(IF_DESCRIPTION, t('Made from text')));
      id = this.writer.interface(linkType, 0, options);
      this.ids.set(key, id);
    }
    return id;
  }
}
