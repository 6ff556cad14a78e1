import { once } from 'node:events';
import type { Writable } from 'node:stream';

export type OutputFormat = 'tsv' | 'csv' | 'ndjson';
export type Cell = string | readonly string[];

const FLUSH_AT = 64 * 1024;

/** Writes rows in a format, in large pieces, and says when the reader of the pipe falls behind. */
export class RowWriter {
  private pending = '';
  /** The stream asked to wait: stop producing and await `drained`. */
  full = false;

  constructor(
    private readonly stream: Writable,
    private readonly format: OutputFormat,
    private readonly columns: readonly string[],
  ) {
    if (format !== 'ndjson') this.line(columns.map((c) => this.cell(c)).join(this.separator));
  }

  private get separator(): string {
    return this.format === 'tsv' ? '\t' : ',';
  }

  row(cells: readonly Cell[]): void {
    if (this.format === 'ndjson') this.line(JSON.stringify(Object.fromEntries(this.columns.map((c, i) => [c, cells[i]]))));
    else this.line(cells.map((c) => this.cell(typeof c === 'string' ? c : c.join(','))).join(this.separator));
  }

  private line(text: string): void {
    this.pending += text + '\n';
    if (this.pending.length >= FLUSH_AT) this.flush();
  }

  flush(): void {
    if (this.pending === '') return;
    if (!this.stream.write(this.pending)) this.full = true;
    this.pending = '';
  }

  async drained(): Promise<void> {
    if (this.full && this.stream.writableNeedDrain) await once(this.stream, 'drain');
    this.full = false;
  }

  private cell(text: string): string {
    if (this.format === 'tsv') return /[\t\n\r\\]/.test(text) ? text.replace(/[\t\n\r\\]/g, (c) => ESCAPES[c]!) : text;
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""').replace(/[\n\r]/g, (c) => ESCAPES[c]!)}"` : text;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\\': '\\\\' };
