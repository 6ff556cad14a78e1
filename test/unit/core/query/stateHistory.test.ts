import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { StateHistory } from '../../../../src/core/engineApi';
import { STATE_NAMES } from '../../../../src/core/stream/endpointStates';
import { openCapture } from '../../../support/openCapture';
import { tcpCapture } from '../../../support/pcapWriter';

const states = (path: readonly number[]): string => path.map((state) => STATE_NAMES[state]).join('>');
const steps = (history: StateHistory, end: 'client' | 'server'): string[] => history.steps.filter((s) => s.end === end).map((s) => `${s.packet + 1} ${states(s.path)}`);

async function historyOf(file: string, packet: number): Promise<StateHistory | null> {
  const opened = await openCapture(readFileSync(file));
  return await opened.ask('stateHistory', { packet: packet - 1 });
}

describe('history of states', () => {
  it('follows both ends from SYN to TIME-WAIT, and tells where they stand after a packet', async () => {
    const history = (await historyOf('media/samples/keepalive-alive.pcap', 2))!;
    assert.deepEqual(steps(history, 'client').slice(0, 2), ['1 CLOSED>SYN-SENT', '2 SYN-SENT>ESTABLISHED']);
    assert.deepEqual(steps(history, 'server').slice(0, 2), ['1 LISTEN>SYN-RECEIVED', '3 SYN-RECEIVED>ESTABLISHED']);
    assert.equal(STATE_NAMES[history.client], 'ESTABLISHED');
    assert.equal(STATE_NAMES[history.server], 'SYN-RECEIVED');
    assert.equal(history.dropped, 0);
  });

  it('shows both ways of a simultaneous open and close', async () => {
    const open = (await historyOf('media/samples/simultaneous-open.pcap', 1))!;
    assert.match([...steps(open, 'client'), ...steps(open, 'server')].join(' '), /SYN-SENT>SYN-RECEIVED/);
    const close = (await historyOf('media/samples/simultaneous-close.pcap', 1))!;
    assert.match([...steps(close, 'client'), ...steps(close, 'server')].join(' '), /FIN-WAIT-1>CLOSING/);
  });

  it('has one way for both ends of a socket that is connected to itself', async () => {
    const ends = { client: [10, 0, 0, 1], server: [10, 0, 0, 1], clientPort: 7000, serverPort: 7000 } as const;
    const opened = await openCapture(
      tcpCapture([{ from: 'client', flags: 2, seq: 100 }, { from: 'client', flags: 18, seq: 100, ack: 101 }, { from: 'client', flags: 16, seq: 101, ack: 101 }, { from: 'client', flags: 17, seq: 101, ack: 101 }, { from: 'client', flags: 16, seq: 102, ack: 102 }], ends),
    );
    const history = (await opened.ask('stateHistory', { packet: 4 }))!;
    assert.deepEqual(steps(history, 'client'), ['1 CLOSED>SYN-SENT>SYN-RECEIVED', '2 SYN-RECEIVED>ESTABLISHED', '4 ESTABLISHED>FIN-WAIT-1>CLOSING', '5 CLOSING>TIME-WAIT']);
    assert.deepEqual(steps(history, 'server'), steps(history, 'client'));
    assert.deepEqual([history.client, history.server].map((n) => STATE_NAMES[n]), ['TIME-WAIT', 'TIME-WAIT']);
  });

  it('ends both with a RST, observed at its sender and inferred at the other', async () => {
    const history = (await historyOf('media/samples/connection-refused.pcap', 2))!;
    const last = history.steps.filter((s) => s.packet === 1);
    assert.deepEqual(last.map((s) => [s.end, states(s.path), s.observed]).sort(), [['client', 'SYN-SENT>CLOSED', false], ['server', 'SYN-RECEIVED>CLOSED', true]]);
  });

  it('keeps to a bounded number of changes, and counts the rest', async () => {
    const history = (await historyOf('media/samples/port-reuse.pcap', 1))!;
    assert.ok(history.steps.length <= 400);
    assert.ok(history.steps.every((step, i) => i === 0 || history.steps[i - 1]!.packet <= step.packet));
  });
});
