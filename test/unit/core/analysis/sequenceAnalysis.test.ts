import assert from 'node:assert/strict';
import {
  LABEL_ACK_LOST_SEGMENT,
  LABEL_DUPLICATE_ACK,
  LABEL_FAST_RETRANSMISSION,
  LABEL_KEEP_ALIVE,
  LABEL_KEEP_ALIVE_ACK,
  LABEL_LOST_SEGMENT,
  LABEL_OUT_OF_ORDER,
  LABEL_RETRANSMISSION,
  LABEL_SPURIOUS_RETRANSMISSION,
  LABEL_WINDOW_FULL,
  LABEL_WINDOW_UPDATE,
  LABEL_ZERO_WINDOW,
  LABEL_ZERO_WINDOW_PROBE,
  LABEL_ZERO_WINDOW_PROBE_ACK,
  type SegmentAnalysis,
} from '../../../../src/core/analysis/segmentAnalysis';
import { NO_PACKET } from '../../../../src/core/bytes/units';
import { Conversation } from '../stream/conversation';

const MS = 1_000_000;
const labelsOf = (said: readonly SegmentAnalysis[]): number[] => said.map((a) => a.labels);
/** What was said of a frame, counted from 1. */
const frame = (said: readonly SegmentAnalysis[], n: number): SegmentAnalysis => said[n - 1]!;

const HANDSHAKE = `
  c S 0 0 - 0 64240
  s SA 9 0 1 0 65160
  c A 10 1 1 0 502
`;

describe('sequence analysis, worked examples', () => {
  it('tells retransmission, reordering and spurious copies apart by time and position', () => {
    const said = new Conversation().lines(`${HANDSHAKE.trim()}
      c A 20 1 1 100 502
      c A 21 101 1 100 502
      c A 22 301 1 100 502
      c A 31.9 201 1 100 502
      s A 33 1 401 0 500
      c A 50 401 1 100 502
      c A 51 501 1 100 502
      c A 61 401 1 100 502
      c A 62 501 1 100 502
      s A 70 1 601 0 500
      c A 80 501 1 100 502
      c A 90 601 1 100 502
      c A 100 601 1 300 502
      c A 101 900 1 50 502
      c A 102 800 1 300 502
      c FA 200 1100 1 0 502
      c FA 400 1100 1 0 502
      s A 410 1 1101 0 500
      c FA 500 1100 1 0 502`);
    assert.equal(frame(said, 6).labels, LABEL_LOST_SEGMENT);
    assert.equal(frame(said, 6).bytesInFlight, 0, 'a gap disables bytes in flight');
    assert.equal(frame(said, 7).labels, LABEL_OUT_OF_ORDER, '9.9 ms is less than the initial RTT');
    assert.equal(frame(said, 11).labels, LABEL_RETRANSMISSION, '10 ms is not less than 10 ms');
    assert.deepEqual([frame(said, 11).rto, frame(said, 11).rtoPacket], [11 * MS, 8]);
    assert.equal(frame(said, 12).labels, LABEL_RETRANSMISSION, 'the tail is never out of order');
    assert.deepEqual([frame(said, 12).rto, frame(said, 12).rtoPacket], [12 * MS, 8], 'from the oldest outstanding');
    assert.equal(frame(said, 14).labels, LABEL_SPURIOUS_RETRANSMISSION);
    assert.equal(frame(said, 16).labels, LABEL_RETRANSMISSION);
    assert.equal(frame(said, 16).rtoPacket, 13, 'the oldest outstanding is the spurious copy');
    assert.equal(frame(said, 17).labels, 0, 'more than one byte at next - 1 is not old');
    assert.equal(frame(said, 18).labels, LABEL_OUT_OF_ORDER);
    assert.equal(frame(said, 20).labels, LABEL_RETRANSMISSION, 'a pure FIN is never spurious');
    assert.equal(frame(said, 21).labels, LABEL_ACK_LOST_SEGMENT, 'the FIN moved nothing that may be acknowledged');
    assert.equal(frame(said, 22).labels, LABEL_RETRANSMISSION);
  });

  it('takes 3 ms for reordering where no handshake was seen', () => {
    const said = new Conversation().lines(`
      c A 1000 1 1 100 1000
      c A 1001 201 1 100 1000
      c A 1003.999 101 1 100 1000
      c A 2000 301 1 100 1000
      c A 2001 501 1 100 1000
      c A 2004 401 1 100 1000`);
    assert.deepEqual(labelsOf(said), [0, LABEL_LOST_SEGMENT, LABEL_OUT_OF_ORDER, 0, LABEL_LOST_SEGMENT, LABEL_RETRANSMISSION]);
  });

  it('calls a copy fast within 20 ms after two duplicate ACKs, and not at 20 ms', () => {
    for (const [ms, label] of [[21.199, LABEL_FAST_RETRANSMISSION], [21.2, LABEL_RETRANSMISSION]] as const) {
      const said = new Conversation().lines(`
        c A 0 1 1 100 1000
        c A 0.1 201 1 100 1000
        s A 1 1 101 0 1000
        s A 1.1 1 101 0 1000
        s A 1.2 1 101 0 1000
        c A ${ms} 101 1 100 1000`);
      assert.deepEqual(labelsOf(said).slice(2), [0, LABEL_DUPLICATE_ACK, LABEL_DUPLICATE_ACK, label], `${ms} ms`);
      assert.deepEqual([frame(said, 5).duplicateAckNumber, frame(said, 5).duplicateAckPacket], [2, 2]);
    }
  });

  it('follows a window that closes and opens', () => {
    const said = new Conversation().lines(`${HANDSHAKE.trim()}
      c PA 20 1 1 100 502
      s A 30 1 101 0 0
      c A 200 101 1 1 502
      s A 210 1 101 0 0
      c A 600 101 1 1 502
      s A 610 1 101 0 0
      s A 620 1 101 0 0
      s A 700 1 101 0 1000
      c PA 710 101 1 50 502
      s A 720 1 151 0 0
      c A 900 151 1 1 502
      s A 910 1 152 0 500
      c A 920 152 1 10 502`);
    const answer = LABEL_ZERO_WINDOW_PROBE_ACK | LABEL_ZERO_WINDOW;
    assert.deepEqual(labelsOf(said).slice(3), [
      0, LABEL_ZERO_WINDOW, LABEL_ZERO_WINDOW_PROBE, answer, LABEL_ZERO_WINDOW_PROBE, answer, answer, LABEL_WINDOW_UPDATE, 0,
      LABEL_ZERO_WINDOW, LABEL_ZERO_WINDOW_PROBE, LABEL_ACK_LOST_SEGMENT, LABEL_LOST_SEGMENT,
    ]);
  });

  it('pairs keep-alives with their answers', () => {
    const said = new Conversation().lines(`${HANDSHAKE.trim()}
      c PA 20 1 1 100 502
      s A 30 1 101 0 500
      c A 10000 100 1 0 502
      s A 10010 1 101 0 500
      c A 20000 100 1 1 502
      s A 20010 1 101 0 500
      c A 30000 100 1 0 502
      s A 30010 1 101 0 400
      c PA 50000 101 1 1 502
      c PA 50300 101 1 1 502
      s A 50310 1 102 0 400
      s A 60000 0 102 0 0
      c A 60010 102 1 0 502`);
    assert.deepEqual(labelsOf(said).slice(5), [
      LABEL_KEEP_ALIVE, LABEL_KEEP_ALIVE_ACK, LABEL_KEEP_ALIVE, LABEL_KEEP_ALIVE_ACK, LABEL_KEEP_ALIVE, LABEL_WINDOW_UPDATE,
      0, LABEL_KEEP_ALIVE, 0, LABEL_KEEP_ALIVE | LABEL_ZERO_WINDOW, LABEL_KEEP_ALIVE_ACK,
    ]);
  });

  it('names the segment that an ACK ends at, and counts what is in flight', () => {
    const said = new Conversation().lines(`${HANDSHAKE.trim()}
      c A 20 1 1 100 502
      c A 21 101 1 100 502
      c A 22 201 1 100 502
      c A 23 301 1 100 502
      s A 30 1 201 0 500
      s A 31 1 251 0 500
      s A 32 1 301 0 500
      c A 40 401 1 100 502`);
    assert.deepEqual(said.slice(3, 7).map((a) => a.bytesInFlight), [100, 200, 300, 400]);
    assert.deepEqual(said.slice(7, 10).map((a) => a.acksPacket), [4, NO_PACKET, 5]);
    assert.deepEqual(said.slice(7, 10).map((a) => a.hasRecord), [true, false, true]);
    assert.equal(frame(said, 8).ackRtt, 9 * MS);
    assert.equal(frame(said, 11).bytesInFlight, 200, '501 - 301');
    assert.equal(frame(said, 3).initialRtt, 10 * MS);
    assert.ok(Number.isNaN(frame(said, 2).initialRtt));
  });

  it('counts bytes since PSH', () => {
    const said = new Conversation().lines(`
      c A 0 1 1 100 500
      c PA 1 101 1 10 500
      c PA 2 111 1 10 500
      c A 3 121 1 10 500
      c A 4 131 1 10 500
      c PA 5 141 1 10 500
      c A 6 151 1 10 500`);
    assert.deepEqual(said.map((a) => a.pushBytes), [100, 110, 10, 10, 20, 30, 10]);
  });

  it('takes up to three SACK blocks of the last ACK off the bytes in flight', () => {
    const talk = new Conversation();
    for (let i = 0; i < 12; i++) talk.add({ from: 'c', flags: 'A', ms: i, seq: 1001 + 100 * i, ack: 1, len: 100 });
    const blocks = [[1201, 1301], [1401, 1501], [1601, 1701], [1801, 1901]] as const;
    const flights: number[] = [];
    for (let n = 1; n <= 4; n++) {
      talk.add({ from: 's', flags: 'A', ms: 20 + 2 * n, seq: 1, ack: 1101, sack: blocks.slice(0, n) });
      flights.push(talk.add({ from: 'c', flags: 'A', ms: 21 + 2 * n, seq: 2201 + 10 * (n - 1), ack: 1, len: 10 }).bytesInFlight);
    }
    assert.deepEqual(flights, [1010, 920, 830, 840]);
    talk.add({ from: 's', flags: 'A', ms: 40, seq: 1, ack: 1101 });
    assert.equal(talk.add({ from: 'c', flags: 'A', ms: 41, seq: 2241, ack: 1, len: 10 }).bytesInFlight, 1150, 'only the last packet counts');
  });

  it('says "window full" at the scaled edge exactly', () => {
    const talk = new Conversation();
    talk.add({ from: 'c', flags: 'S', ms: 0, seq: 999, shift: 7 });
    talk.add({ from: 's', flags: 'SA', ms: 1, seq: 4999, ack: 1000, win: 5000, shift: 3 });
    talk.add({ from: 'c', flags: 'A', ms: 2, seq: 1000, ack: 5000, win: 500 });
    talk.add({ from: 's', flags: 'A', ms: 3, seq: 5000, ack: 1000, win: 50 });
    assert.equal(talk.add({ from: 'c', flags: 'A', ms: 4, seq: 1000, ack: 5000, len: 399, win: 500 }).labels, 0);
    assert.equal(talk.add({ from: 'c', flags: 'A', ms: 5, seq: 1399, ack: 5000, len: 1, win: 500 }).labels, LABEL_WINDOW_FULL);
    assert.equal(talk.add({ from: 'c', flags: 'A', ms: 6, seq: 1400, ack: 5000, len: 1, win: 500 }).labels, 0, 'beyond the edge is not "full"');
  });

  it('says "acknowledged segment not captured" once, and counts duplicates anew afterwards', () => {
    const said = new Conversation().lines(`
      c A 0 1 1 100 500
      s A 1 1 301 0 500
      s A 2 1 301 0 500
      s A 3 1 401 0 500
      c A 4 401 1 100 500
      s A 5 1 901 0 500`);
    assert.deepEqual(labelsOf(said), [0, LABEL_ACK_LOST_SEGMENT, LABEL_DUPLICATE_ACK, 0, LABEL_LOST_SEGMENT, LABEL_ACK_LOST_SEGMENT]);
    assert.equal(frame(said, 4).hasRecord, true, 'the record is there without the label');
  });

  it('treats a next sequence number of 0 as not known', () => {
    const talk = new Conversation();
    talk.add({ from: 'c', flags: 'A', ms: 0, seq: 2 ** 32 - 100, ack: 1, len: 100 });
    assert.equal(talk.add({ from: 'c', flags: 'A', ms: 1, seq: 50, ack: 1, len: 10 }).labels, 0);
    assert.equal(talk.add({ from: 'c', flags: 'A', ms: 2, seq: 70, ack: 1, len: 10 }).labels, LABEL_LOST_SEGMENT);
  });

  it('hides duplicate ACKs that come with a new kind of MPTCP option', () => {
    const talk = new Conversation();
    talk.add({ from: 'c', flags: 'A', ms: 0, seq: 1, ack: 1, len: 10, mptcp: 0b100 });
    talk.add({ from: 's', flags: 'A', ms: 1, seq: 1, ack: 11, mptcp: 0b100 });
    assert.equal(talk.add({ from: 's', flags: 'A', ms: 2, seq: 1, ack: 11, mptcp: 0b1000 }).labels, LABEL_DUPLICATE_ACK);
    assert.equal(talk.add({ from: 's', flags: 'A', ms: 3, seq: 1, ack: 11 }).labels, 0, 'the packet before brought subtype 3');
    const last = talk.add({ from: 's', flags: 'A', ms: 4, seq: 1, ack: 11 });
    assert.deepEqual([last.labels, last.duplicateAckNumber], [LABEL_DUPLICATE_ACK, 2]);
  });
});
