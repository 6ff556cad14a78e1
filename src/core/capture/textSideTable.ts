import { Resolution } from './textFlows';

const SHIFT = 14;
const ROWS = 1 << SHIFT;
const MASK = ROWS - 1;

class Block {
  readonly line = new Uint32Array(ROWS);
  readonly lines = new Uint16Array(ROWS);
  readonly seqAdd = new Uint32Array(ROWS);
  readonly ackAdd = new Uint32Array(ROWS);
  readonly bits = new Uint16Array(ROWS);
}

/** Per record of a text capture: its lines, and what was added to its printed numbers. 16 bytes a record. */
export class TextSideTable {
  private readonly blocks: (Block | null)[] = [];
  private rows = 0;
  private dropped = 0;

  /** `lines`: how many the record has. */
  add(line: number, lines: number, r: Resolution): void {
    const block = (this.blocks[this.rows >>> SHIFT] ??= new Block());
    const i = this.rows++ & MASK;
    block.line[i] = line;
    block.lines[i] = Math.min(lines, 0xffff);
    block.seqAdd[i] = r.seqAdd;
    block.ackAdd[i] = r.ackAdd;
    block.bits[i] = r.bits;
  }

  /** Line (from 1) of a record; 0 when it is not kept. */
  line(record: number): number {
    return this.blocks[record >>> SHIFT]?.line[record & MASK] ?? 0;
  }

  /** How many lines a record has, at most 65 535; 0 when it is not kept. */
  lineCount(record: number): number {
    return this.blocks[record >>> SHIFT]?.lines[record & MASK] ?? 0;
  }

  resolution(record: number, out: Resolution): void {
    const block = record < this.rows ? this.blocks[record >>> SHIFT] : null;
    out.seqAdd = block?.seqAdd[record & MASK] ?? 0;
    out.ackAdd = block?.ackAdd[record & MASK] ?? 0;
    out.bits = block?.bits[record & MASK] ?? 0;
  }

  /** Last record that starts at or before a line; -1 when there is none. */
  recordOfLine(line: number): number {
    let low = this.dropped;
    let high = this.rows - 1;
    let best = -1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      if (this.line(middle) <= line) {
        best = middle;
        low = middle + 1;
      } else high = middle - 1;
    }
    return best;
  }

  dropBefore(record: number): void {
    const block = Math.min(record, this.rows) >>> SHIFT;
    for (let b = this.dropped >>> SHIFT; b < block; b++) this.blocks[b] = null;
    this.dropped = Math.max(this.dropped, block << SHIFT);
  }
}
