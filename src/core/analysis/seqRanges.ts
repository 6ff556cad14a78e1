import { seqAfter, seqBefore, seqNotAfter } from '../bytes/seq';

export interface SeqRange {
  left: number;
  right: number;
}

/** Shared by all that are empty: most streams have no gaps. */
const NONE: SeqRange[] = [];

/** Disjoint ranges of sequence numbers in order, few by nature (gaps, SACK blocks) and at most `most`: the lowest go first. */
export class SeqRanges<T extends SeqRange> {
  list: T[] = NONE as T[];

  constructor(private readonly most: number) {}

  /** Puts a range behind all others. */
  push(range: T): void {
    this.own().push(range);
    if (this.list.length > this.most) this.list.shift();
  }

  /** The list, to put something in. */
  protected own(): T[] {
    if (this.list === NONE) this.list = [];
    return this.list;
  }

  /** First range that overlaps [left, right), or null. */
  overlap(left: number, right: number): T | null {
    for (const r of this.list) if (seqAfter(right, r.left) && seqBefore(left, r.right)) return r;
    return null;
  }

  /** [left, right) lies within one range. */
  covers(left: number, right: number): boolean {
    return this.list.some((r) => seqNotAfter(r.left, left) && seqNotAfter(right, r.right));
  }

  /** Takes [left, right) out; `split` makes the second part of a range that is cut in two. */
  remove(left: number, right: number, split: (range: T) => T): void {
    const { list } = this;
    for (let i = list.length - 1; i >= 0; i--) {
      const r = list[i]!;
      if (!seqAfter(right, r.left) || !seqBefore(left, r.right)) continue;
      const before = seqBefore(r.left, left);
      const after = seqAfter(r.right, right);
      if (before && after) {
        const rest = split(r);
        rest.left = right;
        list.splice(i + 1, 0, rest);
        r.right = left;
        if (list.length > this.most) list.shift();
      } else if (before) r.right = left;
      else if (after) r.left = right;
      else list.splice(i, 1);
    }
  }

  /** Forgets everything before `seq`. */
  dropBefore(seq: number): void {
    const { list } = this;
    while (list.length > 0 && seqNotAfter(list[0]!.right, seq)) list.shift();
    if (list.length > 0 && seqBefore(list[0]!.left, seq)) list[0]!.left = seq;
  }
}

/** Ranges that only say "this too": what SACK blocks told. Joins what touches. */
export class Scoreboard extends SeqRanges<SeqRange> {
  add(left: number, right: number): void {
    const list = this.own();
    let i = 0;
    while (i < list.length && seqBefore(list[i]!.right, left)) i++;
    let [from, to] = [left, right];
    let n = 0;
    for (; i + n < list.length && seqNotAfter(list[i + n]!.left, right); n++) {
      const r = list[i + n]!;
      if (seqBefore(r.left, from)) from = r.left;
      if (seqAfter(r.right, to)) to = r.right;
    }
    if (n === 1 && list[i]!.left === from && list[i]!.right === to) return;
    list.splice(i, n, { left: from, right: to });
    // A hostile peer may name more ranges than any real one: the lowest, which matter first, stay.
    if (list.length > 256) list.length = 256;
  }
}
