import type { CardDocument, Inline, Rich } from '../explain/card';
import { bytes, grouped } from '../explain/words';
import { t } from '../l10n';
import { SS_COLUMNS, SS_INFO, SS_STATES, type SsTerm } from './ssColumns';

/** A word of a line, with its columns (UTF-16 units). */
interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface SsRow {
  readonly line: number;
  readonly state: string;
  readonly receiveQueue: number;
  readonly sendQueue: number;
  readonly words: readonly Word[];
  /** Index of the State word, or -1 where the column is not shown. */
  readonly stateAt: number;
  /** Index of the Recv-Q word. */
  readonly queueAt: number;
}

const LONGEST_LINE = 4000;
const COLUMN = new Map(SS_COLUMNS.map((column) => [column.name, column]));
const STATE = new Map(SS_STATES.map((state) => [state.name, state]));
const INFO = new Map(SS_INFO.map((info) => [info.name, info]));
/** What other releases and netstat call them. */
const OTHER_NAMES: Readonly<Record<string, string>> = { ESTABLISHED: 'ESTAB', SYN_SENT: 'SYN-SENT', SYN_RECV: 'SYN-RECV', FIN_WAIT1: 'FIN-WAIT-1', FIN_WAIT2: 'FIN-WAIT-2', TIME_WAIT: 'TIME-WAIT', CLOSE_WAIT: 'CLOSE-WAIT', LAST_ACK: 'LAST-ACK' };

/** Whether a line is the header that ss prints. */
export function isSsHeader(text: string): boolean {
  return text.length <= LONGEST_LINE && /^\s*(?:Netid\s+)?(?:State\s+)?Recv-Q\s+Send-Q\s/.test(text);
}

function wordsOf(text: string): Word[] {
  return [...text.slice(0, LONGEST_LINE).matchAll(/\S+/g)].map((m) => ({ text: m[0], start: m.index, end: m.index + m[0].length }));
}

const stateOf = (word: string): SsTerm | undefined => STATE.get(OTHER_NAMES[word] ?? word);

/** A socket's line, or null for headers, `ss -i` continuation lines and anything else. */
export function parseSsRow(text: string, line: number): SsRow | null {
  if (isSsHeader(text)) return null;
  const words = wordsOf(text);
  const stateAt = words.slice(0, 2).findIndex((word) => stateOf(word.text));
  const queueAt = stateAt >= 0 ? stateAt + 1 : words[0] && /^[a-z_]+\d?$/.test(words[0].text) ? 1 : 0;
  const [receive, send] = [words[queueAt], words[queueAt + 1]];
  if (!receive || !send || !/^\d{1,15}$/.test(receive.text) || !/^\d{1,15}$/.test(send.text) || words.length < queueAt + 3) return null;
  // Continuation lines hold figures too: a row has an address with a port next.
  if (!/[:*]/.test(words[queueAt + 2]!.text)) return null;
  const word = stateAt >= 0 ? words[stateAt]!.text : '';
  return { line, state: OTHER_NAMES[word] ?? word, receiveQueue: Number(receive.text), sendQueue: Number(send.text), words, stateAt, queueAt };
}

/** The card of what stands at a column of a line, with the range that it explains. Null where there is nothing to say. */
export function ssCardAt(text: string, line: number, column: number): { readonly card: CardDocument; readonly start: number; readonly end: number } | null {
  if (isSsHeader(text)) return headerCard(text, column);
  const row = parseSsRow(text, line);
  const inRow = row && rowCard(row, column);
  return inRow ?? infoCard(text, column);
}

function headerCard(text: string, column: number): ReturnType<typeof ssCardAt> {
  for (const [name, spec] of COLUMN) {
    // Old releases write "Users" or nothing for "Process".
    const start = text.indexOf(name);
    if (start >= 0 && column >= start && column <= start + name.length) return { card: termCard(spec, null, []), start, end: start + name.length };
  }
  return null;
}

function rowCard(row: SsRow, column: number): ReturnType<typeof ssCardAt> {
  const at = row.words.findIndex((word) => column >= word.start && column <= word.end);
  const word = row.words[at];
  if (!word) return null;
  const range = { start: word.start, end: word.end };
  if (at === row.stateAt) return { card: termCard(stateOf(word.text)!, word.text, []), ...range };
  if (at === row.queueAt) return { card: termCard(COLUMN.get('Recv-Q')!, word.text, receiveLines(row)), ...range };
  if (at === row.queueAt + 1) return { card: termCard(COLUMN.get('Send-Q')!, word.text, sendLines(row)), ...range };
  if (at === row.queueAt + 2) return { card: termCard(COLUMN.get('Local Address:Port')!, word.text, []), ...range };
  if (at === row.queueAt + 3) return { card: termCard(COLUMN.get('Peer Address:Port')!, word.text, []), ...range };
  if (word.text.startsWith('users:(')) return { card: termCard(COLUMN.get('Process')!, null, []), ...range };
  return null;
}

/** "cwnd:10", "rtt:0.1/0.05", "sack", "timer:(keepalive,119min,0)". */
function infoCard(text: string, column: number): ReturnType<typeof ssCardAt> {
  const words = wordsOf(text);
  const at = words.findIndex((word) => column >= word.start && column <= word.end);
  const word = words[at];
  if (!word) return null;
  const name = /^[a-z_]+/.exec(word.text)?.[0] ?? '';
  const spec = INFO.get(name);
  if (!spec) return null;
  return { card: termCard(spec, word.text.length > name.length ? word.text.slice(name.length).replace(/^:/, '') : null, []), start: word.start, end: word.end };
}

function receiveLines(row: SsRow): Rich[] {
  const { receiveQueue: waiting, sendQueue: limit } = row;
  if (row.state !== 'LISTEN') return [[waiting === 0 ? t('The program has read everything that came.') : t('{0} wait for the program to read them.', bytes(waiting))]];
  const lines: Rich[] = [[t('{0} connections wait for accept(); the limit is {1}.', grouped(waiting), grouped(limit))]];
  if (waiting > limit) lines.push([{ strong: t('The accept queue is full.') }, ' ', t('New handshakes are ignored, or reset with tcp_abort_on_overflow=1, until the program accepts.')]);
  return lines;
}

function sendLines(row: SsRow): Rich[] {
  if (row.state === 'LISTEN') return [[t('At most {0} connections may wait for accept() (one more than that fits): min(backlog of listen(), net.core.somaxconn).', grouped(row.sendQueue))]];
  return [[row.sendQueue === 0 ? t('Everything that was sent is acknowledged.') : t('{0} are not acknowledged by the peer, or not sent yet.', bytes(row.sendQueue))]];
}

function termCard(spec: SsTerm, value: string | null, here: readonly Rich[]): CardDocument {
  const story: Rich[] = [[t(spec.story)]];
  if (spec.see.length > 0) {
    const parts: Inline[] = [t('Kernel parameters: ')];
    spec.see.forEach((key, i) => parts.push(...(i > 0 ? [', '] : []), { code: key }));
    story.push([...parts, '.']);
  }
  return {
    id: `ss.${spec.name}`,
    title: spec.name,
    headline: [{ strong: value === null ? spec.name : spec.name === value ? value : `${spec.name} ${value}` }, `: ${t(spec.doc)}`],
    here,
    story,
    sources: spec.source.split(/;\s*/),
    filter: '',
    copy: value ?? spec.name,
  };
}

export interface SsFinding {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly severity: 'warning' | 'info';
  readonly code: string;
  readonly message: string;
}

/** Sockets that tell of trouble: a full accept queue, CLOSE-WAIT. `most`: lines looked at. */
export function checkSs(lines: Iterable<string>, most = 20_000): SsFinding[] {
  const findings: SsFinding[] = [];
  let line = 0;
  for (const text of lines) {
    if (line >= most) break;
    const row = parseSsRow(text, line++);
    if (!row) continue;
    const word = row.words[row.queueAt]!;
    if (row.state === 'LISTEN' && row.receiveQueue > row.sendQueue) {
      findings.push({
        line: row.line, start: word.start, end: row.words[row.queueAt + 1]!.end, severity: 'warning', code: 'accept-queue-full',
        message: t('The accept queue is full: {0} connections wait, the limit is {1}. The program accepts too slowly, or the backlog of listen() and net.core.somaxconn are too small for its bursts.', row.receiveQueue, row.sendQueue),
      });
    } else if (row.state === 'CLOSE-WAIT') {
      const state = row.words[row.stateAt]!;
      findings.push({
        line: row.line, start: state.start, end: state.end, severity: 'info', code: 'close-wait',
        message: t('The peer has closed, the program here has not. If this socket stays, the program has forgotten close().'),
      });
    }
  }
  return findings;
}
