import assert from 'node:assert/strict';
import { EndpointStates, STATE_NAMES, type StateSegment } from '../../../../src/core/stream/endpointStates';
import { SHORT_CONNECTION, type TestSegment } from '../../../support/pcapWriter';

const FIN = 1, SYN = 2, RST = 4, ACK = 16;

/** "client path / server path" after each segment. */
function walk(segments: readonly TestSegment[]): string[] {
  const states = new EndpointStates();
  const first = segments[0]!.from;
  return segments.map((s) => {
    const segment: StateSegment = { flags: s.flags, seq: s.seq, ack: s.ack ?? 0, length: (s.payload ?? '').length };
    states.observe(segment, s.from === first ? 0 : 1);
    const path = (end: 'client' | 'server'): string => states.change(end === first ? 0 : 1).path.map((n) => STATE_NAMES[n]).join('>');
    return `${path('client')} / ${path('server')}`;
  });
}

describe('endpoint states (RFC 9293 3.3.2)', () => {
  it('walks handshake and close, two transitions on one packet', () => {
    assert.deepEqual(walk(SHORT_CONNECTION), [
      'CLOSED>SYN-SENT / LISTEN>SYN-RECEIVED',
      'SYN-SENT>ESTABLISHED / SYN-RECEIVED',
      'ESTABLISHED / SYN-RECEIVED>ESTABLISHED',
      'ESTABLISHED / ESTABLISHED',
      'ESTABLISHED / ESTABLISHED',
      'ESTABLISHED / ESTABLISHED',
      'ESTABLISHED>FIN-WAIT-1 / ESTABLISHED>CLOSE-WAIT',
      'FIN-WAIT-1>FIN-WAIT-2>TIME-WAIT / CLOSE-WAIT>LAST-ACK',
      'TIME-WAIT / LAST-ACK>CLOSED',
    ]);
  });

  it('puts the server back when it repeats its SYN/ACK', () => {
    const lines = walk([...SHORT_CONNECTION.slice(0, 3), SHORT_CONNECTION[1]!]);
    assert.equal(lines[3], 'ESTABLISHED / ESTABLISHED>SYN-RECEIVED');
  });

  it('walks a simultaneous open', () => {
    assert.deepEqual(
      walk([
        { from: 'client', flags: SYN, seq: 100 },
        { from: 'server', flags: SYN, seq: 300 },
        { from: 'client', flags: SYN | ACK, seq: 100, ack: 301 },
        { from: 'server', flags: SYN | ACK, seq: 300, ack: 101 },
      ]).slice(2),
      ['SYN-RECEIVED / SYN-RECEIVED>ESTABLISHED', 'SYN-RECEIVED>ESTABLISHED / ESTABLISHED'],
    );
  });

  it('walks a socket that is connected to itself: it gets what it sends', () => {
    const states = new EndpointStates();
    states.join();
    const segments: readonly (readonly [flags: number, seq: number, ack: number, length: number])[] = [
      [SYN, 100, 0, 0], [SYN | ACK, 100, 101, 0], [ACK, 101, 101, 0], [ACK, 101, 101, 18], [ACK, 119, 119, 0], [FIN | ACK, 119, 119, 0], [ACK, 120, 120, 0],
    ];
    const lines = segments.map(([flags, seq, ack, length]) => {
      states.observe({ flags, seq, ack, length }, 0);
      assert.deepEqual(states.change(0), states.change(1));
      assert.ok(!states.change(0).illegal);
      return states.change(0).path.map((n) => STATE_NAMES[n]).join('>');
    });
    assert.deepEqual(lines, [
      'CLOSED>SYN-SENT>SYN-RECEIVED', 'SYN-RECEIVED>ESTABLISHED', 'ESTABLISHED', 'ESTABLISHED', 'ESTABLISHED', 'ESTABLISHED>FIN-WAIT-1>CLOSING', 'CLOSING>TIME-WAIT',
    ]);
    states.observe({ flags: RST, seq: 120, ack: 0, length: 0 }, 0);
    assert.equal(STATE_NAMES[states.state(1)], 'CLOSED');
  });

  it('walks a simultaneous close through CLOSING', () => {
    const lines = walk([
      { from: 'client', flags: ACK, seq: 10, ack: 50 },
      { from: 'client', flags: FIN | ACK, seq: 10, ack: 50 },
      { from: 'server', flags: FIN | ACK, seq: 50, ack: 10 },
      { from: 'client', flags: ACK, seq: 11, ack: 51 },
      { from: 'server', flags: ACK, seq: 51, ack: 11 },
    ]);
    assert.match(lines[2]!, /^FIN-WAIT-1>CLOSING /);
    assert.match(lines[4]!, /^CLOSING>TIME-WAIT /);
    // The server had not seen the client's FIN when it sent its own.
    assert.deepEqual(lines.slice(2).map((line) => line.split(' / ')[1]), ['CLOSE-WAIT>ESTABLISHED>FIN-WAIT-1', 'FIN-WAIT-1>CLOSING>TIME-WAIT', 'TIME-WAIT']);
  });

  it('closes both ends on RST', () => {
    assert.equal(walk([...SHORT_CONNECTION.slice(0, 4), { from: 'server', flags: RST, seq: 5001 }])[4], 'ESTABLISHED>CLOSED / ESTABLISHED>CLOSED');
  });

  it('takes a capture that starts mid-stream for an open connection', () => {
    assert.equal(walk([{ from: 'server', flags: ACK, seq: 1, ack: 1 }])[0], 'ESTABLISHED / ESTABLISHED');
  });

  it('does not process a FIN beyond a hole', () => {
    const lines = walk([...SHORT_CONNECTION.slice(0, 3), { from: 'client', flags: FIN | ACK, seq: 1501, ack: 5001 }]);
    assert.equal(lines[3], 'ESTABLISHED>FIN-WAIT-1 / ESTABLISHED');
  });

  const OPEN = SHORT_CONNECTION.slice(0, 6);

  it('shows SYN-SENT of the end whose SYN crosses', () => {
    assert.equal(walk([{ from: 'client', flags: SYN, seq: 100 }, { from: 'server', flags: SYN, seq: 300 }])[1], 'SYN-SENT>SYN-RECEIVED / SYN-RECEIVED>SYN-SENT>SYN-RECEIVED');
  });

  it('goes back to LISTEN when a handshake is reset', () => {
    assert.equal(walk([...SHORT_CONNECTION.slice(0, 2), { from: 'client', flags: RST, seq: 1001 }])[2], 'ESTABLISHED>CLOSED / SYN-RECEIVED>LISTEN');
  });

  it('goes back to SYN-SENT when the SYN comes again', () => {
    assert.equal(walk([...SHORT_CONNECTION.slice(0, 2), SHORT_CONNECTION[0]!])[2], 'ESTABLISHED>SYN-SENT / SYN-RECEIVED');
  });

  it('stays in SYN-SENT after a RST for an ACK that it cannot place', () => {
    assert.deepEqual(
      walk([
        { from: 'client', flags: SYN, seq: 1000 },
        { from: 'server', flags: ACK, seq: 7000, ack: 333 },
        { from: 'client', flags: RST, seq: 333 },
        { from: 'client', flags: SYN, seq: 1000 },
        { from: 'server', flags: SYN | ACK, seq: 5000, ack: 1001 },
      ]).map((line) => line.split(' / ')[0]),
      ['CLOSED>SYN-SENT', 'SYN-SENT', 'SYN-SENT', 'SYN-SENT', 'SYN-SENT>ESTABLISHED'],
    );
  });

  it('obeys no RST beside the expected number, nor one in SYN-SENT that does not acknowledge the SYN (RFC 5961)', () => {
    const lines = walk([...OPEN, { from: 'server', flags: RST, seq: 6000 }, { from: 'server', flags: ACK, seq: 5008, ack: 1007 }]);
    assert.deepEqual(lines.slice(6), ['ESTABLISHED / ESTABLISHED>CLOSED', 'ESTABLISHED / CLOSED>ESTABLISHED']);
    assert.equal(walk([{ from: 'client', flags: SYN, seq: 1000 }, { from: 'server', flags: RST | ACK, seq: 0, ack: 555 }])[1]!.split(' / ')[0], 'SYN-SENT');
  });

  it('is back in FIN-WAIT-1 when its FIN comes again', () => {
    const lines = walk([...OPEN, SHORT_CONNECTION[6]!, { from: 'server', flags: ACK, seq: 5008, ack: 1008 }, SHORT_CONNECTION[6]!]);
    assert.deepEqual(lines.slice(6).map((line) => line.split(' / ')[0]), ['ESTABLISHED>FIN-WAIT-1', 'FIN-WAIT-1>FIN-WAIT-2', 'FIN-WAIT-2>FIN-WAIT-1']);
  });

  it('takes an end that sends data for established, though its handshake was put back', () => {
    const lines = walk([...SHORT_CONNECTION.slice(0, 4), SHORT_CONNECTION[1]!, SHORT_CONNECTION[4]!]);
    assert.deepEqual(lines.slice(4), ['ESTABLISHED / ESTABLISHED>SYN-RECEIVED', 'ESTABLISHED / SYN-RECEIVED>ESTABLISHED']);
  });

  it('flags data beyond a FIN', () => {
    const states = new EndpointStates();
    for (const s of [...OPEN, SHORT_CONNECTION[6]!, { from: 'client', flags: ACK, seq: 1008, ack: 5008, payload: 'x' } as const]) {
      states.observe({ flags: s.flags, seq: s.seq, ack: s.ack ?? 0, length: (s.payload ?? '').length }, s.from === 'client' ? 0 : 1);
    }
    assert.equal(states.change(0).illegal, true);
  });
});
