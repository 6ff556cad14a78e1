import assert from 'node:assert/strict';
import { Bulk } from '../../../support/bulk';
import { VERDICT_LOST, VERDICT_RETRANSMISSION } from '../../../../src/core/analysis/segmentVerdict';
import { tcpCapture, type TestEnds, type TestSegment } from '../../../support/pcapWriter';
import { findingLines, studyCapture } from '../../../support/study';

const lines = (bulk: Bulk): Promise<string[]> => findingLines(tcpCapture(bulk.segments));
/** Leaves out what other groups say of an open connection. */
const ours = async (bulk: Bulk): Promise<string[]> => (await lines(bulk)).filter((line) => / (loss|order|capture\.duplicated)/.test(line));

/** Five segments in a burst, of which the second gets lost. */
const burst = (): Bulk => new Bulk().data(0, 1).data(1, 1.0001).data(2, 1.0002).data(3, 1.0003).data(4, 1.0004).ack(1, 1.02);

describe('loss findings', () => {
  it('finds nothing where everything is acknowledged', async () => {
    assert.deepEqual(await ours(new Bulk().data(0, 1).data(1, 1.001).ack(2, 1.021).data(2, 2).ack(3, 2.02)), []);
  });

  it('finds a loss that SACK blocks told of', async () => {
    const capture = burst().ack(1, 1.0202, { sack: [[2, 3]] }).ack(1, 1.0203, { sack: [[2, 4]] }).ack(1, 1.0204, { sack: [[2, 5]] }).data(1, 1.021).ack(5, 1.041);
    assert.deepEqual(await ours(capture), ['0 loss.fast-retransmit warning certain 5,13']);
  });

  it('finds a loss that only the timer told of, and the wait that doubles', async () => {
    assert.deepEqual(await ours(burst().data(1, 1.25).data(1, 1.65).ack(5, 1.67)), ['0 loss.timeout error certain 5,10,11']);
  });

  it('finds a tail that a probe repaired', async () => {
    assert.deepEqual(await ours(new Bulk().data(0, 1).data(1, 1.0001).ack(1, 1.02).data(1, 1.06).ack(2, 1.08)), ['0 loss.tail warning likely 5,7']);
  });

  it('calls nothing a probe that came sooner than one can', async () => {
    assert.deepEqual(await ours(new Bulk().data(0, 1).data(0, 1.000007).ack(1, 1.02)), ['0 loss.fast-retransmit warning likely 4,5']);
  });

  it('finds a peer that went silent, but not one that the capture no longer shows', async () => {
    const silent = new Bulk().data(0, 1).data(0, 1.25).data(0, 1.65).data(0, 2.45);
    assert.deepEqual(await ours(silent), ['0 loss.dead error likely 4,5,6,7']);
    assert.deepEqual(await ours(new Bulk().data(0, 1).data(0, 1.25)), ['0 loss.tail warning likely 4,5']);
  });

  it('finds a retransmission that D-SACK, the echoed timestamp or time shows to be in vain', async () => {
    const spurious = ['0 loss.spurious info likely 4,5'];
    assert.deepEqual(await ours(new Bulk().data(0, 1).data(0, 1.3).ack(1, 1.315).ack(1, 1.32, { sack: [[0, 1]] })), spurious);
    assert.deepEqual(await ours(new Bulk().data(0, 1).data(0, 1.3).ack(1, 1.319, { echo: 1001 })), spurious);
    assert.deepEqual(await ours(new Bulk().data(0, 1).data(0, 1.3).ack(1, 1.302)), spurious);
  });

  it('finds reordering at the receiver, by IP ID, timestamp or time', async () => {
    const late = ['0 order.reordered info likely 6'];
    const far = (): Bulk => new Bulk('server').data(0, 1);
    assert.deepEqual(await ours(far().data(2, 1.001, { id: 104, stamp: 7 }).data(1, 1.0015, { id: 103, stamp: 7 }).ack(3, 1.0016)), late);
    assert.deepEqual(await ours(far().data(2, 1.001, { id: 1, stamp: 8 }).data(1, 1.3, { id: 2, stamp: 7 }).ack(3, 1.3001)), late);
    // The same gap filled by a segment with a later timestamp, or a round trip later: sent again.
    assert.deepEqual(await ours(far().data(2, 1.001, { stamp: 7 }).data(1, 1.0015, { stamp: 8 }).ack(3, 1.0016)), ['0 loss.fast-retransmit warning likely 6']);
    assert.deepEqual(await ours(far().data(2, 1.001, { id: 1, stamp: 7 }).data(1, 1.03, { id: 1, stamp: 7 }).ack(3, 1.0301)), ['0 loss.fast-retransmit warning likely 6']);
  });

  it('takes what fills a gap within microseconds for an answer, once three later segments were reported', async () => {
    const near = (): Bulk => new Bulk('server', 0.0002).data(0, 1).ack(1, 1.000001).data(2, 1.00001, { id: 0, stamp: 7 });
    const reported = near().ack(1, 1.000011, { sack: [[2, 3]] }).data(3, 1.00002, { id: 0, stamp: 7 }).ack(1, 1.000021, { sack: [[2, 4]] }).data(4, 1.00003, { id: 0, stamp: 7 }).ack(1, 1.000031, { sack: [[2, 5]] });
    assert.deepEqual(await ours(reported.data(1, 1.00006, { id: 0, stamp: 7 }).ack(5, 1.000061)), ['0 loss.fast-retransmit warning likely 12']);
    assert.deepEqual(await ours(near().ack(1, 1.000011, { sack: [[2, 3]] }).data(1, 1.00006, { id: 0, stamp: 7 }).ack(3, 1.000061)), ['0 order.reordered info likely 8']);
  });

  it('tells copies of the network from copies of the capture', async () => {
    const some = new Bulk();
    for (let n = 0; n < 8; n++) some.data(n, 1 + n * 0.001, { id: 200 + n });
    assert.deepEqual(await ours(some.data(3, 1.009, { id: 203, stamp: 1004 })), ['0 order.duplicated info likely 12']);
    const all = new Bulk();
    for (let n = 0; n < 3; n++) all.data(n, 1 + n * 0.001, { id: 200 + n }).data(n, 1.0001 + n * 0.001, { id: 200 + n, stamp: 1001 + n, ttl: 63 });
    assert.deepEqual(await ours(all), ['- capture.duplicated info certain 5,7,9']);
  });

  it('takes the SYN/ACK of a simultaneous open, and of a socket that is connected to itself, for no retransmission', async () => {
    const judged = async (segments: readonly TestSegment[], ends: TestEnds = {}): Promise<number[]> => {
      const { verdicts } = await studyCapture(tcpCapture(segments, ends));
      return segments.map((_, i) => verdicts.get(i));
    };
    const crossing: readonly TestSegment[] = [
      { from: 'client', flags: 2, seq: 100, time: 0 },
      { from: 'server', flags: 2, seq: 300, time: 0.01 },
      { from: 'client', flags: 18, seq: 100, ack: 301, time: 0.011 },
      { from: 'server', flags: 18, seq: 300, ack: 101, time: 0.02 },
      { from: 'client', flags: 16, seq: 101, ack: 301, time: 0.03 },
    ];
    assert.deepEqual(await judged(crossing), [0, 0, 0, 0, 0]);
    // Sent again by the timer it is one.
    assert.deepEqual(await judged([...crossing.slice(0, 3), { ...crossing[2]!, time: 1.1, ipId: 7 }]), [0, 0, VERDICT_LOST, VERDICT_RETRANSMISSION]);
    const itself: TestEnds = { client: [10, 0, 0, 1], server: [10, 0, 0, 1], clientPort: 7000, serverPort: 7000 };
    const own = (flags: number, seq: number, ack: number, time: number, payload = ''): TestSegment => ({ from: 'client', flags, seq, ack, time, payload });
    assert.deepEqual(await judged([own(2, 100, 0, 0), own(18, 100, 101, 0.00001), own(16, 101, 101, 0.00002), own(24, 101, 101, 0.1, 'hello'), own(16, 106, 106, 0.10001)], itself), [0, 0, 0, 0, 0]);
  });

  it('is done with a recovery that was needed in part, once the rest shows to be in vain', async () => {
    const capture = new Bulk().data(0, 1).data(1, 1.0001).data(0, 1.3, { count: 2 }).ack(1, 1.32).ack(1, 1.9).ack(2, 2).ack(2, 2.001, { sack: [[1, 2]] });
    const study = await studyCapture(tcpCapture(capture.segments));
    assert.equal(study.study(0)!.facts.judge!.episodeCount, 1);
    assert.equal(study.study(0)!.facts.judge!.recoveries()[0]!.unsettled, 0);
  });
});
