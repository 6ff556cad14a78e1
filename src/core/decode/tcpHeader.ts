import { u16be, u32be } from '../bytes/read';
import {
  HEADER_BASIC,
  HEADER_BOGUS,
  HEADER_FIXED,
  HEADER_FULL,
  HEADER_PORTS,
  KNOWN_ABSOLUTE_SEQ,
  KNOWN_ALL,
  KNOWN_LENGTH,
  KNOWN_SEQ,
  KNOWN_TIME,
  OPT_TIMESTAMPS,
  type Segment,
} from './segment';
import { readTcpOptions } from './tcpOptions';

/**
 * Reads the TCP header at `at` into a fresh (reset) segment (RFC 9293 3.1). `captured` and `wire` are the offsets where the
 * captured bytes and the IP payload end. `lengthUnknown` for quoted headers and first fragments: tcp.len cannot be told.
 * Returns false, with nothing written, when not even the ports are there.
 */
export function readTcpHeader(segment: Segment, b: Uint8Array, at: number, captured: number, wire: number, lengthUnknown: boolean): boolean {
  const have = captured - at;
  if (have < 4) return false;
  segment.srcPort = u16be(b, at);
  segment.dstPort = u16be(b, at + 2);
  if (have < 16) {
    segment.header = HEADER_PORTS;
    segment.known = KNOWN_TIME;
    // A quote must hold at least 8 bytes (RFC 792), and the sequence number among them is worth showing.
    if (have >= 8 && segment.quoted) {
      segment.seq = u32be(b, at + 4);
      segment.known |= KNOWN_SEQ | KNOWN_ABSOLUTE_SEQ;
    }
    return true;
  }
  segment.seq = u32be(b, at + 4);
  segment.ack = u32be(b, at + 8);
  const offsetAndFlags = u16be(b, at + 12);
  const headerLength = (offsetAndFlags >> 12) << 2;
  segment.flags = offsetAndFlags & 0xfff;
  segment.headerLength = headerLength;
  segment.window = u16be(b, at + 14);
  const bytes = wire - at;
  if (lengthUnknown || bytes < headerLength) segment.known = KNOWN_ALL & ~KNOWN_LENGTH;
  else {
    segment.known = KNOWN_ALL;
    segment.length = bytes - headerLength;
  }
  if (headerLength < 20) {
    segment.header = HEADER_BOGUS;
    return true;
  }
  if (have < 20) {
    segment.header = HEADER_BASIC;
    return true;
  }
  segment.urgentPointer = u16be(b, at + 18);
  segment.header = have < headerLength ? HEADER_FIXED : HEADER_FULL;
  const optionsEnd = at + headerLength;
  const optionsCaptured = optionsEnd < captured ? optionsEnd : captured;
  segment.optionBytes = optionsCaptured - at - 20;
  if (headerLength === 20) return true;
  // By far the most frequent option area: NOP, NOP, timestamps.
  if (headerLength === 32 && have >= 32 && u32be(b, at + 20) === 0x0101080a) {
    segment.optionsSeen = OPT_TIMESTAMPS;
    segment.tsVal = u32be(b, at + 24);
    segment.tsEcr = u32be(b, at + 28);
    return true;
  }
  readTcpOptions(segment, b, at + 20, optionsEnd, optionsCaptured);
  return true;
}

