import assert from 'node:assert/strict';
import fc from 'fast-check';
import { UNKNOWN_LENGTH } from '../../src/core/bytes/units';
import { CapturedRecord } from '../../src/core/capture/captureReader';
import { FrameDecoder } from '../../src/core/decode/frameDecoder';
import { PROTOCOL_NAMES, PROTOCOL_TCP } from '../../src/core/decode/otherTraffic';
import { FAMILY_IPV4, FAMILY_IPV6, FAMILY_NONE, HEADER_BOGUS, HEADER_PORTS } from '../../src/core/decode/segment';
import { FRAME, HELLO, IP4, IP6, SNAP, ethernet, ipv4, ipv6, tcp, u16, u16le, u32, u32le, udp, zeros, type Bytes } from '../unit/core/decode/frames';

const LINK_TYPES = [0, 1, 6, 7, 9, 10, 11, 12, 13, 14, 18, 19, 50, 51, 100, 101, 104, 105, 106, 107, 108, 109, 113, 117, 119, 122, 127, 129, 138, 163, 178, 192, 204, 228, 229, 239, 242, 253, 276, 147, 65535];
const linkType = fc.constantFrom(...LINK_TYPES);

const outer = (protocol: number, payload: Bytes): Bytes => ethernet(0x0800, ipv4(protocol, payload));
const onPort = (port: number, payload: Bytes): Bytes => outer(17, udp(50_000, port, payload));
const SACK = [1, 1, 5, 18, ...u32(1), ...u32(2), ...u32(3), ...u32(4)];
/** Good frames, by link type: what mutation starts from. */
const GOOD: readonly (readonly [number, Bytes])[] = [
  [1, FRAME],
  [1, outer(6, tcp(SACK, HELLO))],
  [1, ethernet(0x86dd, IP6)],
  [1, ethernet(0x8100, [0, 5, 8, 0, ...IP4])],
  [1, ethernet(SNAP.length, SNAP)],
  [1, ethernet(0x8847, [...u32((16 << 12) | 0x140), ...IP4])],
  [1, ethernet(0x8864, [0x11, 0, 0, 1, ...u16(IP4.length + 2), 0, 0x21, ...IP4])],
  [1, onPort(4789, [8, 0, 0, 0, 0, 1, 2, 0, ...FRAME])],
  [1, onPort(2152, [0x34, 255, ...u16(IP4.length + 12), 0, 0, 0, 1, 0, 1, 0, 0x85, 1, 0x10, 1, 0xc0, 1, 0, 0, 0, ...IP4])],
  [1, onPort(6081, [2, 0, 0x65, 0x58, 0, 0, 1, 0, ...zeros(8), ...FRAME])],
  [1, onPort(3544, [0, 0, ...zeros(6), ...IP6])],
  [1, onPort(1701, [0x4a, 2, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0, 0, 2, 1, 2, 0xff, 3, 0, 0x21, ...IP4])],
  [1, onPort(37_008, [1, 0, 0, 1, 10, 1, 7, 0, 1, ...FRAME])],
  [1, outer(47, [0x70, 0, 0x65, 0x58, ...zeros(12), ...FRAME])],
  [1, outer(47, [0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 1, 0, 1, 0, 0, 0, 1, ...FRAME])],
  [1, outer(1, [3, 0, ...zeros(6), ...IP4])],
  [1, ethernet(0x86dd, ipv6(58, [137, ...zeros(39), 4, 10, ...zeros(6), ...IP6]))],
  [1, outer(6, tcp(SACK, HELLO).slice(0, 24))],
  [1, ethernet(0x0800, ipv4(6, tcp(SACK, HELLO).slice(0, 24), { more: true }))],
  [1, ethernet(0x0800, ipv4(6, tcp(SACK, HELLO).slice(24), { offset: 24 }))],
  [229, ipv6(0, [43, 0, 1, 4, 0, 0, 0, 0, 44, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 1, 0, 0, 0, 9, ...tcp([], HELLO)])],
  [229, ipv6(44, [6, 0, 0, 32, 0, 0, 0, 9, ...HELLO])],
  [1, outer(108, [6, 0, 0, 2, 3, 0, 1, 2, 3, 4])],
  [105, [0x88, 3, ...zeros(22), ...zeros(6), 0x80, 1, 0, 0, 0, 0, 0, 0, ...ethernet(SNAP.length, SNAP)]],
  [105, [0x08, 5, ...zeros(22), ...SNAP]],
  [127, [0, 0, ...u16le(18), ...u32le(0x80000003), ...zeros(10), 0x88, 1, ...zeros(22), 0, 0, ...SNAP]],
  [113, [0, 0, 0, 1, 0, 6, ...zeros(8), 8, 0, ...IP4]],
  [253, [0, 4, ...u16(824), ...zeros(10), 0, 12, ...u32le(24 + IP4.length), 0, 4, ...zeros(10), 2, 0, 0, 1, ...u16le(4 + IP4.length), 9, 0, ...IP4]],
  [239, [2, 0, 0, 1, 8, 0, 1, 0, 8, 0, 0, 0, ...u16le(4 + IP4.length), 9, 0, ...IP4]],
  [9, [0xff, 3, 0, 0x21, ...IP4]],
  [107, [0x18, 0x41, 3, 0xcc, ...IP4]],
  [192, [0, 0, ...u16le(8), ...u32le(1), ...FRAME]],
];

interface Given {
  readonly linkType: number;
  readonly bytes: Bytes;
  readonly wire: number;
  readonly fcs: number;
}

const wireLength = (captured: number): fc.Arbitrary<number> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(captured) }, fc.integer({ min: 0, max: 3000 }), fc.constantFrom(0, 0x7fffffff, 0xffffffff));

const randomFrame: fc.Arbitrary<Given> = fc
  .tuple(linkType, fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 200 }))
  .chain(([type, bytes]) => fc.record({ linkType: fc.constant(type), bytes: fc.constant<Bytes>(bytes), wire: wireLength(bytes.length), fcs: fc.constantFrom(0, 4, 255) }));

const change = fc.tuple(fc.nat(120), fc.integer({ min: 0, max: 255 }));
const mutatedFrame: fc.Arbitrary<Given> = fc
  .tuple(fc.constantFrom(...GOOD), fc.array(change, { maxLength: 6 }), fc.option(fc.nat(300)), fc.option(linkType, { freq: 12 }))
  .chain(([[type, good], changes, cut, otherType]) => {
    const bytes = [...good];
    for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
    const kept = cut === null ? bytes : bytes.slice(0, cut);
    return fc.record({ linkType: fc.constant(otherType ?? type), bytes: fc.constant<Bytes>(kept), wire: fc.oneof(fc.constant(bytes.length), wireLength(kept.length)), fcs: fc.constantFrom(0, 0, 4) });
  });

/** Decodes in a buffer whose neighbouring bytes differ between two runs: the results must not. */
function recordOf(given: Given, filler: number): CapturedRecord {
  const r = new CapturedRecord();
  r.bytes = new Uint8Array(given.bytes.length + 200).fill(filler);
  r.start = 100;
  r.end = 100 + given.bytes.length;
  r.bytes.set(given.bytes, 100);
  r.originalLength = given.wire;
  r.linkType = given.linkType;
  r.fcsLength = given.fcs;
  return r;
}

const snapshot = (decoder: FrameDecoder): unknown => ({
  segments: decoder.segments.slice(0, decoder.count).map((s) => Object.assign({}, s, { sackLeft: [...s.sackLeft].slice(0, s.sackCount + Number(s.sackHalf)), sackRight: [...s.sackRight].slice(0, s.sackCount) })),
  row: decoder.row,
  protocol: decoder.protocol,
  fragment: decoder.fragment,
  malformed: decoder.malformed,
  packets: decoder.fragmentPackets,
  datagram: decoder.datagram && [...decoder.datagram],
});

function checkSound(decoder: FrameDecoder, given: Given): void {
  assert.ok(decoder.count <= decoder.segments.length && decoder.row < decoder.count);
  assert.ok(PROTOCOL_NAMES[decoder.protocol] !== undefined);
  assert.equal(decoder.protocol === PROTOCOL_TCP, decoder.row >= 0);
  assert.equal(decoder.fragmentPackets === null, decoder.datagram === null);
  decoder.segments.slice(0, decoder.count).forEach((s, i) => {
    if (i === decoder.row) assert.equal(s.reassembled, decoder.datagram !== null);
    assert.ok(s.family === FAMILY_IPV4 || s.family === FAMILY_IPV6 || s.family === FAMILY_NONE);
    assert.ok(s.length === UNKNOWN_LENGTH || (s.length >= 0 && s.length <= 0x7fffffff));
    assert.ok(s.sackCount >= 0 && s.sackCount <= 4 && s.headerLength <= 60 && s.optionBytes <= 40);
    assert.ok(s.ipOffset >= 0 && s.tcpOffset >= s.ipOffset);
    if (s.reassembled && i !== decoder.row) return;
    // What was read lies in the frame, or in the datagram.
    const size = s.reassembled ? decoder.datagram!.length : given.bytes.length;
    const needed = s.header === HEADER_PORTS ? 4 : s.header === HEADER_BOGUS ? 16 : s.optionBytes > 0 ? 20 + s.optionBytes : 16;
    assert.ok(s.tcpOffset + needed <= size, `${s.tcpOffset} + ${needed} of ${size}`);
  });
}

describe('hot decode, for any bytes', function () {
  this.timeout(120_000);

  const check = (frames: readonly Given[]): void => {
    const one = new FrameDecoder({ keepTunnelsApart: true, keepVlanApart: true });
    const other = new FrameDecoder();
    frames.forEach((given, i) => {
      one.decode(recordOf(given, 0), i);
      const seen = snapshot(one);
      checkSound(one, given);
      other.decode(recordOf(given, 0xff), i);
      assert.deepEqual(snapshot(other), seen, 'bytes beside the frame were read');
    });
  };

  it('never throws, and reads within the frame: random frames of all link types', () => {
    fc.assert(fc.property(fc.array(randomFrame, { minLength: 1, maxLength: 4 }), check), { numRuns: 3000 });
  });

  it('never throws, and reads within the frame: good frames, changed and cut', () => {
    fc.assert(fc.property(fc.array(mutatedFrame, { minLength: 1, maxLength: 6 }), check), { numRuns: 4000 });
  });

  it('finds TCP again wherever a good frame is cut behind its header', () => {
    for (const [type, frame] of GOOD) {
      const whole = new FrameDecoder();
      const given = { linkType: type, bytes: frame, wire: frame.length, fcs: 0 };
      whole.decode(recordOf(given, 0), 0);
      if (whole.row < 0 || whole.datagram) continue;
      const s = whole.segments[whole.row]!;
      const headerEnd = s.tcpOffset + s.headerLength;
      const expected = [s.seq, s.length, s.sackCount];
      for (let captured = headerEnd; captured < frame.length; captured++) {
        const cut = new FrameDecoder();
        cut.decode(recordOf({ ...given, bytes: frame.slice(0, captured) }, 0), 0);
        // A netfilter log whose packet is not whole is left alone, as Wireshark does.
        if (type === 239 || type === 253) continue;
        const row = cut.segments[cut.row];
        assert.deepEqual(row && [row.seq, row.length, row.sackCount], expected, `link type ${type}, ${captured} bytes`);
      }
    }
  });

  it('takes time in proportion to the bytes: nothing of 64 KiB hangs', () => {
    const fillers: Bytes[] = [zeros(65_536), new Array<number>(65_536).fill(255), Array.from({ length: 65_536 }, (_, i) => i & 255)];
    const stack: Bytes = Array.from({ length: 65_536 }, (_, i) => [0x81, 0, 0, 5][i % 4]!);
    const started = process.hrtime.bigint();
    const decoder = new FrameDecoder();
    for (const type of LINK_TYPES) for (const bytes of [...fillers, stack]) decoder.decode(recordOf({ linkType: type, bytes, wire: 65_536, fcs: 0 }, 0), 0);
    for (const type of [0x8100, 0x8847, 0x6558]) decoder.decode(recordOf({ linkType: 1, bytes: ethernet(type, type === 0x8100 ? stack : zeros(65_000)), wire: 65_536, fcs: 0 }, 0), 0);
    assert.ok(process.hrtime.bigint() - started < 5_000_000_000n);
  });
});
