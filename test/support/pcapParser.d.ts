/** The part of pcap-parser that benchmarks and tests use. */
declare module 'pcap-parser' {
  import type { EventEmitter } from 'node:events';
  import type { Readable } from 'node:stream';

  export interface PcapParserPacket {
    readonly header: { readonly timestampSeconds: number; readonly timestampMicroseconds: number; readonly capturedLength: number; readonly originalLength: number };
    readonly data: Buffer;
  }

  export function parse(input: string | Readable): EventEmitter;
}
