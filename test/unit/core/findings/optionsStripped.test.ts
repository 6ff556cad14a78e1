import assert from 'node:assert/strict';
import { pcapHeader, pcapRecord, tcpFrame, type TestSegment } from '../../../support/pcapWriter';
import { allFindings, studyCapture } from '../../../support/study';

const SYN = 2, PSH = 8, ACK = 16;
const MSS = [2, 4, 5, 0xb4];
const SCALE = [1, 3, 3, 7];
const SACK = [1, 1, 4, 2];
const stamp = (value: number, echo = 0): readonly number[] => [1, 1, 8, 10, 0, 0, 0, value, 0, 0, 0, echo];

interface Connection {
  readonly clientPort: number;
  readonly client?: readonly [number, number, number, number];
  readonly offer: readonly number[];
  readonly grant: readonly number[];
  /** Options of what the ends send after the handshake. */
  readonly clientOptions?: readonly number[];
  readonly serverOptions?: readonly number[];
}

/** Handshakes, each followed by three requests and answers. */
function capture(...connections: readonly Connection[]): Buffer {
  const records = connections.flatMap((c, n) => {
    const own = c.clientOptions ?? [];
    const other = c.serverOptions ?? [];
    const segments: TestSegment[] = [
      { from: 'client', flags: SYN, seq: 1000, options: c.offer },
      { from: 'server', flags: SYN | ACK, seq: 5000, ack: 1001, options: c.grant },
      { from: 'client', flags: ACK, seq: 1001, ack: 5001, options: own },
    ];
    for (let i = 0; i < 3; i++) {
      segments.push({ from: 'client', flags: PSH | ACK, seq: 1001 + 4 * i, ack: 5001 + 4 * i, payload: 'ping', options: own });
      segments.push({ from: 'server', flags: PSH | ACK, seq: 5001 + 4 * i, ack: 1005 + 4 * i, payload: 'pong', options: other });
    }
    return segments.map((s, i) => pcapRecord(tcpFrame(s, { clientPort: c.clientPort, ...(c.client ? { client: c.client } : {}) }), n + i * 0.001));
  });
  return Buffer.concat([pcapHeader(), ...records]);
}

async function stripped(...connections: readonly Connection[]): Promise<string[]> {
  return allFindings(await studyCapture(capture(...connections))).filter((f) => f.id === 'handshake.options-stripped').map((f) => `${f.stream} ${f.severity} ${f.confidence} ${f.packets.map((p) => p + 1).join(',')}`);
}

const all = [...MSS, ...SACK, ...stamp(1), ...SCALE];
const stamps = { clientOptions: stamp(2, 1), serverOptions: stamp(2, 2) };
const whole: Connection = { clientPort: 40_000, offer: all, grant: [...MSS, ...SACK, ...stamp(1, 1), ...SCALE], ...stamps };

describe('options removed on the way', () => {
  it('show where both hosts use elsewhere what did not come back here', async () => {
    const lame: Connection = { ...whole, clientPort: 40_001, grant: [...MSS, ...SACK, ...stamp(1, 1)] };
    assert.deepEqual(await stripped(whole, lame), ['1 warning likely 2,10,11']);
    const [found] = allFindings(await studyCapture(capture(whole, lame))).filter((f) => f.id === 'handshake.options-stripped');
    assert.match(found!.text, /^The client offers a window scale, and the SYN\/ACK lacks it; .* 65 535/);
  });

  it('do not show in a whole handshake, nor where an end is never seen to use them', async () => {
    assert.deepEqual(await stripped(whole, { ...whole, clientPort: 40_001 }), []);
    assert.deepEqual(await stripped({ ...whole, grant: [...MSS, ...SACK, ...stamp(1, 1)] }), []);
    // The server uses a window scale, but this client is not known to.
    assert.deepEqual(await stripped(whole, { ...whole, clientPort: 40_001, client: [10, 0, 0, 9], grant: [...MSS, ...SACK, ...stamp(1, 1)] }), []);
  });

  it('are no more than a note where nothing came back: a SYN cookie would look the same', async () => {
    const offer = [...MSS, ...SACK, ...SCALE];
    const good: Connection = { clientPort: 40_000, offer, grant: offer };
    assert.deepEqual(await stripped(good, { clientPort: 40_001, offer, grant: MSS }), ['1 info possible 2,10,11']);
    assert.deepEqual(await stripped(good, { clientPort: 40_001, offer, grant: [...MSS, ...SACK] }), ['1 warning likely 2,10,11']);
  });

  it('show in an end that uses timestamps which its SYN/ACK does not have', async () => {
    const grant = [...MSS, ...SACK, ...SCALE];
    assert.deepEqual(await stripped({ ...whole, grant }), ['0 warning likely 1,2,5']);
    assert.deepEqual(await stripped({ ...whole, grant, clientOptions: [], serverOptions: [] }), []);
  });

  it('show in an end that never uses the timestamps it was granted', async () => {
    assert.deepEqual(await stripped({ ...whole, clientOptions: [] }), ['0 warning possible 1,2,3']);
    assert.deepEqual(await stripped({ ...whole, clientOptions: [], serverOptions: [] }), []);
  });
});
