import type { FileOffset } from '../bytes/units';
import { t } from '../l10n';
import { SourceError, type ByteSource } from './byteSource';
import { CapturedRecord, FormatError, type CaptureFault, type CaptureInfo, type CaptureReader, type RecordDetail, type RecordSink } from './captureReader';
import { ChunkWindow } from './chunkWindow';
import { NearbyReads } from './nearbyReads';
import { GLOBAL_HEADER, chooseVariant, parsePcapHeader, type PcapHeader, type PcapVariant } from './pcapVariant';
import { maxCapturedLength } from './recordLimits';

/** Reads the global header of a classic pcap file. Rejects with FormatError when it is cut or of a version that is not known. */
export async function openPcap(source: ByteSource): Promise<CaptureReader> {
  const head = new Uint8Array(GLOBAL_HEADER);
  const got = await source.readInto(0, head);
  if (got < GLOBAL_HEADER)
    throw new FormatError(t('The file ends inside the pcap header: {0} bytes were expected, {1} found.', GLOBAL_HEADER, got), 'pcap', got);
  const header = parsePcapHeader(head);
  if (header.major < 2) throw new FormatError(t('This is a pcap file of version {0}.{1}; versions from 2.0 on can be read.', header.major, header.minor), 'pcap', 4);
  return new PcapReader(source, header, await chooseVariant(source, header));
}

/** Why `scan` came back. */
const NEED_MORE = 0;
const STOPPED = 1;
const FAULTY = 2;

class PcapReader implements CaptureReader {
  readonly info: CaptureInfo;
  position: FileOffset;
  fault: CaptureFault | null = null;

  private readonly window: ChunkWindow;
  private readonly nearby: NearbyReads;
  private readonly record = new CapturedRecord();
  private readonly headerLength: number;
  private readonly maxLength: number;
  /** Bytes from `position` on that the next step takes; set by `scan` when it comes back with NEED_MORE. */
  private need: number;

  constructor(
    source: ByteSource,
    private readonly header: PcapHeader,
    variant: PcapVariant,
  ) {
    this.window = new ChunkWindow(source);
    this.nearby = new NearbyReads(source);
    this.headerLength = this.need = variant.headerLength;
    this.maxLength = maxCapturedLength(header.linkType);
    this.position = header.firstRecord;
    this.prepare(this.record);
    this.info = {
      format: 'pcap',
      description: describe(header, variant),
      interfaces: [
        { name: '', description: '', linkType: header.linkType, snapLength: header.snapLength, ticksPerSecond: header.nanoseconds ? 1e9 : 1e6 },
      ],
      comments: [],
      names: new Map(),
      timeDigits: header.nanoseconds ? 9 : 6,
      writer: '',
    };
  }

  async read(sink: RecordSink, maxBytes: number): Promise<boolean> {
    const stopAt = this.position + maxBytes;
    while (this.fault === null) {
      const why = this.scan(sink, stopAt);
      if (why === STOPPED) return true;
      if (why === FAULTY) break;
      const have = await this.window.slide(this.position, this.need);
      if (have === 0) return false;
      if (have < this.need) this.fault = this.cut(have);
    }
    return false;
  }

  resume(): void {
    if (this.fault?.kind === 'cut') this.fault = null;
    this.window.forget();
    this.nearby.forget();
  }

  async recordAt(offset: FileOffset, interfaceIndex: number): Promise<RecordDetail> {
    const head = new Uint8Array(this.headerLength);
    if ((await this.nearby.readInto(offset, head)) < head.length) throw changed();
    const record = new CapturedRecord();
    this.prepare(record);
    record.offset = offset;
    record.interfaceIndex = interfaceIndex;
    const length = this.readHeader(record, new DataView(head.buffer), 0);
    if (length > this.maxLength) throw changed();
    const bytes = new Uint8Array(length);
    if ((await this.nearby.readInto(offset + head.length, bytes)) < length) throw changed();
    record.bytes = bytes;
    record.end = length;
    return { record, comments: [] };
  }

  /** Hands on the records that lie in the window as a whole. Synchronous: this is the hot path. */
  private scan(sink: RecordSink, stopAt: FileOffset): number {
    const { window, record, headerLength, maxLength } = this;
    const { view, base, end } = window;
    record.bytes = window.bytes;
    let at = this.position - base;
    if (at < window.start) {
      this.need = headerLength;
      return NEED_MORE;
    }
    for (;;) {
      if (base + at >= stopAt) return STOPPED;
      if (end - at < headerLength) {
        this.need = headerLength;
        return NEED_MORE;
      }
      const length = this.readHeader(record, view, at);
      const start = at + headerLength;
      if (length > end - start) {
        if (length > maxLength) {
          this.fault = this.tooLong(length);
          return FAULTY;
        }
        this.need = headerLength + length;
        return NEED_MORE;
      }
      if (length > maxLength) {
        this.fault = this.tooLong(length);
        return FAULTY;
      }
      record.offset = base + at;
      record.start = start;
      at = start + length;
      record.end = at;
      this.position = base + at;
      if (!sink(record)) return STOPPED;
    }
  }

  /** Fills times and original length from the record header at `at`; returns the captured length. */
  private readHeader(record: CapturedRecord, view: DataView, at: number): number {
    const { littleEndian, lengths, nanoseconds } = this.header;
    let seconds = view.getUint32(at, littleEndian);
    let nanos = view.getUint32(at + 4, littleEndian);
    if (!nanoseconds) {
      if (nanos >= 1_000_000) {
        seconds += Math.floor(nanos / 1_000_000);
        nanos %= 1_000_000;
      }
      nanos *= 1000;
    } else if (nanos >= 1_000_000_000) {
      seconds += Math.floor(nanos / 1_000_000_000);
      nanos %= 1_000_000_000;
    }
    record.seconds = seconds;
    record.nanos = nanos;
    let captured = view.getUint32(at + 8, littleEndian);
    let original = view.getUint32(at + 12, littleEndian);
    if (lengths !== 'captured-first' && (lengths === 'original-first' || captured > original)) {
      const first = captured;
      captured = original;
      original = first;
    }
    record.originalLength = original;
    return captured;
  }

  private prepare(record: CapturedRecord): void {
    record.linkType = this.header.linkType;
    record.fcsLength = this.header.fcsLength;
  }

  private cut(have: number): CaptureFault {
    const { headerLength, need } = this;
    const expected = need === headerLength ? t('a record header of {0} bytes', need) : t('a packet record of {0} bytes', need);
    return { offset: this.position, kind: 'cut', expected, found: t('{0} bytes until the end of the file', have) };
  }

  private tooLong(length: number): CaptureFault {
    return {
      offset: this.position,
      kind: 'corrupt',
      expected: t('a record with at most {0} captured bytes', this.maxLength),
      found: t('a captured length of {0}', length),
    };
  }
}

function changed(): SourceError {
  return new SourceError(t('The packet can no longer be read: the file has changed.'), 'ECHANGED');
}

function describe(header: PcapHeader, variant: PcapVariant): string {
  const words = ['pcap'];
  const flavour = header.flavour || variant.name;
  if (flavour) words.push(flavour);
  words.push(header.nanoseconds ? t('nanoseconds') : t('microseconds'));
  words.push(header.littleEndian ? t('little-endian') : t('big-endian'));
  words.push(t('version {0}', `${header.major}.${header.minor}`));
  return words.join(', ');
}
