import { u16be, u32be } from '../bytes/read';
import {
  OPT_AO,
  OPT_FAST_OPEN,
  OPT_MD5,
  OPT_MPTCP,
  OPT_MSS,
  OPT_OTHER,
  OPT_SACK,
  OPT_SACK_PERMITTED,
  OPT_TIMESTAMPS,
  OPT_WINDOW_SCALE,
  type Segment,
} from './segment';

/** Blocks a header can hold: (40 - 2) / 8. */
const MAX_SACK_BLOCKS = 4;
/** Experiment identifiers (RFC 6994) that stand for options with a kind of their own today. */
const EXID_FAST_OPEN = 0xf989;
const EXID_ACC_ECN_0 = 0xacc0;
const EXID_ACC_ECN_1 = 0xacc1;

/**
 * Walks the TCP options in `b[start, end)` (RFC 9293 3.2). `captured` is where the captured bytes stop (at most `end`):
 * of an option that the capture cut only whole SACK edges and a first timestamp remain. A wrong length is noted in
 * `optionsBad`, and ends the walk when the next option cannot be found. The last of several equal options counts.
 */
export function readTcpOptions(segment: Segment, b: Uint8Array, start: number, end: number, captured: number): void {
  let at = start;
  let ended = false;
  while (at < captured) {
    const kind = b[at]!;
    if (ended) {
      // After End of Option List only zero padding may follow (RFC 9293 3.2).
      if (kind !== 0) {
        segment.optionsBad = true;
        return;
      }
      at++;
      continue;
    }
    if (kind === 1) {
      at++;
      continue;
    }
    if (kind === 0) {
      ended = true;
      at++;
      continue;
    }
    if (at + 1 >= end) {
      segment.optionsBad = true;
      return;
    }
    if (at + 1 >= captured) return;
    const length = b[at + 1]!;
    if (length < 2 || at + length > end) {
      segment.optionsBad = true;
      return;
    }
    if (at + length > captured) {
      readCutOption(segment, b, kind, at, captured);
      return;
    }
    readOption(segment, b, kind, at, length);
    at += length;
  }
}

/** What is left of an option that the capture cut. */
function readCutOption(segment: Segment, b: Uint8Array, kind: number, at: number, captured: number): void {
  if (kind === 5) readSackBlocks(segment, b, at + 2, captured);
  else if (kind === 8 && b[at + 1] === 10 && at + 6 <= captured) {
    segment.tsHalf = true;
    segment.tsVal = u32be(b, at + 2);
  }
}

function readOption(segment: Segment, b: Uint8Array, kind: number, at: number, length: number): void {
  switch (kind) {
    case 2:
      if (length === 4) {
        segment.optionsSeen |= OPT_MSS;
        segment.mss = u16be(b, at + 2);
      } else segment.optionsBad = true;
      return;
    case 3:
      if (length === 3) {
        segment.optionsSeen |= OPT_WINDOW_SCALE;
        segment.windowScale = b[at + 2]!;
      } else segment.optionsBad = true;
      return;
    case 4:
      if (length === 2) segment.optionsSeen |= OPT_SACK_PERMITTED;
      else segment.optionsBad = true;
      return;
    case 5:
      // Also without a whole block: the option is there, and Wireshark stumbles over it.
      segment.optionsSeen |= OPT_SACK;
      if ((length - 2) % 8 !== 0 || length === 2) segment.optionsBad = true;
      readSackBlocks(segment, b, at + 2, at + length);
      return;
    case 8:
      if (length === 10) {
        segment.optionsSeen |= OPT_TIMESTAMPS;
        segment.tsVal = u32be(b, at + 2);
        segment.tsEcr = u32be(b, at + 6);
      } else segment.optionsBad = true;
      return;
    case 19:
      segment.optionsSeen |= OPT_MD5;
      return;
    case 29:
      segment.optionsSeen |= OPT_AO;
      return;
    case 30:
      readMptcp(segment, b, at, length);
      return;
    case 34:
      segment.optionsSeen |= OPT_FAST_OPEN;
      segment.fastOpenCookie = length - 2;
      return;
    case 172:
    case 174:
      segment.optionsSeen |= OPT_OTHER;
      segment.accEcn = true;
      return;
    case 253:
    case 254:
      readExperiment(segment, b, at, length);
      return;
    default:
      segment.optionsSeen |= OPT_OTHER;
  }
}

function readSackBlocks(segment: Segment, b: Uint8Array, start: number, end: number): void {
  for (let at = start; at + 4 <= end && segment.sackCount < MAX_SACK_BLOCKS; at += 8) {
    segment.optionsSeen |= OPT_SACK;
    segment.sackLeft[segment.sackCount] = u32be(b, at);
    segment.sackHalf = at + 8 > end;
    if (segment.sackHalf) return;
    segment.sackRight[segment.sackCount] = u32be(b, at + 4);
    segment.sackCount++;
  }
}

/** RFC 8684 3. Only what groups subflows and counts subtypes; the rest is the details view's business. */
function readMptcp(segment: Segment, b: Uint8Array, at: number, length: number): void {
  segment.optionsSeen |= OPT_MPTCP;
  if (length < 3) {
    segment.optionsBad = true;
    return;
  }
  const subtype = b[at + 2]! >> 4;
  segment.mptcpSubtypes |= 1 << subtype;
  if (subtype === 0 && length >= 12) {
    segment.mptcpKeyHigh = u32be(b, at + 4);
    segment.mptcpKeyLow = u32be(b, at + 8);
  } else if (subtype === 1 && length === 12) segment.mptcpToken = u32be(b, at + 4);
}

function readExperiment(segment: Segment, b: Uint8Array, at: number, length: number): void {
  if (length < 4) {
    segment.optionsBad = true;
    return;
  }
  const exId = u16be(b, at + 2);
  if (exId === EXID_FAST_OPEN) {
    segment.optionsSeen |= OPT_FAST_OPEN;
    segment.fastOpenCookie = length - 4;
    return;
  }
  segment.optionsSeen |= OPT_OTHER;
  if (exId === EXID_ACC_ECN_0 || exId === EXID_ACC_ECN_1) segment.accEcn = true;
}
