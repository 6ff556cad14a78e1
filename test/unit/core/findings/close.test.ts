import assert from 'node:assert/strict';
import { SHORT_CONNECTION, tcpCapture, type TestSegment } from '../../../support/pcapWriter';
import { findingLines } from '../../../support/study';

const FIN = 1, SYN = 2, RST = 4, ACK = 16;
const OPEN = SHORT_CONNECTION.slice(0, 6);
const FIN_CLIENT: TestSegment = { from: 'client', flags: FIN | ACK, seq: 1007, ack: 5008, time: 0.1 };
const FIN_SERVER: TestSegment = { from: 'server', flags: FIN | ACK, seq: 5008, ack: 1008, time: 0.2 };
const client = (time: number, rest: Partial<TestSegment> = {}): TestSegment => ({ from: 'client', flags: ACK, seq: 1008, ack: 5008, time, ...rest });
const server = (time: number, rest: Partial<TestSegment> = {}): TestSegment => ({ from: 'server', flags: ACK, seq: 5008, ack: 1008, time, ...rest });
const after = (...segments: readonly TestSegment[]): Promise<string[]> => findingLines(tcpCapture([...OPEN, ...segments]));

describe('close findings', () => {
  it('says that a connection is open at the end', async () => {
    assert.deepEqual(await after(), ['0 close.missing info certain 6']);
  });

  it('finds crossing FINs, not those in turn', async () => {
    const last = [client(0.3, { ack: 5009 }), server(0.31, { seq: 5009 })];
    assert.deepEqual(await after(FIN_CLIENT, { ...FIN_SERVER, ack: 1007 }, ...last), ['0 close.simultaneous info certain 7,8']);
    assert.deepEqual(await after(FIN_CLIENT, FIN_SERVER, client(0.3, { ack: 5009 })), []);
  });

  it('finds a FIN that had to be repeated, and one that nobody acknowledged', async () => {
    assert.deepEqual(await after(FIN_CLIENT, { ...FIN_CLIENT, time: 0.4 }, { ...FIN_SERVER, time: 0.41 }, client(0.42, { ack: 5009 })), ['0 close.fin-not-acked warning certain 7,8,9']);
    // A copy that follows at once is no retransmission.
    assert.deepEqual(await after(FIN_CLIENT, { ...FIN_CLIENT, time: 0.1001 }, FIN_SERVER, client(0.3, { ack: 5009 })), ['0 order.duplicated info likely 8']);
  });

  it('tells a half-close from a socket that is left in CLOSE-WAIT', async () => {
    assert.deepEqual(
      await after(FIN_CLIENT, server(0.11), server(0.2, { payload: 'more' }), client(0.21, { ack: 5012 }), { ...FIN_SERVER, seq: 5012, time: 0.3 }, client(0.31, { ack: 5013 })),
      ['0 close.half-close info certain 7,9'],
    );
    assert.deepEqual(await after(FIN_CLIENT, server(0.11), { ...FIN_SERVER, time: 30 }, client(30.1, { ack: 5009 })), ['0 close.lingering warning certain 7,8,9']);
  });
});

describe('time-wait findings', () => {
  const again = (time: number): TestSegment[] => [
    { from: 'client', flags: SYN, seq: 90_000, time },
    { from: 'server', flags: SYN | ACK, seq: 80_000, ack: 90_001, time: time + 0.001 },
    { from: 'client', flags: ACK, seq: 90_001, ack: 80_001, time: time + 0.002 },
    { from: 'server', flags: RST | ACK, seq: 80_001, ack: 90_001, time: time + 0.003 },
  ];

  it('finds ports that are used again within TIME-WAIT, not after it', async () => {
    assert.equal((await findingLines(tcpCapture([...SHORT_CONNECTION, ...again(5)]))).at(-1), '1 time-wait.port-reused info certain 9,10');
    assert.deepEqual((await findingLines(tcpCapture([...SHORT_CONNECTION, ...again(500)]))).map((line) => line.split(' ')[1]), ['reset.by-server']);
  });

  it('finds a RST into TIME-WAIT', async () => {
    assert.deepEqual(await findingLines(tcpCapture([...SHORT_CONNECTION, { from: 'server', flags: RST, seq: 5009, time: 2 }])), ['0 time-wait.assassinated info likely 9,10']);
  });
});

describe('keep-alive findings', () => {
  const probe = (time: number): TestSegment => ({ from: 'client', flags: ACK, seq: 1006, ack: 5008, time });
  const answer = (time: number): TestSegment => ({ from: 'server', flags: ACK, seq: 5008, ack: 1007, time });
  const ids = async (...segments: readonly TestSegment[]): Promise<string[]> => (await after(...segments)).map((line) => line.split(' ').slice(1, 4).join(' ')).filter((line) => !/^(close|delay)/.test(line));

  it('tells answered probes from a dead peer', async () => {
    assert.deepEqual(await ids(probe(10), answer(10.01), probe(20), answer(20.01)), ['keepalive.answered info certain']);
    assert.deepEqual(await ids(probe(10), answer(10.01), probe(20), probe(21), answer(21.01)), ['keepalive.answered info certain']);
    assert.deepEqual(await ids(probe(10), probe(12), probe(14), { from: 'client', flags: RST | ACK, seq: 1007, ack: 5008, time: 16 }), ['keepalive.dead error certain']);
  });

  it('does not take two unanswered probes at the end for a dead peer', async () => {
    assert.deepEqual(await ids(probe(10), probe(12)), []);
  });

  it('finds a long silence, through keep-alives', async () => {
    const data: TestSegment = { from: 'client', flags: ACK, seq: 1007, ack: 5008, payload: 'x', time: 50 };
    assert.deepEqual(await ids(data), ['idle.long info certain']);
    assert.deepEqual(await ids(probe(20), answer(20.01), probe(40), answer(40.01), data), ['keepalive.answered info certain', 'idle.long info certain']);
    assert.deepEqual(await ids({ ...data, time: 9 }), []);
  });
});

describe('user-timeout', () => {
  const data = (time: number): TestSegment => ({ from: 'client', flags: ACK, seq: 1007, ack: 5008, payload: 'lost', time });

  it('finds a sender that resets after few retransmissions', async () => {
    const lines = await after(data(1), data(1.2), data(1.6), data(2.4), { from: 'client', flags: RST | ACK, seq: 1011, ack: 5008, time: 3 });
    assert.ok(lines.includes('0 user-timeout error possible 7,8,9,10'), lines.join('\n'));
  });

  it('says nothing of data that is acknowledged in the end', async () => {
    const lines = await after(data(1), data(1.2), data(1.6), { from: 'server', flags: ACK, seq: 5008, ack: 1011, time: 1.7 });
    assert.ok(!lines.some((line) => line.includes('user-timeout')), lines.join('\n'));
  });
});
