/** Writes small classic captures for tests: little-endian, microseconds, Ethernet + IPv4 + TCP. */

export interface TestSegment {
  readonly from: 'client' | 'server';
  readonly flags: number;
  readonly seq: number;
  readonly ack?: number;
  readonly window?: number;
  readonly options?: readonly number[];
  readonly payload?: string;
  /** ECN bits of the IP header. */
  readonly ecn?: number;
  readonly urgentPointer?: number;
  /** 'good' (default), one bit off, or what Linux leaves to the network card. */
  readonly checksum?: 'good' | 'wrong' | 'offloaded';
  readonly ipId?: number;
  readonly ttl?: number;
  /** Seconds since the start of the capture. */
  readonly time?: number;
}

export interface TestEnds {
  readonly client?: readonly [number, number, number, number];
  readonly server?: readonly [number, number, number, number];
  readonly clientPort?: number;
  readonly serverPort?: number;
}

export const START_SECONDS = 1_700_000_000;

/** The 24-byte file header. */
export function pcapHeader(linkType = 1, snapLength = 262_144): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(snapLength, 16);
  header.writeUInt32LE(linkType, 20);
  return header;
}

/** A record around a frame. */
export function pcapRecord(frame: Buffer, time: number, originalLength = frame.length): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(START_SECONDS + Math.floor(time), 0);
  header.writeUInt32LE(Math.round((time % 1) * 1e6), 4);
  header.writeUInt32LE(frame.length, 8);
  header.writeUInt32LE(originalLength, 12);
  return Buffer.concat([header, frame]);
}

/** An Ethernet frame with one TCP segment. */
export function tcpFrame(segment: TestSegment, ends: TestEnds = {}): Buffer {
  const { client = [10, 0, 0, 1], server = [10, 0, 0, 2], clientPort = 40_000, serverPort = 6379 } = ends;
  const fromClient = segment.from === 'client';
  const options = [...(segment.options ?? [])];
  while (options.length % 4 !== 0) options.push(1);
  const payload = Buffer.from(segment.payload ?? '');
  const headerLength = 20 + options.length;
  const frame = Buffer.alloc(14 + 20 + headerLength + payload.length);
  frame.writeUInt16BE(0x0800, 12);
  frame[14] = 0x45;
  frame.writeUInt16BE(20 + headerLength + payload.length, 16);
  frame.writeUInt16BE(segment.ipId ?? 0, 18);
  frame[22] = segment.ttl ?? 64;
  frame[23] = 6;
  frame.set(fromClient ? client : server, 26);
  frame.set(fromClient ? server : client, 30);
  const tcp = 34;
  frame.writeUInt16BE(fromClient ? clientPort : serverPort, tcp);
  frame.writeUInt16BE(fromClient ? serverPort : clientPort, tcp + 2);
  frame.writeUInt32BE(segment.seq >>> 0, tcp + 4);
  frame.writeUInt32BE((segment.ack ?? 0) >>> 0, tcp + 8);
  frame.writeUInt16BE(((headerLength / 4) << 12) | segment.flags, tcp + 12);
  frame.writeUInt16BE(segment.window ?? 65_535, tcp + 14);
  frame.set(options, tcp + 20);
  frame[15] = segment.ecn ?? 0;
  frame.writeUInt16BE(segment.urgentPointer ?? 0, tcp + 18);
  payload.copy(frame, tcp + headerLength);
  frame.writeUInt16BE(tcpChecksum(frame, tcp, segment.checksum ?? 'good'), tcp + 16);
  return frame;
}

function tcpChecksum(frame: Buffer, tcp: number, kind: 'good' | 'wrong' | 'offloaded'): number {
  const fold = (sum: number): number => (sum > 0xffff ? fold((sum & 0xffff) + (sum >>> 16)) : sum);
  let pseudo = 6 + (frame.length - tcp);
  for (let at = 26; at < 34; at += 2) pseudo += frame.readUInt16BE(at);
  if (kind === 'offloaded') return fold(pseudo);
  let sum = pseudo;
  for (let at = tcp; at < frame.length; at += 2) sum += at + 1 < frame.length ? frame.readUInt16BE(at) : frame[at]! << 8;
  return (~fold(sum) & 0xffff) ^ (kind === 'wrong' ? 1 : 0);
}

/** A whole capture of one connection. */
export function tcpCapture(segments: readonly TestSegment[], ends: TestEnds = {}): Buffer {
  return Buffer.concat([pcapHeader(), ...segments.map((s, i) => pcapRecord(tcpFrame(s, ends), s.time ?? i * 0.001))]);
}

const FIN = 1, SYN = 2, PSH = 8, ACK = 16;

/** Handshake with MSS and window scale, one request, one answer, orderly close. */
export const SHORT_CONNECTION: readonly TestSegment[] = [
  { from: 'client', flags: SYN, seq: 1000, window: 64_240, options: [2, 4, 5, 0xb4, 1, 3, 3, 7] },
  { from: 'server', flags: SYN | ACK, seq: 5000, ack: 1001, window: 65_160, options: [2, 4, 5, 0xb4, 1, 3, 3, 9] },
  { from: 'client', flags: ACK, seq: 1001, ack: 5001, window: 502 },
  { from: 'client', flags: PSH | ACK, seq: 1001, ack: 5001, window: 502, payload: 'PING\r\n' },
  { from: 'server', flags: PSH | ACK, seq: 5001, ack: 1007, window: 128, payload: '+PONG\r\n' },
  { from: 'client', flags: ACK, seq: 1007, ack: 5008, window: 502 },
  { from: 'client', flags: FIN | ACK, seq: 1007, ack: 5008, window: 502 },
  { from: 'server', flags: FIN | ACK, seq: 5008, ack: 1008, window: 128 },
  { from: 'client', flags: ACK, seq: 1008, ack: 5009, window: 502 },
];
