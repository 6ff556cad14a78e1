import assert from 'node:assert/strict';
import {
  OPT_FAST_OPEN,
  OPT_MPTCP,
  OPT_MSS,
  OPT_OTHER,
  OPT_SACK,
  OPT_SACK_PERMITTED,
  OPT_TIMESTAMPS,
  OPT_WINDOW_SCALE,
  Segment,
} from '../../../../src/core/decode/segment';
import { readTcpOptions } from '../../../../src/core/decode/tcpOptions';
import { hexBytes } from './frames';

/** Options between bytes that must not be read; `cut` bytes captured. */
function read(hex: string, cut = Infinity): Segment {
  const options = hexBytes(hex);
  const b = new Uint8Array([0xee, 0xee, ...options, 0xee, 0xee]);
  const segment = new Segment();
  readTcpOptions(segment, b, 2, 2 + options.length, 2 + Math.min(cut, options.length));
  return segment;
}

const edges = (s: Segment): number[][] => Array.from({ length: s.sackCount }, (_, i) => [s.sackLeft[i]!, s.sackRight[i]!]);

describe('TCP options, hot pass', () => {
  it('reads the options of a SYN', () => {
    const s = read('020405b4 0402 080a 00000001 fffffffe 01 03030f');
    assert.equal(s.optionsSeen, OPT_MSS | OPT_SACK_PERMITTED | OPT_TIMESTAMPS | OPT_WINDOW_SCALE);
    assert.deepEqual([s.mss, s.windowScale, s.tsVal, s.tsEcr, s.optionsBad], [1460, 15, 1, 0xfffffffe, false]);
  });

  it('lets the last of equal options count', () => {
    assert.equal(read('020405b4 02040200').mss, 512);
  });

  it('ignores the value of an option of wrong length, and goes on', () => {
    const s = read('0205aabbcc 03030700');
    assert.deepEqual([s.optionsSeen, s.mss, s.windowScale, s.optionsBad], [OPT_WINDOW_SCALE, 0, 7, true]);
    for (const wrong of ['030201', '0403aa', '080900000001000000']) assert.equal(read(wrong).optionsBad, true, wrong);
  });

  it('stops where the next option cannot be found', () => {
    for (const lost of ['0200 03030700', '0201 03030700', '01 01 02', '0208 0303']) {
      const s = read(lost);
      assert.deepEqual([s.optionsBad, s.optionsSeen], [true, 0], lost);
    }
  });

  it('goes on after End of Option List only over zeros', () => {
    assert.equal(read('00000000').optionsBad, false);
    const s = read('00 030307 00');
    assert.deepEqual([s.optionsBad, s.optionsSeen], [true, 0]);
  });

  it('keeps whole SACK blocks, at most four', () => {
    assert.deepEqual(edges(read('050a 00000001 00000002')), [[1, 2]]);
    const four = '00000001000000020000000300000004000000050000000600000007 00000008';
    const s = read(`0522${four}`);
    assert.deepEqual(edges(s), [[1, 2], [3, 4], [5, 6], [7, 8]]);
    assert.equal(s.sackHalf, false);
    const full = read(`0526${four} 00000009`);
    assert.deepEqual([full.sackCount, full.optionsBad], [4, true]);
  });

  it('tells a lone left edge from a block', () => {
    const lone = read('0506 00000009');
    assert.deepEqual([lone.sackCount, lone.sackHalf, lone.sackLeft[0], lone.optionsBad, lone.optionsSeen], [0, true, 9, true, OPT_SACK]);
    const empty = read('0502');
    assert.deepEqual([empty.sackCount, empty.sackHalf, empty.optionsBad, empty.optionsSeen], [0, false, true, OPT_SACK]);
  });

  it('keeps of a cut option what is whole', () => {
    const sack = '0512 00000001 00000002 00000003 00000004';
    assert.deepEqual([edges(read(sack, 17)), read(sack, 17).sackHalf, read(sack, 13).sackHalf], [[[1, 2]], true, false]);
    const stamps = read('0101 080a 00000007 00000008', 10);
    assert.deepEqual([stamps.optionsSeen, stamps.tsHalf, stamps.tsVal, stamps.optionsBad], [0, true, 7, false]);
    assert.equal(read('0101 080a 00000007 00000008', 7).tsHalf, false);
    assert.equal(read('020405b4', 3).optionsSeen, 0);
    assert.equal(read('02').optionsBad, true);
    assert.equal(read('020405b4', 1).optionsBad, false);
  });

  it('reads MPTCP subtypes, key and token', () => {
    const capable = read('1e0c 0081 0102030405060708');
    assert.deepEqual([capable.optionsSeen, capable.mptcpSubtypes, capable.mptcpKeyHigh, capable.mptcpKeyLow], [OPT_MPTCP, 1, 0x01020304, 0x05060708]);
    const join = read('1e0c 1001 deadbeef 00000001');
    assert.deepEqual([join.mptcpSubtypes, join.mptcpToken], [2, 0xdeadbeef]);
    assert.equal(read('1e08 2001 00000001').mptcpSubtypes, 4);
    assert.equal(read('1e02').optionsBad, true);
  });

  it('tells a fast-open request from a cookie, in both forms', () => {
    assert.deepEqual([read('').fastOpenCookie, read('2202').fastOpenCookie, read('220a0102030405060708').fastOpenCookie], [-1, 0, 8]);
    assert.deepEqual([read('fe04f989').fastOpenCookie, read('fe08f98901020304').fastOpenCookie], [0, 4]);
    assert.equal(read('2202').optionsSeen, OPT_FAST_OPEN);
  });

  it('sees accurate ECN by kind and by experiment', () => {
    for (const hex of ['ac0b0000010000020000 03', 'ae02', 'fe05acc000', 'fd04acc1']) assert.equal(read(hex).accEcn, true, hex);
    const other = read('fe041234');
    assert.deepEqual([other.accEcn, other.optionsSeen], [false, OPT_OTHER]);
    assert.equal(read('fe03ac').optionsBad, true);
  });
});
