import fs from 'node:fs';
import path from 'node:path';

/** Folder of captures with oracle outputs, named by TCP_TRACE_CORPUS; tests that need it skip without. */
export const CORPUS = process.env.TCP_TRACE_CORPUS ?? '';

/** One capture and what tshark said of it. */
export interface OracleCase {
  /** Short name, unique over all folders. */
  readonly name: string;
  readonly capture: string;
  readonly oracle: string;
}

/** Captures that tshark reads (text it does not) with its TSV of one row per TCP segment: public ones, recordings, crafted rule checks. */
export function oracleCases(): OracleCase[] {
  if (!CORPUS) return [];
  const cases: OracleCase[] = [];
  const add = (oracleDir: string, captureDir: string, prefix: string): void => {
    for (const file of fs.readdirSync(oracleDir).filter((f) => f.endsWith('.tsv') && !f.endsWith('.txt.tsv')).sort()) {
      const name = file.slice(0, -'.tsv'.length);
      const capture = [name, name.replaceAll('__', '/')].map((n) => path.join(captureDir, n)).find((p) => fs.existsSync(p));
      if (capture) cases.push({ name: `${prefix}/${name}`, capture, oracle: path.join(oracleDir, file) });
    }
  };
  add(path.join(CORPUS, 'corpus/oracle'), path.join(CORPUS, 'corpus/captures'), 'corpus');
  add(path.join(CORPUS, 'recordings/oracle'), path.join(CORPUS, 'recordings'), 'recordings');
  const crafted = path.join(CORPUS, 'spec/crafted/oracle');
  if (fs.existsSync(crafted)) add(crafted, path.join(CORPUS, 'spec/crafted'), 'crafted');
  return cases;
}

/** A table with named columns, cells as text. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function readTable(file: string): Table {
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  const columns = (lines[0] ?? '').replace(/\r$/, '').split('\t');
  return { columns, rows: lines.slice(1).filter((l) => l !== '').map((l) => l.replace(/\r$/, '').split('\t')) };
}

const TIME = /(^frame\.time|rtt$|\.rto$|time_delta$|time_relative$)/;
const LABEL = /^tcp\.analysis\.(retransmission|fast_retransmission|spurious_retransmission|out_of_order|lost_segment|ack_lost_segment|duplicate_ack|zero_window|zero_window_probe|zero_window_probe_ack|window_update|window_full|keep_alive|keep_alive_ack|reused_ports)$/;

/** Whether two cells say the same: times to 2 µs, labels by presence, numbers by value. */
export function sameCell(column: string, a: string, b: string): boolean {
  if (a === b) return true;
  if (LABEL.test(column)) return present(a) === present(b);
  if (a === '' || b === '') return false;
  if (TIME.test(column)) return Math.abs(Number(a) - Number(b)) <= 2e-6;
  return normal(a) === normal(b);
}

export function isLabel(column: string): boolean {
  return LABEL.test(column);
}

function present(cell: string): boolean {
  return cell !== '' && cell !== '0' && cell !== 'False';
}

function normal(cell: string): string {
  if (/^(0x[0-9a-f]+|\d+)$/i.test(cell)) return String(Number(cell));
  return cell.toLowerCase().replace(/[:\s]/g, '');
}

/** Differences that we chose: capture, frame (or *), field, ours, oracle, reason. A row that matches nothing is a fault. */
export class DeliberateDifferences {
  private readonly rows: { readonly cells: readonly string[]; used: boolean }[];

  constructor(file: string) {
    this.rows = fs.existsSync(file) ? readTable(file).rows.map((cells) => ({ cells, used: false })) : [];
  }

  covers(capture: string, frame: string, field: string, ours: string, oracle: string): boolean {
    const row = this.rows.find(({ cells: [c, f, name, o, theirs] }) => c === capture && (f === frame || f === '*') && name === field && (o === ours || o === '*') && (theirs === oracle || theirs === '*'));
    if (row) row.used = true;
    return row !== undefined;
  }

  unused(): string[] {
    return this.rows.filter((r) => !r.used).map((r) => r.cells.join(' | '));
  }
}
