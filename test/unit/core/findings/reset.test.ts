import assert from 'node:assert/strict';
import { SHORT_CONNECTION, tcpCapture, type TestSegment } from '../../../support/pcapWriter';
import { findingLines } from '../../../support/study';

const RST = 4, ACK = 16;
const after = (...segments: readonly TestSegment[]): Promise<string[]> => findingLines(tcpCapture([...SHORT_CONNECTION.slice(0, 6), ...segments]));

describe('reset findings', () => {
  it('names who aborted an open connection', async () => {
    assert.deepEqual(await after({ from: 'server', flags: RST | ACK, seq: 5008, ack: 1007, time: 0.5 }), ['0 reset.by-server error certain 6,7']);
  });

  it('takes a RST without ACK in answer to data for a lost state', async () => {
    assert.deepEqual(await after({ from: 'client', flags: ACK, seq: 1007, ack: 5008, payload: 'more', time: 5 }, { from: 'server', flags: RST, seq: 5008, time: 5.01 }), [
      '0 half-open error likely 7,8',
      '0 delay.slow-client info likely 7',
    ]);
  });

  it('finds the idle timer behind a RST after a silence', async () => {
    assert.deepEqual(await after({ from: 'server', flags: RST | ACK, seq: 5008, ack: 1007, time: 60 }), ['0 reset.idle-timeout warning likely 6,7']);
  });

  it('takes a RST that has passed no router for one from the middle, but only if its sender lies behind one', async () => {
    const between = (serverTtl: number, ttl: number): Promise<string[]> =>
      findingLines(tcpCapture([...[...SHORT_CONNECTION.slice(0, 6), { from: 'server', flags: ACK, seq: 5008, ack: 1007 } as const].map((s) => (s.from === 'server' ? { ...s, ttl: serverTtl } : s)), { from: 'server', flags: RST | ACK, seq: 5008, ack: 1007, time: 0.5, ttl }]));
    assert.deepEqual(await between(63, 64), ['0 reset.injected error likely 7,8']);
    for (const [usual, ttl] of [[64, 64], [63, 63], [63, 62], [64, 63], [62, 63]] as const) assert.deepEqual(await between(usual, ttl), ['0 reset.by-server error certain 7,8'], `${usual} ${ttl}`);
    // eBGP sends with 1, and the kernel resets with 64: no path has 63 routers.
    for (const usual of [1, 23]) assert.deepEqual(await between(usual, 64), ['0 reset.by-server error certain 7,8', '0 reset.injected warning possible 7,8'], String(usual));
    assert.deepEqual(await between(24, 64), ['0 reset.injected error likely 7,8']);
  });

  it('says that a RST out of sequence was challenged', async () => {
    assert.deepEqual(await after({ from: 'server', flags: RST, seq: 6000, time: 0.5 }, { from: 'client', flags: ACK, seq: 1007, ack: 5008, time: 0.51 }), [
      '0 reset.challenged info certain 7,8',
    ]);
  });
});
