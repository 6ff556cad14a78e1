import type { Segment } from '../decode/segment';
import type { FileOffset } from '../bytes/units';
import type { NgOption } from './pcapngOptions';
import type { TextToken } from './textTokens';

/**
 * One captured record, a view that the reader fills anew for each record (valid only during the call).
 * `bytes[start, end)` are the captured bytes; `originalLength` is what was on the wire.
 */
export class CapturedRecord {
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  /** frame.len: length on the wire. */
  originalLength = 0;
  /** Link type (LINKTYPE_*, IANA/tcpdump.org registry), masked to 16 bits. */
  linkType = 0;
  /** Bytes of frame check sequence at the end of the frame, 0 unless the file says so. */
  fcsLength = 0;
  /** Seconds since the epoch (an integer; may be negative) and nanoseconds 0..999 999 999. */
  seconds = 0;
  nanos = 0;
  /** Where the record (its header) starts in the file: what `CaptureReader.recordAt` takes. */
  offset: FileOffset = NaN;
  /** Index into CaptureInfo.interfaces. */
  interfaceIndex = 0;
  /** False for a pcapng Simple Packet Block, which has no timestamp. */
  hasTime = true;
  /** True for a pcapng block that tshark numbers as a frame although it holds no packet (custom block, sysdig event ...). */
  notAPacket = false;
  /**
   * Text captures only: the segment as the text shows it (its `known` mask says which fields); null when the bytes are
   * to be decoded. `bytes[start, end)` is then the source text of the record.
   */
  textSegment: Segment | null = null;
  /** Text captures only: PROTOCOL_* of a line that is a packet but no TCP segment, with no bytes to decode; -1 otherwise. */
  otherProtocol = -1;
  /** Text captures only: LABEL_* bits that the text itself carries (tshark's own analysis); -1 where it carries none of any kind. */
  textLabels = -1;
  /** Text captures only: bytes of the file, from `offset` on, that are the record's text. */
  textLength = 0;
}

/** Takes records one by one. Returns false to stop early. */
export type RecordSink = (record: CapturedRecord) => boolean;

export type CaptureFormat = 'pcap' | 'pcapng' | 'tcpdump-text' | 'tshark-text';

export interface CaptureInterface {
  /** if_name, or empty. */
  readonly name: string;
  readonly description: string;
  readonly linkType: number;
  /** 0 means no limit. */
  readonly snapLength: number;
  /** Ticks per second of its timestamps, for display only (1e6, 1e9, or a power of two). */
  readonly ticksPerSecond: number;
}

/** What the container says about the capture as a whole; grows while reading. */
export interface CaptureInfo {
  readonly format: CaptureFormat;
  /** "pcap, microseconds, little-endian, version 2.4" and the like. */
  readonly description: string;
  readonly interfaces: CaptureInterface[];
  /** Comments of sections, interfaces and name blocks, in file order. */
  readonly comments: { readonly offset: FileOffset; readonly text: string }[];
  /** Address -> name pairs of pcapng name-resolution blocks. */
  readonly names: Map<string, string>;
  /** Digits of the finest timestamp: 6 or 9. */
  readonly timeDigits: 6 | 9;
  /** shb_hardware, shb_os, shb_userappl, if any. */
  readonly writer: string;
  /** Text captures only. */
  readonly text?: TextInfo;
  /** Name behind a FAMILY_NAME address; empty for an unknown one. */
  readonly hostName?: (id: number) => string;
  /** Text of a service name that `port` stands for in this capture; null when the number is a real one. */
  readonly portName?: (port: number) => string | null;
}

/** Kinds of lines that are no packet. */
export type TextNoise = 'blank' | 'banner' | 'summary' | 'prompt' | 'markup' | 'ellipsis' | 'text' | 'rest';

/** What a text capture's lines were. `packetLines` + all of `noise` + `errorCount` is `lines`. */
export interface TextInfo {
  /** Of the first packet. */
  readonly style: 'tcpdump' | 'tcpdump-3' | 'tshark' | 'tshark-verbose' | 'tshark-hex' | 'tshark-fields';
  readonly timeStyle: 'none' | 'time-of-day' | 'epoch' | 'date' | 'since-first' | 'since-previous';
  /** Times carry no date: they count from the midnight before the first packet. */
  readonly timeOfDayOnly: boolean;
  readonly lines: number;
  /** Lines that are packets or parts of one. */
  readonly packetLines: number;
  readonly noise: Readonly<Record<TextNoise, number>>;
  /** Lines that look like a packet and could not be read: the first 1000, and how many in all. */
  readonly errors: readonly { readonly line: number; readonly reason: string }[];
  readonly errorCount: number;
}

/** Why reading stopped before the end of the file, or what was wrong on the way. */
export interface CaptureFault {
  /** Byte at which the faulty structure starts. */
  readonly offset: FileOffset;
  /** `cut`: the file ends inside a record; `corrupt`: a field makes no sense; `unsupported`: known but not readable here. */
  readonly kind: 'cut' | 'corrupt' | 'unsupported';
  /** What was expected, in words ("a packet record of 74 bytes"). */
  readonly expected: string;
  /** What was found ("58 bytes until the end of the file"). */
  readonly found: string;
}

export interface CaptureReader {
  readonly info: CaptureInfo;
  /** Offset of the next record to read: where a grown file goes on. */
  readonly position: FileOffset;
  /** Set when reading ended early; records before it are all good. */
  readonly fault: CaptureFault | null;
  /**
   * Reads on and hands records to `sink` until about `maxBytes` bytes of the file were consumed, or the sink said stop.
   * Resolves to false when there is nothing more to read (end, or fault).
   */
  read(sink: RecordSink, maxBytes: number): Promise<boolean>;
  /** Reads one record again, from the offset that its CapturedRecord had. The result owns its bytes. */
  recordAt(offset: FileOffset, interfaceIndex: number): Promise<RecordDetail>;
  /** Text captures: line (from 1) on which a record starts, by its number in reading order. */
  lineOf?(record: number): number;
  /** Text captures: how many lines a record has, at most 65 535. */
  lineCountOf?(record: number): number;
  /** Text captures: number of the record that holds a line (from 1), or the last one before it; -1 when there is none. */
  recordOfLine?(line: number): number;
  /** Text captures: forget what is kept about records below this number (a reader that streams through keeps its memory flat). */
  dropBefore?(record: number): void;
  /** pcapng only: what its blocks say beside the packets' bytes. */
  readonly blocks?: BlockDetails;
  /** Text captures, while a sink has a record: its own text and what each piece of it is. */
  textOfRecord?(): { readonly text: Uint8Array; readonly tokens: readonly TextToken[] };
  /** After the source has grown: forget a `cut` fault so that `read` goes on at `position`. */
  resume(): void;
}

export interface NgSectionDetails {
  /** Number of interfaces in the sections before it. */
  readonly firstInterface: number;
  readonly options: readonly NgOption[];
  /** Interface statistics blocks: interface of the section, time in its ticks, options. */
  readonly statistics: readonly { readonly interfaceId: number; readonly ticksHigh: number; readonly ticksLow: number; readonly options: readonly NgOption[] }[];
}

/** What writing a pcapng capture again takes. Lists grow while reading. */
export interface BlockDetails {
  readonly sections: readonly NgSectionDetails[];
  /** Comments of the name-resolution blocks. */
  readonly nameComments: readonly string[];
  /** Options of the descriptions, parallel to `info.interfaces`. */
  readonly sources: readonly { readonly options: readonly NgOption[] }[];
  /** While a sink has a packet: its time as written, in ticks of its interface. */
  readonly ticksHigh: number;
  readonly ticksLow: number;
  /** And its options. */
  packetOptions(): NgOption[];
}

/** A record read again in full, with what only the details view needs. */
export interface RecordDetail {
  readonly record: CapturedRecord;
  readonly comments: readonly string[];
  /** Text captures: the record's own text, also where its bytes come from a hex dump. */
  readonly text?: Uint8Array;
  /** Text captures: what each piece of `text` is, in its order. */
  readonly tokens?: readonly TextToken[];
}

/** The file is of no kind that can be read; `message` is for the user. */
export class FormatError extends Error {
  constructor(
    message: string,
    /** What it looks like ("snoop", "netmon", "text", "unknown", "empty"). */
    readonly looksLike: string,
    readonly offset: FileOffset = 0,
    /** It is of no format that can be read here: a list of those that can helps. */
    readonly unknownFormat = false,
  ) {
    super(message);
    this.name = 'FormatError';
  }
}

