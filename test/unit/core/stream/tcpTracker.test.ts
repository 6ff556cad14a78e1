import assert from 'node:assert/strict';
import { LABEL_DUPLICATE_ACK, LABEL_RETRANSMISSION, LABEL_REUSED_PORTS, SCALE_UNKNOWN, SCALE_UNUSED, SegmentAnalysis } from '../../../../src/core/analysis/segmentAnalysis';
import { NO_PACKET, NO_STREAM, UNKNOWN_LENGTH } from '../../../../src/core/bytes/units';
import { DERIVED_SEQ, HEADER_BASIC, HEADER_BOGUS, HEADER_FIXED, HEADER_PORTS, KNOWN_ACK, KNOWN_ALL, KNOWN_SEQ, KNOWN_WINDOW, OPT_SACK, Segment } from '../../../../src/core/decode/segment';
import { TcpTracker } from '../../../../src/core/stream/tcpTracker';
import { Conversation, fill } from './conversation';

const MS = 1_000_000;

function handshake(talk = new Conversation()): Conversation {
  talk.add({ from: 'c', flags: 'S', ms: 0, seq: 999 });
  talk.add({ from: 's', flags: 'SA', ms: 10, seq: 4999, ack: 1000 });
  talk.add({ from: 'c', flags: 'A', ms: 20, seq: 1000, ack: 5000 });
  return talk;
}

describe('TcpTracker: streams', () => {
  it('numbers by endpoints, both directions together, in order of creation', () => {
    const talk = new Conversation();
    const at = (from: 'c' | 's', clientPort: number): SegmentAnalysis => talk.add({ from, flags: 'A', ms: 0, seq: 1, ack: 1, clientPort });
    const said = [at('s', 1), at('c', 2), at('c', 1), at('s', 2)];
    assert.deepEqual(said.map((a) => [a.stream, a.direction, a.newStream]), [[0, 0, true], [1, 0, true], [0, 1, false], [1, 1, false]]);
    assert.equal(talk.tracker.streams, 2);
  });

  it('starts a new stream at a SYN with another sequence number', () => {
    const talk = handshake();
    talk.add({ from: 's', flags: 'RA', ms: 30, seq: 5000, ack: 1000 });
    const again = talk.add({ from: 'c', flags: 'S', ms: 40, seq: 7000 });
    assert.deepEqual([again.stream, again.newStream, again.labels, again.completeness, again.seqBase], [1, true, LABEL_REUSED_PORTS, 1, 7000]);
    assert.ok(Number.isNaN(again.previousTime));
    assert.deepEqual([again.previousPacket, again.streamTime], [NO_PACKET, 40 * MS]);
    const answer = talk.add({ from: 's', flags: 'SA', ms: 50, seq: 9000, ack: 7001 });
    assert.deepEqual([answer.stream, answer.direction, answer.labels, answer.ackBase], [1, 1, 0, 7000]);
    const back = talk.add({ from: 's', flags: 'S', ms: 60, seq: 1 });
    assert.deepEqual([back.stream, back.direction], [2, 0], 'direction 0 is the sender of the SYN');
  });

  it('keeps the stream at a SYN with the same sequence number', () => {
    const talk = handshake();
    const again = talk.add({ from: 'c', flags: 'S', ms: 30, seq: 999 });
    assert.deepEqual([again.stream, again.newStream, again.labels, again.hasRecord], [0, false, LABEL_RETRANSMISSION, true]);
  });

  it('takes a base that was inferred from data as the initial number', () => {
    const talk = new Conversation();
    talk.add({ from: 'c', flags: 'A', ms: 0, seq: 100, ack: 1, len: 5 });
    assert.equal(talk.add({ from: 'c', flags: 'S', ms: 1, seq: 99 }).stream, 0);
    assert.equal(talk.add({ from: 'c', flags: 'S', ms: 2, seq: 98 }).stream, 1);
  });

  it('only changes the base at a SYN/ACK with another sequence number', () => {
    const talk = handshake();
    const other = talk.add({ from: 's', flags: 'SA', ms: 30, seq: 8000, ack: 1000 });
    assert.deepEqual([other.stream, other.labels & LABEL_REUSED_PORTS, other.seqBase], [0, LABEL_REUSED_PORTS, 8000]);
  });

  it('sees one direction where both ends are the same', () => {
    const talk = new Conversation();
    const same = (s: Segment): void => {
      s.dst3 = s.src3;
      s.dstPort = s.srcPort;
    };
    talk.add({ from: 'c', flags: 'S', ms: 0, seq: 1 }, same);
    const second = talk.add({ from: 'c', flags: 'SA', ms: 1, seq: 1, ack: 2 }, same);
    assert.deepEqual([second.stream, second.direction], [0, 0]);
  });

  it('keeps outer keys apart when asked to', () => {
    const tracker = new TcpTracker();
    const s = fill(new Segment(), { from: 'c', flags: 'A', ms: 0, seq: 1, ack: 1 });
    const streams = [1, 2, 1, 0].map((outer, i) => {
      const out = new SegmentAnalysis();
      tracker.observe(s, i, 0, out, outer);
      return out.stream;
    });
    assert.deepEqual(streams, [0, 1, 0, 2]);
  });
});

describe('TcpTracker: numbers, time, handshake', () => {
  it('relates numbers to what the stream showed first', () => {
    const talk = new Conversation();
    const first = talk.add({ from: 'c', flags: 'A', ms: 5, seq: 500, ack: 900, len: 10 });
    assert.deepEqual([first.relative, first.seqBase, first.ackRelative, first.ackBase], [true, 499, true, 899]);
    const bare = new Conversation().add({ from: 'c', flags: 'R', ms: 0, seq: 500 });
    assert.deepEqual([bare.relative, bare.ackRelative], [true, false], 'no ACK, nothing learned of the peer');
  });

  it('chains rows, and counts quoted headers in time only', () => {
    const talk = handshake();
    const quoted = talk.add({ from: 'c', flags: 'A', ms: 30, seq: 1000, ack: 5000 }, (s) => {
      s.quoted = true;
    });
    assert.deepEqual([quoted.stream, quoted.relative, quoted.previousPacket, quoted.previousTime], [0, false, 2, 20 * MS]);
    const next = talk.add({ from: 's', flags: 'A', ms: 40, seq: 5000, ack: 1000 });
    assert.deepEqual([next.previousPacket, next.previousTime, next.streamTime], [2, 30 * MS, 0]);
  });

  it('never makes a row its own predecessor when a frame holds two headers of a stream', () => {
    const tracker = new TcpTracker();
    const s = new Segment();
    const said = [0, 1, 1, 2].map((packet) => {
      const out = new SegmentAnalysis();
      tracker.observe(fill(s, { from: 'c', flags: 'A', ms: 0, seq: 1, ack: 1 }), packet, packet, out);
      return out.previousPacket;
    });
    assert.deepEqual(said, [NO_PACKET, 0, 0, 1]);
  });

  it('measures the first round trip from the latest SYN, a quoted one included', () => {
    const talk = new Conversation();
    talk.add({ from: 'c', flags: 'S', ms: 0, seq: 999 });
    talk.add({ from: 'c', flags: 'S', ms: 1000, seq: 999 });
    talk.add({ from: 'c', flags: 'S', ms: 1005, seq: 999 }, (s) => {
      s.quoted = true;
    });
    const synAck = talk.add({ from: 's', flags: 'SA', ms: 1010, seq: 4999, ack: 1000 });
    const ack = talk.add({ from: 'c', flags: 'A', ms: 1020, seq: 1000, ack: 5000 });
    assert.ok(Number.isNaN(synAck.initialRtt));
    assert.equal(ack.initialRtt, 15 * MS);
  });

  it('starts no clock at a SYN of the first second of the epoch, and retries after a difference of 0', () => {
    const talk = new Conversation();
    talk.tracker.epoch = 0;
    assert.ok(Number.isNaN(handshake(talk).said[2]!.initialRtt));
    const other = new Conversation();
    other.add({ from: 'c', flags: 'S', ms: 0, seq: 999 });
    assert.ok(Number.isNaN(other.add({ from: 's', flags: 'RA', ms: 0, seq: 0, ack: 1000 }).initialRtt));
    assert.equal(other.add({ from: 's', flags: 'RA', ms: 3, seq: 0, ack: 1000 }).initialRtt, 3 * MS);
  });

  it('prints completeness as it was before the packet', () => {
    const talk = handshake();
    talk.add({ from: 'c', flags: 'PA', ms: 30, seq: 1000, ack: 5000, len: 10 });
    talk.add({ from: 's', flags: 'FA', ms: 40, seq: 5000, ack: 1010 });
    talk.add({ from: 'c', flags: 'RA', ms: 50, seq: 1010, ack: 5001 });
    talk.add({ from: 'c', flags: 'R', ms: 60, seq: 1010 });
    assert.deepEqual(talk.said.map((a) => a.completeness), [0, 1, 3, 7, 15, 31, 63]);
    const data = new Conversation();
    data.add({ from: 'c', flags: 'S', ms: 0, seq: 1, len: 20 });
    assert.equal(data.add({ from: 's', flags: 'SA', ms: 1, seq: 1, ack: 2 }).completeness, 9, 'SYN with data');
    const late = new Conversation();
    late.add({ from: 's', flags: 'SA', ms: 0, seq: 1, ack: 2 });
    assert.equal(late.add({ from: 'c', flags: 'A', ms: 1, seq: 2, ack: 2 }).completeness, 0, 'no other first packet counts');
  });

  it('agrees on window scaling as the ends do', () => {
    const scales = (client: number | undefined, server: number | undefined): number[] => {
      const talk = new Conversation();
      talk.add({ from: 'c', flags: 'S', ms: 0, seq: 999, ...(client === undefined ? {} : { shift: client }) });
      talk.add({ from: 's', flags: 'SA', ms: 1, seq: 4999, ack: 1000, ...(server === undefined ? {} : { shift: server }) });
      return [talk.add({ from: 'c', flags: 'A', ms: 2, seq: 1000, ack: 5000 }).scale, talk.add({ from: 's', flags: 'A', ms: 3, seq: 5000, ack: 1000 }).scale];
    };
    assert.deepEqual(scales(7, 3), [7, 3]);
    assert.deepEqual(scales(15, 0), [14, 0], 'at most 14');
    assert.deepEqual(scales(7, undefined), [SCALE_UNUSED, SCALE_UNUSED]);
    assert.deepEqual(scales(undefined, 3), [SCALE_UNUSED, SCALE_UNUSED]);
    const late = new Conversation();
    late.add({ from: 's', flags: 'SA', ms: 1, seq: 4999, ack: 1000, shift: 3 });
    assert.equal(late.add({ from: 'c', flags: 'A', ms: 2, seq: 1000, ack: 5000 }).scale, SCALE_UNKNOWN);
    assert.equal(late.add({ from: 's', flags: 'A', ms: 3, seq: 5000, ack: 1000 }).scale, 3);
  });
});

describe('TcpTracker: headers that are not whole', () => {
  const dup = { from: 's', flags: 'A', ms: 40, seq: 5000, ack: 1000 } as const;

  it('leaves no trace of a header cut before its numbers', () => {
    const talk = new Conversation();
    const cut = talk.add(dup, (s) => {
      s.header = HEADER_PORTS;
    });
    assert.equal(cut.stream, NO_STREAM);
    assert.equal(talk.tracker.streams, 0);
  });

  it('runs the analysis but shows none of it while the header is cut', () => {
    for (const header of [HEADER_BASIC, HEADER_FIXED, HEADER_BOGUS]) {
      const talk = handshake();
      talk.add(dup);
      const cut = talk.add({ ...dup, ms: 50 }, (s) => {
        s.header = header;
      });
      assert.deepEqual([cut.labels, cut.hasRecord, cut.relative], [0, false, true], `header ${header}`);
      const whole = talk.add({ ...dup, ms: 60 });
      assert.deepEqual([whole.labels, whole.duplicateAckNumber], [LABEL_DUPLICATE_ACK, 3], `header ${header}`);
    }
  });

  it('does not count a header with an impossible offset in completeness', () => {
    const talk = handshake();
    talk.add({ from: 'c', flags: 'FA', ms: 30, seq: 1000, ack: 5000 }, (s) => {
      s.header = HEADER_BOGUS;
      s.headerLength = 16;
    });
    assert.equal(talk.add(dup).completeness, 7);
  });

  it('learns nothing from a segment of unknown length', () => {
    const talk = new Conversation();
    const first = talk.add({ from: 'c', flags: 'A', ms: 0, seq: 500, ack: 900 }, (s) => {
      s.length = UNKNOWN_LENGTH;
    });
    assert.deepEqual([first.stream, first.relative, first.ackRelative, first.hasRecord], [0, false, false, false]);
    assert.equal(talk.add({ from: 'c', flags: 'A', ms: 1, seq: 700, ack: 900 }).seqBase, 699);
  });

  it('hides the analysis of a SACK option without a block, as tshark does', () => {
    const talk = handshake();
    talk.add(dup);
    const empty = (s: Segment): void => {
      s.optionsSeen |= OPT_SACK;
    };
    assert.equal(talk.add({ ...dup, ms: 50 }, empty).labels, 0);
    assert.equal(talk.add({ ...dup, ms: 60 }).duplicateAckNumber, 3, 'counted all the same');
  });
});

describe('TcpTracker: text captures', () => {
  it('takes a derived sequence number, and stops where none is known', () => {
    const talk = handshake();
    const derived = talk.add({ from: 'c', flags: 'A', ms: 30, seq: 1000, ack: 5000 }, (s) => {
      s.known = (KNOWN_ALL & ~KNOWN_SEQ) | DERIVED_SEQ;
    });
    assert.equal(derived.labels, LABEL_DUPLICATE_ACK);
    const unknown = talk.add({ from: 'c', flags: 'A', ms: 31, seq: 0, ack: 5000 }, (s) => {
      s.known = KNOWN_ALL & ~KNOWN_SEQ;
    });
    assert.deepEqual([unknown.stream, unknown.relative, unknown.labels], [0, false, 0]);
    const noAck = talk.add({ from: 'c', flags: 'A', ms: 32, seq: 1000 }, (s) => {
      s.known = KNOWN_ALL & ~KNOWN_ACK;
    });
    assert.equal(noAck.relative, false);
  });

  it('does not take a window that is not shown for a closed one', () => {
    const talk = handshake();
    const hidden = talk.add({ from: 'c', flags: 'PA', ms: 30, seq: 1000, ack: 5000, len: 5, win: 0 }, (s) => {
      s.known = KNOWN_ALL & ~KNOWN_WINDOW;
    });
    assert.equal(hidden.labels, 0);
  });
});
