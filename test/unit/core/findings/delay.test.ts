import assert from 'node:assert/strict';
import { SHORT_CONNECTION, tcpCapture, type TestSegment } from '../../../support/pcapWriter';
import { findingLines } from '../../../support/study';

const ACK = 16;
const START = SHORT_CONNECTION.slice(0, 6);
const delays = async (segments: readonly TestSegment[]): Promise<string[]> => (await findingLines(tcpCapture([...START, ...segments]))).filter((line) => /delay\.(nagle|slow-server)/.test(line));

/** Two small writes a request, the second `after` the acknowledgment of the first, which is held back for `held` seconds. */
function requests(count: number, held: number, after: number, answer = 0.001): TestSegment[] {
  return Array.from({ length: count }, (_, i): TestSegment[] => {
    const t = 1 + i * 0.2;
    const seq = 1007 + i * 20;
    const ack = 5008 + i * 4;
    return [
      { from: 'client', flags: ACK, seq, ack, window: 502, payload: 'x'.repeat(8), time: t },
      { from: 'server', flags: ACK, seq: ack, ack: seq + 8, window: 128, time: t + held },
      { from: 'client', flags: ACK, seq: seq + 8, ack, window: 502, payload: 'x'.repeat(12), time: t + held + after },
      { from: 'server', flags: ACK, seq: ack, ack: seq + 20, window: 128, payload: 'done', time: t + held + after + answer },
    ];
  }).flat();
}

describe('delay findings', () => {
  it('finds small segments that wait for delayed ACKs', async () => {
    assert.match((await delays(requests(5, 0.041, 0.0001))).join(), /^0 delay\.nagle warning likely 9,13,17,21,25$/);
  });

  it('is cautious with few of them', async () => {
    assert.match((await delays(requests(2, 0.041, 0.0001))).join(), /^0 delay\.nagle info possible 9,13$/);
  });

  it('does not blame Nagle when the second write is not released by the ACK', async () => {
    assert.deepEqual(await delays(requests(5, 0.041, 0.05)), []);
  });

  it('does not blame Nagle when acknowledgments come at once', async () => {
    assert.deepEqual(await delays(requests(5, 0.001, 0.0001)), []);
  });

  it('sees that Nagle is off where two small segments were under way at once', async () => {
    const both: TestSegment[] = [
      { from: 'client', flags: ACK, seq: 1107, ack: 5028, window: 502, payload: 'a', time: 4 },
      { from: 'client', flags: ACK, seq: 1108, ack: 5028, window: 502, payload: 'b', time: 4.0001 },
    ];
    assert.deepEqual(await delays([...requests(5, 0.041, 0.0001), ...both]), []);
  });

  it('says whose program takes the time', async () => {
    const found = await delays([
      { from: 'client', flags: ACK, seq: 1007, ack: 5008, window: 502, payload: 'GET', time: 0.01 },
      { from: 'server', flags: ACK, seq: 5008, ack: 1010, window: 128, time: 0.011 },
      { from: 'server', flags: ACK, seq: 5008, ack: 1010, window: 128, payload: 'late', time: 2 },
    ]);
    assert.deepEqual(found, ['0 delay.slow-server info likely 9']);
  });
});
