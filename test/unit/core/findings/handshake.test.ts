import assert from 'node:assert/strict';
import { SHORT_CONNECTION, tcpCapture, type TestSegment } from '../../../support/pcapWriter';
import { findingLines } from '../../../support/study';

const SYN = 2, RST = 4, ACK = 16;
const syn = (time: number): TestSegment => ({ from: 'client', flags: SYN, seq: 1000, time });
const synAck = (time: number): TestSegment => ({ from: 'server', flags: SYN | ACK, seq: 5000, ack: 1001, time });
const ack = (time: number): TestSegment => ({ from: 'client', flags: ACK, seq: 1001, ack: 5001, time });
const data = (time: number): TestSegment => ({ from: 'client', flags: ACK, seq: 1001, ack: 5001, payload: 'hello', time });
/** Without the word that the capture ends before the connection does. */
const lines = async (...segments: readonly TestSegment[]): Promise<string[]> => (await findingLines(tcpCapture(segments))).filter((line) => !line.includes('close.missing'));

describe('handshake findings', () => {
  it('finds nothing in an orderly connection', async () => {
    assert.deepEqual(await findingLines(tcpCapture(SHORT_CONNECTION)), []);
  });

  it('tells no answer from an answer that may still come', async () => {
    assert.deepEqual(await lines(syn(0), syn(1), syn(3)), ['0 handshake.no-answer error certain 1,2,3']);
    assert.deepEqual(await lines(syn(0)), []);
  });

  it('finds a refusal', async () => {
    assert.deepEqual(await lines(syn(0), { from: 'server', flags: RST | ACK, seq: 0, ack: 1001, time: 0.01 }), ['0 handshake.refused error certain 1,2']);
  });

  it('needs two ignored ACKs from afar, one near the server, to call the accept queue full', async () => {
    assert.deepEqual(await lines(syn(0), synAck(0.02), ack(0.0201), data(0.021), synAck(1.03), data(1.031), synAck(3.03)), [
      '0 handshake.accept-queue-full error possible 2,4,5,6,7',
    ]);
    assert.deepEqual(await lines(syn(0), synAck(0.02), ack(0.0201), synAck(1.03), ack(1.031), { from: 'server', flags: ACK, seq: 5001, ack: 1001, payload: 'x', time: 1.06 }), [
      '0 handshake.synack-retransmitted warning certain 2,3,4',
    ]);
    assert.deepEqual(await lines(syn(0), synAck(0.0001), ack(0.02), data(0.0201), synAck(1), data(1.02)), ['0 handshake.accept-queue-full error likely 2,4,5']);
  });

  it('takes bare ACKs that were ignored until data came for a deferred accept', async () => {
    assert.deepEqual(
      await lines(syn(0), synAck(0.0001), ack(0.02), synAck(1), ack(1.02), data(2), { from: 'server', flags: ACK, seq: 5001, ack: 1006, time: 2.0001 }),
      ['0 handshake.defer-accept info likely 2,3,4'],
    );
  });

  it('finds a slow handshake', async () => {
    assert.deepEqual(await lines(syn(0), syn(1), synAck(1.02), ack(1.021)), ['0 handshake.slow warning certain 1,2,3']);
  });
});
