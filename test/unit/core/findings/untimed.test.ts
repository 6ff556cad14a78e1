import assert from 'node:assert/strict';
import { allFindings, studyCapture } from '../../../support/study';

/** A text without times: the client's and the server's lines of one connection, numbers as tcpdump prints them. */
const c = (flags: string, rest: string): string => `IP 10.0.0.1.1000 > 10.0.0.2.80: Flags [${flags}], ${rest}`;
const s = (flags: string, rest: string): string => `IP 10.0.0.2.80 > 10.0.0.1.1000: Flags [${flags}], ${rest}`;
const OPEN = [c('S', 'seq 100, win 1000, length 0'), s('S.', 'seq 500, ack 101, win 1000, length 0'), c('.', 'ack 1, win 1000, length 0')];
const DATA = c('P.', 'seq 1:101, ack 1, win 1000, length 100');
const CLOSED = s('.', 'ack 1, win 0, length 0');
const FIN = [c('F.', 'seq 1, ack 1, win 1000, length 0'), s('.', 'ack 2, win 1000, length 0')];

const told = async (...lines: readonly string[]): Promise<string[]> => allFindings(await studyCapture(Buffer.from(lines.join('\n') + '\n'))).map((f) => `${f.id}: ${f.text}`);

describe('findings in a text without times', () => {
  it('call no time a fact', async () => {
    const traces = [
      OPEN.slice(0, 1),
      OPEN,
      [...OPEN, CLOSED, DATA, DATA, s('R', 'seq 501, win 0, length 0')],
      [...OPEN, s('R.', 'seq 1, ack 1, win 0, length 0')],
      [...OPEN, ...FIN],
      [...OPEN, ...FIN, s('P.', 'seq 1:101, ack 2, win 1000, length 100'), c('.', 'ack 101, win 1000, length 0')],
      [...OPEN, ...FIN, s('F.', 'seq 1, ack 2, win 1000, length 0'), c('.', 'ack 2, win 1000, length 0'), ...OPEN],
    ];
    for (const trace of traces) for (const line of await told(...trace)) assert.doesNotMatch(line, /NaN|\b0 s\b/);
  });

  it('still say what happened', async () => {
    assert.deepEqual(await told(OPEN[0]!), ['handshake.no-answer: Nothing came back to the SYN in this capture.']);
    assert.deepEqual(await told(...OPEN), ['close.missing: Open when the capture ends, an unknown time after its last segment.']);
    assert.deepEqual(await told(...OPEN, CLOSED, DATA, s('R', 'seq 501, win 0, length 0')), [
      'reset.by-server: The server aborted the connection after an unknown time. SO_LINGER 0, or the process died with data unread.',
      'window.zero: The server closed its receive window for an unknown time: its program did not read. Data of the client passed while it was closed, once. It was still closed when the connection was reset.',
    ]);
  });

  it('see no port reused too early, and no flood', async () => {
    const ids = (await told(...OPEN, ...FIN, s('F.', 'seq 1, ack 2, win 1000, length 0'), c('.', 'ack 2, win 1000, length 0'), c('S', 'seq 90000, win 1000, length 0'))).map((line) => line.split(':')[0]);
    assert.ok(!ids.includes('time-wait.port-reused'), ids.join());
    const syns = Array.from({ length: 300 }, (_, n) => OPEN[0]!.replace('.1000 ', `.${2000 + n} `));
    assert.ok((await told(...syns)).every((line) => line.startsWith('handshake.no-answer:')));
  });
});
