import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { FINDING_SPECS } from '../../../../src/core/findings/findingSpecs';
import { Bulk } from '../../../support/bulk';
import { pcapHeader, pcapRecord, SHORT_CONNECTION, tcpCapture, tcpFrame, type TestEnds, type TestSegment } from '../../../support/pcapWriter';
import { findingLines } from '../../../support/study';

/*
 * Every id of a finding has a capture in which it is found and a near miss in which it is not: what is nearly the same and means
 * something else. The details (severity, confidence, packets) are tested beside each group.
 */

const FIN = 1, SYN = 2, RST = 4, ACK = 16, URG = 32, ECE = 64, CWR = 128;
const OPEN = SHORT_CONNECTION.slice(0, 6);
type Made = readonly TestSegment[] | Uint8Array | Bulk;

/** Segments of the client and the server of OPEN, after it. */
const c = (time: number, more: Partial<TestSegment> = {}): TestSegment => ({ from: 'client', flags: ACK, seq: 1007, ack: 5008, window: 502, time, ...more });
const s = (time: number, more: Partial<TestSegment> = {}): TestSegment => ({ from: 'server', flags: ACK, seq: 5008, ack: 1007, window: 128, time, ...more });
const x = (bytes: number): string => 'x'.repeat(bytes);
const syn = (time: number, more: Partial<TestSegment> = {}): TestSegment => ({ from: 'client', flags: SYN, seq: 1000, time, ...more });
const synAck = (time: number, more: Partial<TestSegment> = {}): TestSegment => ({ from: 'server', flags: SYN | ACK, seq: 5000, ack: 1001, time, ...more });
const first = (time: number, more: Partial<TestSegment> = {}): TestSegment => ({ from: 'client', flags: ACK, seq: 1001, ack: 5001, time, ...more });
const closed: readonly TestSegment[] = [c(0.1, { flags: FIN | ACK }), s(0.2, { flags: FIN | ACK, ack: 1008 }), c(0.3, { seq: 1008, ack: 5009 })];
const u32 = (n: number): number[] => [(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
const stamp = (value: number, echo = 1): number[] => [1, 1, 8, 10, ...u32(value), ...u32(echo)];
const sample = (name: string): Buffer => readFileSync(`media/samples/${name}.pcap`);
const fixture = (name: string): Buffer => readFileSync(`test/fixtures/${name}`);

/** Several connections, each from a client port of its own. */
function connections(count: number, make: (n: number) => readonly TestSegment[], ends: (n: number) => TestEnds = (n) => ({ clientPort: 40_000 + n }), every = 0.01): Buffer {
  return Buffer.concat([pcapHeader(), ...Array.from({ length: count }, (_, n) => make(n).map((seg, i) => pcapRecord(tcpFrame(seg, ends(n)), n * every + (seg.time ?? i * 0.001)))).flat()]);
}

/** One connection whose frames are cut to a length. */
function cut(segments: readonly TestSegment[], length: number): Buffer {
  return Buffer.concat([pcapHeader(), ...segments.map((seg, i) => {
    const frame = tcpFrame(seg);
    return pcapRecord(frame.subarray(0, length), seg.time ?? i * 0.001, frame.length);
  })]);
}

/** A SYN, and an ICMP error that quotes it. `icmp`: type and code. */
function unreachable(type: number, code: number): Buffer {
  const frame = tcpFrame(syn(0));
  const quoted = frame.subarray(14, 14 + 40);
  const error = Buffer.alloc(14 + 20 + 8 + 40);
  error.writeUInt16BE(0x0800, 12);
  error[14] = 0x45;
  error.writeUInt16BE(20 + 8 + 40, 16);
  error[22] = 64;
  error[23] = 1;
  error.set([10, 0, 0, 254], 26);
  error.set([10, 0, 0, 1], 30);
  error[34] = type;
  error[35] = code;
  error.set(quoted, 42);
  return Buffer.concat([pcapHeader(), pcapRecord(frame, 0), pcapRecord(error, 0.01)]);
}

/** A queue that grows with what is in flight, or a path whose delay has nothing to do with it. */
function queue(delay: (flight: number, n: number) => number): Made {
  const segments: TestSegment[] = [];
  let seq = 1007;
  let time = 1;
  for (let n = 0; n < 80; n++) {
    const flight = 1 + (n % 10);
    const sent = time;
    for (let k = 0; k < flight; k++) segments.push(c(sent + k * 1e-5, { seq: seq + k * 1000, payload: x(1000) }));
    const took = delay(flight, n);
    segments.push(s(sent + took, { ack: seq + flight * 1000, window: 65_535 }));
    seq += flight * 1000;
    time = sent + took + 0.1;
  }
  return [...OPEN, ...segments];
}

/** SYN/ACKs whose timestamps repeat in their low bits what the SYN offered, or do so only sometimes. */
const cookies = (value: (n: number) => number): Buffer =>
  connections(8, (n) => [syn(0, { options: [2, 4, 5, 0xb4, 4, 2, ...stamp(n + 1, 0).slice(2), 1, 3, 3, 7] }), synAck(0.001, { options: [2, 4, 5, 0xb4, 4, 2, ...stamp(value(n), n + 1).slice(2), 1, 3, 3, 7] }), first(0.002)]);

const far = (): Bulk => new Bulk('server').data(0, 1);
const narrow = OPEN.map((seg) => (seg.from === 'server' ? { ...seg, window: seg.flags & SYN ? 1000 : 2 } : seg));
/** A sender that fills 1,024 bytes of window each time it opens. */
const rounds = (start: readonly TestSegment[], wait = 0.0995): readonly TestSegment[] => [
  ...start,
  ...Array.from({ length: 6 }, (_, i) => {
    const [t, seq] = [1 + i * 0.1, 1007 + i * 1024];
    return [c(t, { seq, payload: x(512) }), c(t + 0.001, { seq: seq + 512, payload: x(512) }), s(t + wait, { ack: seq + 1024, window: 2 })];
  }).flat(),
];
const small = (count: number, held: number): readonly TestSegment[] => [
  ...OPEN,
  ...Array.from({ length: count }, (_, i) => {
    const [t, seq, ack] = [1 + i * 0.2, 1007 + i * 20, 5008 + i * 4];
    return [c(t, { seq, ack, payload: x(8) }), s(t + held, { seq: ack, ack: seq + 8 }), c(t + held + 0.0001, { seq: seq + 8, ack, payload: x(12) }), s(t + held + 0.0011, { seq: ack, ack: seq + 20, payload: 'done' })];
  }).flat(),
];
const ecn = (offer: number, answer: number, mark: number, data: number): readonly TestSegment[] => [
  ...OPEN.map((seg, i) => ({ ...seg, ecn: i < 2 ? 0 : mark, ...(i === 0 ? { flags: offer } : i === 1 ? { flags: answer } : {}) })),
  ...Array.from({ length: data }, (_, i) => c(1 + i / 100, { seq: 1007 + i * 10, payload: x(10), ecn: mark })),
];
const signed = (kind: number): readonly TestSegment[] => OPEN.map((seg) => ({ ...seg, options: [kind, 18, ...Array<number>(16).fill(7), ...(seg.flags & SYN ? [2, 4, 5, 0xb4] : [])] }));
const hole = (big: number): readonly TestSegment[] => [
  ...OPEN, c(1, { payload: x(big) }), c(1.001, { seq: 1007 + big, payload: x(200) }),
  s(1.02, { options: [5, 10, ...u32(1007 + big), ...u32(1207 + big)] }), ...[1.3, 1.9, 3.1, 5.5].map((t) => c(t, { payload: x(big) })),
];
const again = (time: number): readonly TestSegment[] => [syn(time, { seq: 90_000 }), synAck(time + 0.001, { seq: 80_000, ack: 90_001 }), first(time + 0.002, { seq: 90_001, ack: 80_001 })];
const probe = (time: number): TestSegment => c(time, { seq: 1006 });
const stamped = OPEN.map((seg, i) => ({ ...seg, options: [...(seg.options ?? []), ...stamp(1000 + i)] }));
const behind = (ttl: number): readonly TestSegment[] => [...OPEN, s(0.4)].map((seg) => (seg.from === 'server' ? { ...seg, ttl } : seg));
const offers = [2, 4, 5, 0xb4, 1, 1, 4, 2, ...stamp(1, 0), 1, 3, 3, 7];
const granted = (grant: readonly number[]) => (n: number): readonly TestSegment[] => [syn(0, { options: offers }), synAck(0.001, { options: n === 0 ? offers : grant }), first(0.002, { options: stamp(2) })];
const copies = (ttl: number): Bulk => {
  const bulk = new Bulk();
  for (let n = 0; n < 3; n++) bulk.data(n, 1 + n * 0.001, { id: 200 + n }).data(n, 1.0001 + n * 0.001, { id: 200 + (ttl === 64 ? 10 : 0) + n, stamp: 1001 + n, ttl });
  return bulk;
};
const oneCopy = (id: number): Bulk => {
  const bulk = new Bulk();
  for (let n = 0; n < 8; n++) bulk.data(n, 1 + n * 0.001, { id: 200 + n });
  return bulk.data(3, 1.009, { id, stamp: 1004 });
};

/** By id: a capture in which it is found, and its near miss. */
const CAPTURES: Readonly<Record<string, readonly [positive: () => Made, nearMiss: () => Made]>> = {
  // One SYN at the end may still be answered.
  'handshake.no-answer': [() => [syn(0), syn(1), syn(3)], () => [syn(0)]],
  // Only a RST that acknowledges the SYN counts.
  'handshake.refused': [() => [syn(0), s(0.01, { flags: RST | ACK, seq: 0, ack: 1001 })], () => [syn(0), s(0.01, { flags: RST | ACK, seq: 0, ack: 77 })]],
  // Time exceeded about a SYN that was answered all the same.
  'handshake.unreachable': [() => unreachable(3, 1), () => Buffer.concat([unreachable(3, 1), pcapRecord(tcpFrame(synAck(0)), 0.02), pcapRecord(tcpFrame(first(0)), 0.03)])],
  // A copy that follows at once is no retransmission.
  'handshake.synack-retransmitted': [() => [syn(0), synAck(0.02), synAck(1.02), first(1.021)], () => [syn(0), synAck(0.02), synAck(0.0201), first(0.03)]],
  'handshake.accept-queue-full': [
    () => [syn(0), synAck(0.02), first(0.0201), first(0.021, { payload: 'hello' }), synAck(1.03), first(1.031, { payload: 'hello' }), synAck(3.03)],
    () => [syn(0), synAck(0.02), first(0.0201), synAck(1.03), first(1.031), s(1.06, { seq: 5001, ack: 1001, payload: 'x' })],
  ],
  // As many, but each completed.
  'handshake.syn-flood': [() => connections(60, () => [syn(0), synAck(0.001)]), () => connections(60, () => [syn(0), synAck(0.001), first(0.002)])],
  'handshake.syn-cookies': [() => cookies(() => 0x1000 + 0x17), () => cookies((n) => 0x1000 + (n % 3 === 0 ? 0x09 : 0x17))],
  'handshake.simultaneous-open': [
    () => [syn(0), { from: 'server', flags: SYN, seq: 5000, time: 0.001 }, synAck(0.02), first(0.021, { flags: SYN | ACK, seq: 1000 }), first(0.03)],
    () => [syn(0), synAck(0.02), first(0.03)],
  ],
  'handshake.slow': [() => [syn(0), syn(1), synAck(1.02), first(1.021)], () => [syn(0), syn(0.0001), synAck(0.02), first(0.021)]],
  'handshake.options-stripped': [() => connections(2, granted([2, 4, 5, 0xb4, 1, 1, 4, 2, ...stamp(1)])), () => connections(2, granted(offers))],
  'handshake.fast-open': [() => sample('fast-open'), () => SHORT_CONNECTION],
  'handshake.aborted': [() => [syn(0), synAck(0.02), first(0.03, { flags: RST, ack: 0 })], () => [syn(0), synAck(0.02), first(0.03), first(0.04, { flags: RST, ack: 0 })]],
  'handshake.bad-answer': [() => [syn(0), synAck(0.02, { ack: 777 }), first(0.03, { flags: RST, seq: 777, ack: 0 })], () => [syn(0), synAck(0.02), first(0.03)]],
  'handshake.defer-accept': [
    () => [syn(0), synAck(0.0001), first(0.02), synAck(1), first(1.02), first(2, { payload: 'hello' }), s(2.0001, { seq: 5001, ack: 1006 })],
    () => [syn(0), synAck(0.0001), first(0.02), first(2, { payload: 'hello' }), s(2.0001, { seq: 5001, ack: 1006 })],
  ],
  // The same port on two hosts is no self-connection.
  'handshake.self-connected': [
    () => connections(1, () => [syn(0), first(0.001, { flags: SYN | ACK, seq: 1000, ack: 1001 }), first(0.002, { ack: 1001 })], () => ({ client: [10, 0, 0, 1], server: [10, 0, 0, 1], clientPort: 7000, serverPort: 7000 })),
    () => connections(1, () => [syn(0), synAck(0.02), first(0.03)], () => ({ clientPort: 7000, serverPort: 7000 })),
  ],
  'half-open': [() => [...OPEN, c(5, { payload: 'more' }), s(5.01, { flags: RST, ack: 0 })], () => [...OPEN, c(5, { payload: 'more' }), s(5.01, { flags: RST | ACK, ack: 1011 })]],
  'reset.by-client': [() => [...OPEN, c(0.5, { flags: RST | ACK })], () => [...OPEN, ...closed]],
  'reset.by-server': [() => [...OPEN, s(0.5, { flags: RST | ACK })], () => [...OPEN, c(0.5, { flags: RST | ACK })]],
  'reset.after-close': [() => [...OPEN, ...closed.slice(0, 2), c(0.25, { flags: RST, seq: 1008 })], () => [...OPEN, closed[0]!, s(0.25, { flags: RST | ACK, ack: 1008 })]],
  'reset.idle-timeout': [() => [...OPEN, s(60, { flags: RST | ACK })], () => [...OPEN, s(1, { flags: RST | ACK })]],
  // A sender that is no hop away resets with the full TTL itself.
  'reset.injected': [() => [...behind(63), s(0.5, { flags: RST | ACK, ttl: 64 })], () => [...behind(64), s(0.5, { flags: RST | ACK, ttl: 64 })]],
  'reset.challenged': [() => [...OPEN, s(0.5, { flags: RST, seq: 6000 }), c(0.51)], () => [...OPEN, s(0.5, { flags: RST, seq: 5008 })]],
  'close.half-close': [
    () => [...OPEN, c(0.1, { flags: FIN | ACK }), s(0.11, { ack: 1008 }), s(0.2, { ack: 1008, payload: 'more' }), c(0.21, { seq: 1008, ack: 5012 })],
    () => [...OPEN, c(0.1, { flags: FIN | ACK }), s(0.11, { ack: 1008 }), s(0.2, { flags: FIN | ACK, ack: 1008 })],
  ],
  'close.simultaneous': [() => [...OPEN, c(0.1, { flags: FIN | ACK }), s(0.1001, { flags: FIN | ACK })], () => [...OPEN, ...closed]],
  'close.missing': [() => OPEN, () => SHORT_CONNECTION],
  'close.fin-not-acked': [
    () => [...OPEN, c(0.1, { flags: FIN | ACK }), c(0.4, { flags: FIN | ACK }), s(0.41, { flags: FIN | ACK, ack: 1008 }), c(0.42, { seq: 1008, ack: 5009 })],
    () => [...OPEN, c(0.1, { flags: FIN | ACK }), c(0.1001, { flags: FIN | ACK }), ...closed.slice(1)],
  ],
  'close.lingering': [
    () => [...OPEN, c(0.1, { flags: FIN | ACK }), s(0.11, { ack: 1008 }), s(30, { flags: FIN | ACK, ack: 1008 }), c(30.1, { seq: 1008, ack: 5009 })],
    () => [...OPEN, c(0.1, { flags: FIN | ACK }), s(0.11, { ack: 1008 }), s(3, { flags: FIN | ACK, ack: 1008 }), c(3.1, { seq: 1008, ack: 5009 })],
  ],
  'time-wait.port-reused': [() => [...SHORT_CONNECTION, ...again(5)], () => [...SHORT_CONNECTION, ...again(500)]],
  'time-wait.assassinated': [() => [...SHORT_CONNECTION, s(2, { flags: RST, seq: 5009 })], () => [...OPEN, s(2, { flags: RST })]],
  'time-wait.open-reused': [() => [...OPEN, ...again(5)], () => [...SHORT_CONNECTION, ...again(500)]],
  'loss.fast-retransmit': [
    () => new Bulk().data(0, 1).data(1, 1.0001).data(2, 1.0002).data(3, 1.0003).data(4, 1.0004).ack(1, 1.02).ack(1, 1.0202, { sack: [[2, 3]] }).ack(1, 1.0203, { sack: [[2, 4]] }).ack(1, 1.0204, { sack: [[2, 5]] }).data(1, 1.021).ack(5, 1.041),
    () => new Bulk().data(0, 1).data(2, 1.001, { id: 104, stamp: 7 }).data(1, 1.0015, { id: 103, stamp: 7 }).ack(3, 1.0216),
  ],
  'loss.timeout': [
    () => new Bulk().data(0, 1).data(1, 1.0001).data(2, 1.0002).data(3, 1.0003).ack(1, 1.02).data(1, 1.25).data(1, 1.65).ack(4, 1.67),
    () => new Bulk().data(0, 1).data(1, 1.0001).ack(1, 1.02).data(1, 1.06).ack(2, 1.08),
  ],
  'loss.tail': [() => new Bulk().data(0, 1).data(1, 1.0001).ack(1, 1.02).data(1, 1.06).ack(2, 1.08), () => new Bulk().data(0, 1).data(0, 1.3).ack(1, 1.302)],
  // Not needed: its acknowledgment comes sooner than the path allows.
  'loss.spurious': [() => new Bulk().data(0, 1).data(0, 1.3).ack(1, 1.302), () => new Bulk().data(0, 1).data(0, 1.3).ack(1, 1.32)],
  'loss.dead': [() => new Bulk().data(0, 1).data(0, 1.25).data(0, 1.65).data(0, 2.45), () => new Bulk().data(0, 1).data(0, 1.25)],
  'order.reordered': [
    () => far().data(2, 1.001, { id: 104, stamp: 7 }).data(1, 1.0015, { id: 103, stamp: 7 }).ack(3, 1.0016),
    () => far().data(2, 1.001, { stamp: 7 }).data(1, 1.0015, { stamp: 8 }).ack(3, 1.0016),
  ],
  'order.duplicated': [() => oneCopy(203), () => oneCopy(300)],
  'window.zero': [
    () => [...narrow, c(1, { payload: x(1000) }), s(1.1, { ack: 2007, window: 0 }), c(1.4, { seq: 2006 }), s(1.41, { ack: 2007, window: 0 }), s(3.1, { ack: 2007, window: 100 }), c(3.101, { seq: 2007, payload: x(1000) })],
    () => [...narrow, c(1, { payload: x(1000) }), s(1.1, { ack: 2007, window: 1 }), s(3.1, { ack: 2007, window: 100 }), c(3.101, { seq: 2007, payload: x(1000) })],
  ],
  'window.full': [() => rounds(narrow.map((seg, i) => (i === 4 ? { ...seg, window: 8 } : seg))), () => [...OPEN, c(1, { payload: x(1000) }), s(1.1, { ack: 2007 }), c(2, { seq: 2007, payload: x(1000) }), s(2.1, { ack: 3007 })]],
  'window.small': [() => rounds(narrow), () => rounds(OPEN)],
  'window.shrunk': [
    () => [...OPEN, c(1, { payload: x(1000) }), s(1.1, { ack: 2007 }), s(1.2, { ack: 2007, window: 20 }), c(2, { seq: 2007, payload: x(1000) }), s(2.1, { ack: 3007, window: 20 })],
    () => [...OPEN, c(1, { payload: x(100) }), s(1.1, { ack: 1107 }), c(1.2, { seq: 1107, payload: x(100) }), s(1.3, { ack: 1207, window: 127 }), c(2, { seq: 1207, payload: x(100) }), s(2.1, { ack: 1307, window: 127 })],
  ],
  'keepalive.answered': [() => [...OPEN, probe(10), s(10.01), probe(20), s(20.01)], () => [...OPEN, c(10, { payload: 'x' }), s(10.01, { ack: 1008 })]],
  'keepalive.dead': [() => [...OPEN, probe(10), probe(12), probe(14), c(16, { flags: RST | ACK })], () => [...OPEN, probe(10), probe(12)]],
  'idle.long': [() => [...OPEN, c(50, { payload: 'x' })], () => [...OPEN, c(9, { payload: 'x' })]],
  'delay.nagle': [() => small(5, 0.041), () => small(5, 0.001)],
  'delay.delayed-ack': [() => small(1, 0.041), () => small(1, 0.001)],
  'delay.slow-server': [
    () => [...OPEN, c(0.01, { payload: 'GET' }), s(0.011, { ack: 1010 }), s(2, { ack: 1010, payload: 'late' })],
    () => [...OPEN, c(0.01, { payload: 'GET' }), s(0.011, { ack: 1010, payload: 'soon' }), c(2, { seq: 1010, ack: 5012, payload: 'GET' })],
  ],
  'delay.slow-client': [() => [...OPEN, c(2, { payload: 'GET' }), s(2.001, { ack: 1010, payload: 'soon' })], () => [...OPEN, c(0.01, { payload: 'GET' }), s(2, { ack: 1010, payload: 'late' })]],
  'delay.bufferbloat': [() => queue((flight) => 0.005 + flight * 0.02), () => queue((_, n) => (n % 7 === 3 ? 0.2 : 0.005))],
  'mtu.black-hole': [() => hole(1400), () => [...OPEN, ...[1, 1.3, 1.9, 3.1, 5.5].map((t) => c(t, { payload: x(1400) }))]],
  'mtu.reduced': [() => SHORT_CONNECTION.map((seg) => (seg.flags === (SYN | ACK) ? { ...seg, options: [2, 4, 5, 0x50] } : seg)), () => SHORT_CONNECTION],
  'ecn.marked': [
    () => [...ecn(SYN | ECE | CWR, SYN | ACK | ECE, 2, 0), c(1, { payload: x(10), ecn: 3 }), s(1.01, { flags: ACK | ECE, ack: 1017 }), c(1.02, { seq: 1017, payload: x(10), ecn: 2, flags: ACK | CWR })],
    () => ecn(SYN | ECE | CWR, SYN | ACK | ECE, 2, 3),
  ],
  'ecn.refused': [() => ecn(SYN | ECE | CWR, SYN | ACK, 2, 0), () => ecn(SYN | ECE | CWR, SYN | ACK | ECE, 2, 0)],
  'ecn.bleached': [() => ecn(SYN | ECE | CWR, SYN | ACK | ECE, 0, 12), () => ecn(SYN, SYN | ACK, 0, 12)],
  'urgent.data': [() => [...OPEN, c(1, { flags: ACK | URG, urgentPointer: 3, payload: x(10) })], () => [...OPEN, c(1, { urgentPointer: 3, payload: x(10) })]],
  'user-timeout': [
    () => [...OPEN, ...[1, 1.2, 1.6, 2.4].map((t) => c(t, { payload: 'lost' })), c(3, { flags: RST | ACK, seq: 1011 })],
    () => [...OPEN, ...[1, 1.2, 1.6].map((t) => c(t, { payload: 'lost' })), s(1.7, { ack: 1011 })],
  ],
  mptcp: [() => fixture('mptcp_fallback.pcapng'), () => SHORT_CONNECTION],
  md5: [() => signed(19), () => signed(29)],
  ao: [() => signed(29), () => signed(19)],
  'paws.rejected': [
    () => [...stamped, c(1, { payload: x(10), options: stamp(900) }), s(1.01, { options: stamp(2000) })],
    () => [...stamped, c(1, { payload: x(10), options: stamp(900) }), s(1.01, { ack: 1017, options: stamp(2000) })],
  ],
  'wrap.sequence': [
    () => OPEN.map((seg) => (seg.from === 'client' ? { ...seg, seq: (seg.seq + 0xffffffff - 1003) >>> 0 } : { ...seg, ack: seg.ack === undefined ? 0 : (seg.ack + 0xffffffff - 1003) >>> 0 })),
    () => OPEN,
  ],
  'checksum.wrong': [
    () => [...OPEN, ...Array.from({ length: 10 }, (_, i) => c(1 + i / 100, { seq: 1007 + i * 10, payload: x(10), checksum: i === 4 ? 'wrong' : 'good' }))],
    () => [...OPEN, ...Array.from({ length: 10 }, (_, i) => c(1 + i / 100, { seq: 1007 + i * 10, payload: x(10), checksum: i === 4 ? 'wrong' : 'offloaded' }))],
  ],
  'capture.checksum-offload': [
    () => [...OPEN, ...Array.from({ length: 10 }, (_, i) => c(1 + i / 100, { seq: 1007 + i * 10, payload: x(10), checksum: 'offloaded' }))],
    () => [...OPEN, ...Array.from({ length: 40 }, (_, i) => c(1 + i / 100, { seq: 1007 + i * 10, payload: x(10), checksum: 'wrong' }))],
  ],
  'capture.starts-mid-stream': [() => OPEN.slice(3), () => OPEN],
  'capture.one-direction': [() => Array.from({ length: 6 }, (_, i) => c(1 + i, { seq: 1007 + i * 10, payload: x(10) })), () => [c(1, { payload: x(10) }), s(1.1, { ack: 1017 })]],
  'capture.dropped': [
    () => [...OPEN, c(1, { payload: x(10) }), s(1.01, { ack: 1517 }), c(1.02, { seq: 1517, payload: x(10) }), s(1.03, { ack: 1527 })],
    () => [...OPEN, s(1, { ack: 1017 }), c(1.0001, { payload: x(10) }), c(1.2, { seq: 1017, payload: x(10) })],
  ],
  'capture.duplicated': [() => copies(63), () => copies(64)],
  'capture.truncated': [() => tcpCapture(OPEN).subarray(0, -3), () => tcpCapture(OPEN)],
  'capture.snaplen': [() => cut([...OPEN, c(1, { payload: x(100) })], 90), () => cut([...OPEN, c(1, { payload: x(100) })], 1000)],
  'capture.offload': [() => [...OPEN, c(1, { payload: x(2920) })], () => [...OPEN, c(1, { payload: x(1460) })]],
  'capture.clock-backwards': [() => [...OPEN, c(1, { payload: x(10) }), c(0.9, { seq: 1017, payload: x(10) })], () => [...OPEN, c(1, { payload: x(10) }), c(1, { seq: 1017, payload: x(10) })]],
};

async function idsOf(made: Made): Promise<Set<string>> {
  const bytes = made instanceof Uint8Array ? made : tcpCapture(made instanceof Bulk ? made.segments : made);
  return new Set((await findingLines(bytes)).map((line) => line.split(' ')[1]!));
}

describe('every finding', () => {
  it('has a capture and a near miss', () => {
    assert.deepEqual(Object.keys(CAPTURES).sort(), FINDING_SPECS.map((spec) => spec.id).sort());
  });

  it('is among those that are promised', () => {
    const promised = [
      'handshake.no-answer', 'handshake.refused', 'handshake.unreachable', 'handshake.synack-retransmitted', 'handshake.accept-queue-full', 'handshake.syn-flood', 'handshake.syn-cookies',
      'handshake.simultaneous-open', 'handshake.slow', 'handshake.options-stripped', 'handshake.fast-open', 'half-open', 'reset.by-client', 'reset.by-server', 'reset.after-close',
      'reset.idle-timeout', 'reset.injected', 'close.half-close', 'close.simultaneous', 'close.missing', 'close.fin-not-acked', 'close.lingering', 'time-wait.port-reused', 'time-wait.assassinated',
      'loss.fast-retransmit', 'loss.timeout', 'loss.tail', 'loss.spurious', 'loss.dead', 'order.reordered', 'order.duplicated', 'window.zero', 'window.full', 'window.small', 'window.shrunk',
      'keepalive.answered', 'keepalive.dead', 'idle.long', 'delay.nagle', 'delay.delayed-ack', 'delay.slow-server', 'delay.slow-client', 'delay.bufferbloat', 'mtu.black-hole', 'mtu.reduced',
      'ecn.marked', 'ecn.refused', 'ecn.bleached', 'urgent.data', 'user-timeout', 'mptcp', 'md5', 'ao', 'paws.rejected', 'wrap.sequence', 'capture.starts-mid-stream', 'capture.one-direction',
      'capture.dropped', 'capture.duplicated', 'capture.truncated', 'capture.snaplen', 'capture.offload', 'capture.clock-backwards', 'capture.checksum-offload', 'checksum.wrong',
    ];
    assert.deepEqual(promised.filter((id) => !(id in CAPTURES)), []);
  });

  for (const [id, [positive, nearMiss]] of Object.entries(CAPTURES)) {
    it(`${id} is found, and not in its near miss`, async () => {
      const found = await idsOf(positive());
      assert.ok(found.has(id), `only ${[...found].join(', ')}`);
      assert.ok(!(await idsOf(nearMiss())).has(id), 'the near miss');
    });
  }
});
