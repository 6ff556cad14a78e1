import assert from 'node:assert/strict';
import fc from 'fast-check';
import { escapeText } from '../../src/core/bytes/escape';
import { CapturedRecord } from '../../src/core/capture/captureReader';
import { buildDetail, type DetailContext } from '../../src/core/decode/cold';
import { tcpDiagram } from '../../src/core/decode/diagram';
import { FrameDecoder } from '../../src/core/decode/frameDecoder';
import { checkTree, nodesOf } from '../unit/core/decode/detailTree';
import { checkSame } from '../unit/core/decode/hotCold';
import { ethernet, FRAME, HELLO, IP4, IP6, ipv4, ipv6, SNAP, tcp, u16, u16le, u32, u32le, udp, zeros, type Bytes } from '../unit/core/decode/frames';

const LINK_TYPES = [0, 1, 6, 7, 9, 10, 12, 19, 50, 51, 101, 104, 105, 107, 108, 109, 113, 117, 119, 122, 127, 129, 138, 163, 178, 192, 204, 228, 229, 239, 242, 253, 276, 147, 65535];
const byte = fc.integer({ min: 0, max: 255 });
const outer = (protocol: number, payload: Bytes): Bytes => ethernet(0x0800, ipv4(protocol, payload));
const onPort = (port: number, payload: Bytes): Bytes => outer(17, udp(50_000, port, payload));

/** Good frames of every header that has a table, by link type. */
const GOOD: readonly (readonly [number, Bytes])[] = [
  [1, FRAME],
  [1, ethernet(0x86dd, IP6)],
  [1, ethernet(0x8100, [0, 5, 8, 0, ...IP4])],
  [1, ethernet(SNAP.length, SNAP)],
  [1, ethernet(0x0806, [...u16(1), 8, 0, 6, 4, 0, 1, ...zeros(20)])],
  [1, ethernet(0x8847, [...u32((16 << 12) | 0x140), ...IP4])],
  [1, ethernet(0x8864, [0x11, 0, 0, 1, ...u16(IP4.length + 2), 0, 0x21, ...IP4])],
  [1, onPort(4789, [8, 0, 0, 0, 0, 1, 2, 0, ...FRAME])],
  [1, onPort(2152, [0x34, 255, ...u16(IP4.length + 12), 0, 0, 0, 1, 0, 1, 0, 0x85, 1, 0x10, 1, 0xc0, 1, 0, 0, 0, ...IP4])],
  [1, onPort(6081, [2, 0, 0x65, 0x58, 0, 0, 1, 0, ...zeros(8), ...FRAME])],
  [1, onPort(3544, IP6)],
  [1, outer(47, [0x70, 0, 0x65, 0x58, ...zeros(12), ...FRAME])],
  [1, outer(47, [0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 1, 0, 1, 0, 0, 0, 1, ...FRAME])],
  [1, outer(1, [3, 4, ...zeros(6), ...IP4])],
  [1, outer(51, [6, 4, 0, 0, ...u32(1), ...u32(2), ...zeros(12), ...tcp([], HELLO)])],
  [1, outer(108, [6, 0, 0, 2, 3, 0])],
  [1, ethernet(0x86dd, ipv6(0, [43, 0, ...zeros(6), 6, 2, 0, 1, ...zeros(20), ...tcp([], HELLO)]))],
  [113, [...zeros(14), 8, 0, ...IP4]],
  [276, [8, 0, ...zeros(18), ...IP4]],
  [105, [0x08, 1, ...zeros(22), ...SNAP]],
  [127, [0, 0, ...u16le(8), ...u32le(0), 0x88, 1, ...zeros(22), 0, 0, ...SNAP]],
  [192, [0, 0, ...u16le(8), ...u32le(1), ...FRAME]],
  [9, [0xff, 3, 0, 0x21, ...IP4]],
  [104, [0x0f, 0, 8, 0, ...IP4]],
  [0, [2, 0, 0, 0, ...IP4]],
  [253, [0, 4, ...u16(824), ...zeros(10), 0, 12, ...u32le(24 + IP4.length), 0, 4, ...zeros(10), 2, 0, 0, 1, ...u16le(4 + IP4.length), 9, 0, ...IP4]],
];

interface Given {
  readonly linkType: number;
  readonly bytes: Bytes;
  readonly wire: number;
  readonly fcs: number;
}

const wireOf = (n: number): fc.Arbitrary<number> => fc.oneof({ weight: 4, arbitrary: fc.constant(n) }, fc.integer({ min: 0, max: 3000 }), fc.constantFrom(0, 0x7fffffff, 0xffffffff));
const random: fc.Arbitrary<Given> = fc
  .array(byte, { maxLength: 200 })
  .chain((bytes) => fc.record({ linkType: fc.constantFrom(...LINK_TYPES), bytes: fc.constant<Bytes>(bytes), wire: wireOf(bytes.length), fcs: fc.constantFrom(0, 4, 255) }));
const mutated: fc.Arbitrary<Given> = fc.tuple(fc.constantFrom(...GOOD), fc.array(fc.tuple(fc.nat(150), byte), { maxLength: 6 }), fc.option(fc.nat(150))).chain(([[linkType, good], changes, cut]) => {
  const bytes = [...good];
  for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
  const kept = cut === null ? bytes : bytes.slice(0, cut);
  return fc.record({ linkType: fc.constant(linkType), bytes: fc.constant<Bytes>(kept), wire: fc.oneof(fc.constant(bytes.length), wireOf(kept.length)), fcs: fc.constantFrom(0, 0, 4) });
});
/** TCP with any option area, some of it cut. */
const options: fc.Arbitrary<Given> = fc
  .tuple(fc.array(fc.oneof(byte, fc.constantFrom(0, 1, 2, 3, 4, 5, 8, 10, 30, 34, 253, 254)), { minLength: 40, maxLength: 40 }), fc.integer({ min: 0, max: 10 }), fc.nat(50))
  .map(([area, words, cut]) => {
    const bytes = ethernet(0x0800, ipv4(6, tcp(area.slice(0, words * 4), HELLO)));
    return { linkType: 1, bytes: bytes.slice(0, Math.max(34, bytes.length - cut)), wire: bytes.length, fcs: 0 };
  });
const context: fc.Arbitrary<DetailContext> = fc.record(
  { seqBase: fc.nat(0xffffffff), ackBase: fc.nat(0xffffffff), windowScale: fc.integer({ min: -2, max: 14 }), datagram: fc.oneof(fc.uint8Array({ maxLength: 80 }), fc.constant(Uint8Array.from(IP4))) },
  { requiredKeys: [] },
);

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

describe('cold decode, for any bytes', function () {
  this.timeout(120_000);

  const sound = (given: Given, known: DetailContext): void => {
    const tree = buildDetail(recordOf(given, 0), known);
    checkTree(tree);
    const ids = new Set(nodesOf(tree).map((n) => n.id));
    for (const box of tcpDiagram(tree)) {
      assert.ok(ids.has(box.node));
      assert.ok(box.column >= 0 && box.width >= 1 && box.column + box.width <= 32 && box.row >= 0 && box.row < 15, JSON.stringify(box));
    }
    assert.deepEqual(tcpDiagram(buildDetail(recordOf(given, 0xff), known)), tcpDiagram(tree), 'bytes beside the frame were read');
  };
  const same = (given: Given): void => {
    const record = recordOf(given, 0);
    const decoder = new FrameDecoder();
    decoder.decode(record, 0);
    checkSame(decoder.row >= 0 ? decoder.segments[decoder.row]! : null, buildDetail(record, decoder.datagram ? { datagram: decoder.datagram } : {}), JSON.stringify(given));
  };

  it('never throws, and every range lies where it must: random frames of all link types', () => {
    fc.assert(fc.property(random, context, sound), { numRuns: 3000 });
  });

  it('never throws, and every range lies where it must: good frames, changed and cut', () => {
    fc.assert(fc.property(mutated, context, sound), { numRuns: 4000 });
  });

  it('never throws, and every range lies where it must: any options', () => {
    fc.assert(fc.property(options, context, sound), { numRuns: 4000 });
  });

  it('sees what the hot pass sees', () => {
    fc.assert(fc.property(fc.oneof(mutated, options, random), same), { numRuns: 8000 });
  });

  it('boxes of the diagram never overlap', () => {
    fc.assert(
      fc.property(options, (given) => {
        const taken = new Set<number>();
        for (const box of tcpDiagram(buildDetail(recordOf(given, 0)))) {
          for (let bit = 0; bit < box.width; bit++) {
            const at = box.row * 32 + box.column + bit;
            assert.ok(!taken.has(at), `bit ${at} twice`);
            taken.add(at);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('escapeText, for any text', () => {
  it('leaves nothing hidden, and visible ASCII alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => {
        assert.ok(!/[\p{Cc}\p{Cs}\p{Bidi_Control}\p{Zl}\p{Zp}]/u.test(escapeText(text)));
        assert.equal(escapeText(escapeText(text)), escapeText(text));
      }),
    );
    fc.assert(fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => escapeText(text) === text));
  });
});
