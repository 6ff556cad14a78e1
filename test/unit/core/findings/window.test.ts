import assert from 'node:assert/strict';
import { SHORT_CONNECTION, tcpCapture, type TestSegment } from '../../../support/pcapWriter';
import { allFindings, findingLines, studyCapture } from '../../../support/study';

const ACK = 16;
/** Server's window scale is 9, client's 7; 6 bytes of the client and 7 of the server are through. */
const START = SHORT_CONNECTION.slice(0, 6);
/** The same with a window of 1,024 bytes from the start. */
const NARROW = START.map((s) => (s.from === 'server' ? { ...s, window: s.flags & 2 ? 1000 : 2 } : s));
const windows = async (segments: readonly TestSegment[], start = START): Promise<string[]> => (await findingLines(tcpCapture([...start, ...segments]))).filter((line) => line.includes('window.'));
const client = (seq: number, bytes: number, time: number): TestSegment => ({ from: 'client', flags: ACK, seq, ack: 5008, window: 502, time, payload: 'x'.repeat(bytes) });
const server = (ack: number, window: number, time: number): TestSegment => ({ from: 'server', flags: ACK, seq: 5008, ack, window, time });

describe('window findings', () => {
  it('measures how long a window was closed, and counts what asked for it', async () => {
    const found = await windows([client(1007, 1000, 1), server(2007, 0, 1.1), { from: 'client', flags: ACK, seq: 2006, ack: 5008, window: 502, time: 1.4 }, server(2007, 0, 1.41), server(2007, 100, 3.1), client(2007, 1000, 3.101)], NARROW);
    assert.deepEqual(found, ['0 window.zero error certain 8']);
  });

  it('does not call data a probe that is sent into the closed window all the same', async () => {
    const closed = [client(1007, 1000, 1), server(2007, 0, 1.1), client(2006, 0, 1.4), server(2007, 0, 1.41), client(2007, 100, 2), client(2007, 100, 3), server(2107, 100, 5)];
    const found = allFindings(await studyCapture(tcpCapture([...NARROW, ...closed]))).find((f) => f.id === 'window.zero');
    assert.match(found!.text, /The client probed it once\. Data of the client passed while it was closed, twice\./);
    assert.equal(found!.severity, 'error');
  });

  it('makes no more than a note of a closed window that held nobody up', async () => {
    assert.deepEqual(await windows([client(1007, 1000, 1), server(2007, 0, 1.1), server(2007, 100, 3.1)], NARROW), ['0 window.zero info certain 8']);
  });

  it('does not take the acknowledgments of the peer for probes', async () => {
    const found = await windows([client(1007, 1000, 1), server(2007, 0, 1.1), { from: 'client', flags: ACK, seq: 2007, ack: 5008, window: 502, time: 1.4 }, server(2007, 100, 3.1)], NARROW);
    assert.deepEqual(found, ['0 window.zero info certain 8']);
  });

  /** A sender that fills 1,024 bytes of window each time it opens, every 100 ms. */
  const rounds: readonly TestSegment[] = Array.from({ length: 6 }, (_, i) => {
    const t = 1 + i * 0.1;
    const seq = 1007 + i * 1024;
    return [client(seq, 512, t), client(seq + 512, 512, t + 0.001), server(seq + 1024, 2, t + 0.0995)];
  }).flat();

  it('tells a buffer that is too small from a program that reads too slowly', async () => {
    const ids = async (start: TestSegment[]): Promise<string[]> => (await windows(rounds, start)).map((line) => line.split(' ').slice(1, 4).join(' '));
    assert.deepEqual(await ids(NARROW), ['window.small warning likely']);
    // It offered four times as much before: what is free shrinks because nobody reads.
    const wide = NARROW.map((s, i) => (i === 4 ? { ...s, window: 8 } : s));
    assert.ok((await ids(wide)).includes('window.full warning likely'));
  });

  it('says nothing of a sender that does not wait at the edge', async () => {
    assert.deepEqual(await windows([client(1007, 1000, 1), server(2007, 128, 1.1), client(2007, 1000, 2), server(3007, 128, 2.1)]), []);
  });

  it('finds a right edge that moved left and stayed there', async () => {
    assert.deepEqual(await windows([client(1007, 1000, 1), server(2007, 128, 1.1), server(2007, 20, 1.2), client(2007, 1000, 2), server(3007, 20, 2.1)]), ['0 window.shrunk warning likely 9']);
  });

  it('takes an ACK that was overtaken for what it is', async () => {
    assert.deepEqual(await windows([client(1007, 1000, 1), server(2007, 128, 1.1), server(2007, 20, 1.101), server(2007, 128, 1.102)]), []);
  });

  it('forgives rounding to the unit of the scale', async () => {
    assert.deepEqual(await windows([client(1007, 100, 1), server(1107, 128, 1.1), client(1107, 100, 1.2), server(1207, 127, 1.3), client(1207, 100, 2), server(1307, 127, 2.1)]), []);
  });

  it('takes a window that the text does not show for no window at all', async () => {
    const found = async (text: string): Promise<string[]> => (await findingLines(Buffer.from(text))).filter((line) => line.includes('window.'));
    // Mid-stream the scale is not known: 131072 cannot be put back to 16 bits.
    const tshark = (n: number, rest: string): string => `    ${n}   ${n}.000000 ${n % 2 ? '10.0.0.1 → 10.0.0.2 TCP 1066 40000 → 9999' : '10.0.0.2 → 10.0.0.1 TCP 66 9999 → 40000'} ${rest}\n`;
    const midStream = [1, 2, 3, 4].map((n) => tshark(n, n % 2 ? `[PSH, ACK] Seq=${1 + (n >> 1) * 1000} Ack=1 Win=131072 Len=1000` : `[ACK] Seq=1 Ack=${1 + (n >> 1) * 1000} Win=131072 Len=0`)).join('');
    assert.deepEqual(await found(midStream), []);
    const tcpdump = (window: string): string =>
      [0, 1, 2, 3, 4, 5].map((n) => (n % 2 ? `12:00:0${n}.000000 IP 10.0.0.2.80 > 10.0.0.1.40000: Flags [.], ack ${101 + n * 50}${window}, length 0\n` : `12:00:0${n}.000000 IP 10.0.0.1.40000 > 10.0.0.2.80: Flags [.], seq ${101 + n * 50}:${201 + n * 50}, ack 1${window}, length 100\n`)).join('');
    assert.deepEqual(await found(tcpdump('')), []);
    // The same with a window that is shown to be closed.
    assert.equal((await found(tcpdump(', win 0'))).length, 2);
  });
});
