import { PROTOCOL_UNKNOWN } from '../decode/otherTraffic';
import { TOOL_FIELDS, TOOL_TCPDUMP } from './textLines';
import { TextNames } from './textNames';
import { RECORD_ERROR, RECORD_OTHER, TextRecord } from './textRecord';
import { TextScanner } from './textScanner';
import { TIME_OF_DAY, TIME_SECONDS, TIME_SIGNED, type TimeOrigin } from './textTime';
import { isOldTcp } from './tcpdumpTextOld';

/** What the opening bytes of a text show about the whole. */
export interface SampleStudy {
  /** Offset of the first byte after a byte order mark. */
  readonly start: number;
  readonly records: number;
  readonly tool: 'tcpdump' | 'tshark';
  /** Times have a sign column: -ttt or -ttttt. */
  readonly signed: boolean;
  /** What counted times count from. */
  readonly origin: TimeOrigin;
  /** The first TCP lines are in the form before 4.0. */
  readonly old: boolean;
}

/** Few control characters: text in an encoding that contains ASCII. */
export function looksLikeText(b: Uint8Array): boolean {
  let control = 0;
  const n = Math.min(b.length, 4096);
  for (let i = 0; i < n; i++) {
    const c = b[i]!;
    if (c < 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09 && c !== 0x1b && c !== 0x0c && c !== 0x08) control++;
  }
  return control * 50 <= n;
}

/** Reads the sample as a capture and looks at its times. `whole`: the sample is the whole text. */
export function studySample(b: Uint8Array, whole: boolean): SampleStudy {
  const start = b[0] === 0xef && b[1] === 0xbb && b[2] === 0xbf ? 3 : 0;
  const parser = new TextRecord(new TextNames());
  let records = 0;
  let others = 0;
  let sure = 0;
  let tcpdump = 0;
  let old = 0;
  let spaced = 0;
  let steps = 0;
  let small = 0;
  let last = NaN;
  let highest = 0;
  // Times since the first packet stay near the highest so far, even out of order; differences fall back all the time.
  const count = (value: number): void => {
    if (!Number.isNaN(last)) {
      steps++;
      if (value < 0) small += 2;
      else if (value < highest / 2 || (value === last && value > 0)) small++;
    }
    last = value;
    highest = Math.max(highest, value);
  };
  let zeroFirst = false;
  let signedSeen = 0;
  const scanner: TextScanner = new TextScanner(parser, {
    record: (bytes, from, to) => {
      const shape = scanner.shape;
      parser.parse(bytes, from, to, shape);
      if (parser.kind === RECORD_ERROR) return true;
      if (parser.kind === RECORD_OTHER) others++;
      if (parser.kind !== RECORD_OTHER || parser.protocol !== PROTOCOL_UNKNOWN || shape.hasDump || shape.tool === TOOL_FIELDS) sure++;
      records++;
      if (shape.tool === TOOL_TCPDUMP) tcpdump++;
      if (shape.tool === TOOL_TCPDUMP && old < 1 && isOldRecord(bytes, from, to)) old++;
      if (!parser.hasTime) return true;
      const time = parser.time;
      const value = (time.negative ? -1 : 1) * (time.seconds + time.nanos / 1e9);
      if (time.form === TIME_SIGNED || (time.form === TIME_OF_DAY && shape.body === from + 1 && bytes[from] === 0x20)) {
        if (signedSeen++ === 0) zeroFirst = value === 0;
        spaced++;
        count(value);
      } else if (time.form === TIME_SECONDS) count(value);
      return true;
    },
    section: () => undefined,
  });
  scanner.scan(b, start, b.length, whole || b.length < 1 << 18);
  // A text of nothing but other traffic counts only when there is some of it: prose may look like one such line.
  const enough = sure > 0 && (records > others || others >= 2 || (others === 1 && scanner.noise.text === 0));
  return {
    start,
    records: enough ? records : 0,
    tool: tcpdump * 2 >= records ? 'tcpdump' : 'tshark',
    signed: spaced > 0 && zeroFirst,
    origin: small * 2 > steps ? 'previous' : 'first',
    old: old > 0,
  };
}

function isOldRecord(b: Uint8Array, from: number, to: number): boolean {
  for (let i = from + 1; i + 2 < to && b[i] !== 0x0a; i++) {
    if (b[i] === 0x3a && b[i + 1] === 0x20 && isOldTcp(b, i + 2, to)) return true;
  }
  return false;
}
