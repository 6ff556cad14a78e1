import { CapturedRecord } from '../../../../src/core/capture/captureReader';
import { FrameDecoder, type FrameDecoderOptions } from '../../../../src/core/decode/frameDecoder';
import type { Segment } from '../../../../src/core/decode/segment';

/** Builds the bytes of headers for the decoder's tests; everything in network byte order unless said otherwise. */
export type Bytes = readonly number[];

export const u16 = (n: number): Bytes => [(n >> 8) & 255, n & 255];
export const u32 = (n: number): Bytes => [(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
export const u16le = (n: number): Bytes => [n & 255, (n >> 8) & 255];
export const u32le = (n: number): Bytes => [...u32(n)].reverse();
export const zeros = (n: number): Bytes => new Array<number>(n).fill(0);
export const text = (s: string): Bytes => Array.from(s, (c) => c.charCodeAt(0));
/** "08 00 4f" or "08004f". */
export const hexBytes = (s: string): Bytes => (s.replaceAll(' ', '').match(/../g) ?? []).map((h) => parseInt(h, 16));

export const MAC_A = [2, 0, 0, 0, 0, 1];
export const MAC_B = [2, 0, 0, 0, 0, 2];
export const ADDRESS_A = 0x0a000001;
export const ADDRESS_B = 0x0a000002;

/** A TCP header from port 1000 to 2000, seq 1, ack 2, ACK, window 1000. */
export function tcp(options: Bytes = [], payload: Bytes = [], port = 1000): Bytes {
  return [...u16(port), ...u16(2000), ...u32(1), ...u32(2), ((20 + options.length) >> 2) << 4, 0x10, ...u16(1000), 0, 0, 0, 0, ...options, ...payload];
}

export interface Ipv4Fields {
  readonly src?: number;
  readonly dst?: number;
  readonly total?: number;
  readonly id?: number;
  readonly more?: boolean;
  /** In bytes. */
  readonly offset?: number;
  readonly options?: Bytes;
  readonly version?: number;
}

export function ipv4(protocol: number, payload: Bytes, f: Ipv4Fields = {}): Bytes {
  const options = f.options ?? [];
  const header = 20 + options.length;
  const fragment = (f.more ? 0x2000 : 0) | ((f.offset ?? 0) >> 3);
  return [
    ((f.version ?? 4) << 4) | (header >> 2), 0, ...u16(f.total ?? header + payload.length), ...u16(f.id ?? 1), ...u16(fragment), 64, protocol, 0, 0,
    ...u32(f.src ?? ADDRESS_A), ...u32(f.dst ?? ADDRESS_B), ...options, ...payload,
  ];
}

export function ipv6(next: number, payload: Bytes, length = payload.length): Bytes {
  return [0x60, 0, 0, 0, ...u16(length), next, 64, 0xfd, ...zeros(14), 1, 0xfd, ...zeros(14), 2, ...payload];
}

export const udp = (src: number, dst: number, payload: Bytes, length = payload.length + 8): Bytes => [...u16(src), ...u16(dst), ...u16(length), 0, 0, ...payload];
export const ethernet = (type: number, payload: Bytes): Bytes => [...MAC_A, ...MAC_B, ...u16(type), ...payload];

/** Payload "hello" in TCP in IPv4, and in IPv6. */
export const HELLO = text('hello');
export const IP4 = ipv4(6, tcp([], HELLO));
export const IP6 = ipv6(6, tcp([], HELLO));
export const FRAME = ethernet(0x0800, IP4);
export const SNAP = [0xaa, 0xaa, 3, 0, 0, 0, 8, 0, ...IP4];

export interface RecordFields {
  /** Bytes captured; all when absent. */
  readonly captured?: number;
  /** Bytes on the wire; as many as given when absent. */
  readonly wire?: number;
  readonly fcs?: number;
}

/** A record whose bytes stand in the middle of a larger buffer full of 0xee, so that reading outside shows. */
export function record(linkType: number, frame: Bytes, fields: RecordFields = {}): CapturedRecord {
  const r = new CapturedRecord();
  const captured = fields.captured ?? frame.length;
  r.bytes = new Uint8Array(captured + 64).fill(0xee);
  r.start = 32;
  r.end = 32 + captured;
  r.bytes.set(frame.slice(0, captured), 32);
  r.originalLength = fields.wire ?? frame.length;
  r.linkType = linkType;
  r.fcsLength = fields.fcs ?? 0;
  return r;
}

export function decodeFrame(linkType: number, frame: Bytes, fields: RecordFields = {}, options: FrameDecoderOptions = {}): FrameDecoder {
  const decoder = new FrameDecoder(options);
  decoder.decode(record(linkType, frame, fields), 0);
  return decoder;
}

/** Decodes frames in order with one decoder; what `see` makes of each. */
export function decodeAll<T>(linkType: number, frames: readonly Bytes[], see: (decoder: FrameDecoder) => T): T[] {
  const decoder = new FrameDecoder();
  return frames.map((frame, i) => {
    decoder.decode(record(linkType, frame), i);
    return see(decoder);
  });
}

/** The row of a decoder, or null. */
export const rowOf = (decoder: FrameDecoder): Segment | null => (decoder.row < 0 ? null : decoder.segments[decoder.row]!);

/** tcp.len of the frame's row, or null when there is no row. */
export const lengthIn = (linkType: number, frame: Bytes, fields: RecordFields = {}): number | null => rowOf(decodeFrame(linkType, frame, fields))?.length ?? null;
