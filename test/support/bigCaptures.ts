import { closeSync, openSync, writeSync } from 'node:fs';

const RECORD = 16 + 40;

/**
 * Writes a classic pcap (raw IP, one millisecond apart) of `packets` bare segments: each stream gets a SYN first, and then, in turn
 * with the others, one ACK after the other. Large files of it take seconds to write and no memory.
 */
export function writeSegments(file: string, packets: number, streams: number): void {
  const fd = openSync(file, 'w');
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65535, 16);
  header.writeUInt32LE(101, 20);
  writeSync(fd, header);
  const PART = 50_000;
  const part = Buffer.alloc(PART * RECORD);
  for (let first = 0; first < packets; first += PART) {
    const count = Math.min(PART, packets - first);
    for (let i = 0; i < count; i++) writeSegment(part, i * RECORD, first + i, streams);
    writeSync(fd, part, 0, count * RECORD);
  }
  closeSync(fd);
}

function writeSegment(bytes: Buffer, record: number, packet: number, streams: number): void {
  const stream = packet % streams;
  bytes.writeUInt32LE(1_700_000_000 + Math.floor(packet / 1000), record);
  bytes.writeUInt32LE((packet % 1000) * 1000, record + 4);
  bytes.writeUInt32LE(40, record + 8);
  bytes.writeUInt32LE(40, record + 12);
  const ip = record + 16;
  bytes[ip] = 0x45;
  bytes.writeUInt16BE(40, ip + 2);
  bytes[ip + 8] = 64;
  bytes[ip + 9] = 6;
  bytes.writeUInt32BE(0x0a000000 + (stream >>> 15), ip + 12);
  bytes.writeUInt32BE(0x0a630001, ip + 16);
  const tcp = ip + 20;
  bytes.writeUInt16BE(1024 + (stream & 0x7fff), tcp);
  bytes.writeUInt16BE(80, tcp + 2);
  bytes.writeUInt32BE(packet < streams ? 1 : 2, tcp + 4);
  bytes.writeUInt32BE(packet < streams ? 0 : packet, tcp + 8);
  bytes[tcp + 12] = 0x50;
  bytes[tcp + 13] = packet < streams ? 0x02 : 0x10;
  bytes.writeUInt16BE(64240, tcp + 14);
}
