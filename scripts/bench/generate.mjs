// Writes large, deterministic classic-pcap captures of interleaved TCP connections for the benchmarks.
import fs from 'node:fs';

const CHUNK = 8 << 20;
const MAX_SEGMENT = 1448;
const FIN = 1, SYN = 2, PSH = 8, ACK = 16;

/**
 * @param {string} file where to write
 * @param {{ packets: number, snapLength: number, streams?: number, loss?: number, segments?: number }} options `loss`: share of data segments lost and resent;
 * `segments`: data segments of a connection, 200 on average when left out
 */
export function generateCapture(file, { packets, snapLength, streams = 2000, loss = 0.005, segments }) {
  const fd = fs.openSync(file, 'w');
  const buffer = Buffer.alloc(CHUNK + 70_000);
  let used = 0;
  let count = 0;
  let micros = 1.7e15;
  let seed = 20_240_607;
  const random = () => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  const payload = Buffer.alloc(MAX_SEGMENT, 'GET /items HTTP/1.1\r\nHost: example.test\r\n\r\n');
  const synOptions = Buffer.from('020405b40402080a0000000100000000010303 07'.replace(' ', ''), 'hex');
  const timestamps = Buffer.from('0101080a0000000100000001', 'hex');

  buffer.writeUInt32LE(0xa1b2c3d4, 0);
  buffer.writeUInt16LE(2, 4);
  buffer.writeUInt16LE(4, 6);
  buffer.writeUInt32LE(snapLength, 16);
  buffer.writeUInt32LE(1, 20);
  used = 24;

  function write(c, fromServer, flags, seq, ack, window, options, length) {
    micros += 1 + Math.floor(random() * 20);
    const headerLength = 20 + options.length;
    const ipLength = 20 + headerLength + length;
    const frame = 14 + ipLength;
    const captured = Math.min(frame, snapLength);
    if (used + 16 + frame > CHUNK) {
      fs.writeSync(fd, buffer, 0, used);
      used = 0;
    }
    buffer.writeUInt32LE(Math.floor(micros / 1e6), used);
    buffer.writeUInt32LE(micros % 1e6, used + 4);
    buffer.writeUInt32LE(captured, used + 8);
    buffer.writeUInt32LE(frame, used + 12);
    const start = used + 16;
    buffer.fill(0, start, start + 14);
    buffer[start + 5] = fromServer ? 1 : 0;
    buffer[start + 11] = fromServer ? 0 : 1;
    buffer.writeUInt16BE(0x0800, start + 12);
    const ip = start + 14;
    buffer[ip] = 0x45;
    buffer[ip + 1] = 0;
    buffer.writeUInt16BE(ipLength, ip + 2);
    buffer.writeUInt16BE(count & 0xffff, ip + 4);
    buffer.writeUInt16BE(0x4000, ip + 6);
    buffer[ip + 8] = 64;
    buffer[ip + 9] = 6;
    buffer.writeUInt16BE(0, ip + 10);
    buffer.writeUInt32BE(fromServer ? c.serverIp : c.clientIp, ip + 12);
    buffer.writeUInt32BE(fromServer ? c.clientIp : c.serverIp, ip + 16);
    const tcp = ip + 20;
    buffer.writeUInt16BE(fromServer ? c.serverPort : c.clientPort, tcp);
    buffer.writeUInt16BE(fromServer ? c.clientPort : c.serverPort, tcp + 2);
    buffer.writeUInt32BE(seq >>> 0, tcp + 4);
    buffer.writeUInt32BE(ack >>> 0, tcp + 8);
    buffer[tcp + 12] = (headerLength / 4) << 4;
    buffer[tcp + 13] = flags;
    buffer.writeUInt16BE(window, tcp + 14);
    buffer.writeUInt32BE(0, tcp + 16);
    options.copy(buffer, tcp + 20);
    payload.copy(buffer, tcp + headerLength, 0, length);
    used = start + captured;
    count++;
  }

  let id = 0;
  const open = () => {
    id++;
    return {
      clientIp: 0x0a000000 + (id % 60_000), serverIp: 0xc0a80000 + (id % 250), clientPort: 1024 + (id % 64_000), serverPort: [80, 443, 6379, 5432][id & 3],
      state: 0, clientSeq: Math.floor(random() * 2 ** 32), serverSeq: Math.floor(random() * 2 ** 32), left: segments ?? 3 + Math.floor(-Math.log(1 - random()) * 200), unacked: 0,
    };
  };
  const connections = Array.from({ length: streams }, open);
  const steps = [
    (c) => { write(c, false, SYN, c.clientSeq++, 0, 64_240, synOptions, 0); c.state = 1; },
    (c) => { write(c, true, SYN | ACK, c.serverSeq++, c.clientSeq, 65_160, synOptions, 0); c.state = 2; },
    (c) => { write(c, false, ACK, c.clientSeq, c.serverSeq, 502, timestamps, 0); c.state = 3; },
    (c) => { write(c, false, PSH | ACK, c.clientSeq, c.serverSeq, 502, timestamps, 200); c.clientSeq += 200; c.state = 4; },
    (c) => {
      if (random() < loss) {
        write(c, true, ACK, c.serverSeq + MAX_SEGMENT, c.clientSeq, 509, timestamps, MAX_SEGMENT);
        write(c, false, ACK, c.clientSeq, c.serverSeq, 502, timestamps, 0);
        write(c, true, ACK, c.serverSeq, c.clientSeq, 509, timestamps, MAX_SEGMENT);
        c.serverSeq += 2 * MAX_SEGMENT;
      } else {
        write(c, true, ACK, c.serverSeq, c.clientSeq, 509, timestamps, MAX_SEGMENT);
        c.serverSeq += MAX_SEGMENT;
      }
      if (++c.unacked % 2 === 0) write(c, false, ACK, c.clientSeq, c.serverSeq, 502, timestamps, 0);
      if (--c.left <= 0) c.state = 5;
    },
    (c) => { write(c, false, FIN | ACK, c.clientSeq++, c.serverSeq, 502, timestamps, 0); c.state = 6; },
    (c) => { write(c, true, FIN | ACK, c.serverSeq++, c.clientSeq, 509, timestamps, 0); c.state = 7; },
    (c) => { write(c, false, ACK, c.clientSeq, c.serverSeq, 502, timestamps, 0); c.state = 8; },
  ];
  while (count < packets) {
    const i = Math.floor(random() * connections.length);
    const c = connections[i];
    steps[c.state](c);
    if (c.state === 8) connections[i] = open();
  }
  fs.writeSync(fd, buffer, 0, used);
  fs.closeSync(fd);
  return { packets: count, bytes: fs.statSync(file).size };
}
