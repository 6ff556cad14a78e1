/** Lines [start, oldEnd) of a text became lines [start, newEnd). */
interface LineEdit {
  readonly start: number;
  readonly oldEnd: number;
  readonly newEnd: number;
}

/** An edit as VS Code tells it: the range of the text before, and what stands there now. */
export interface TextChange {
  readonly range: { readonly start: { readonly line: number; readonly character: number }; readonly end: { readonly line: number; readonly character: number } };
  readonly text: string;
}

/** More edits than this are not followed one by one. */
const MOST_EDITS = 1000;

/** Where lines of an earlier version of a text are now, and the other way round. Lines that an edit touched are nowhere. */
export class LineMap {
  private edits: LineEdit[] = [];
  private lost = false;

  /** Nothing has changed. */
  get isIdentity(): boolean {
    return this.edits.length === 0 && !this.lost;
  }

  add(change: TextChange): void {
    if (this.edits.length >= MOST_EDITS) {
      this.lost = true;
      return;
    }
    const { start, end } = change.range;
    const breaks = countLineBreaks(change.text);
    // Whole lines put in or taken out leave the line behind them as it was.
    const whole = start.character === 0 && end.character === 0 && (change.text === '' || /[\r\n]$/.test(change.text));
    this.edits.push({ start: start.line, oldEnd: end.line + (whole ? 0 : 1), newEnd: start.line + breaks + (whole ? 0 : 1) });
  }

  /** Line of the earlier text that stands at `line` now; null where there was none. */
  toOld(line: number): number | null {
    if (this.lost) return null;
    let at = line;
    for (let i = this.edits.length - 1; i >= 0; i--) {
      const { start, oldEnd, newEnd } = this.edits[i]!;
      if (at < start) continue;
      if (at < newEnd) return null;
      at += oldEnd - newEnd;
    }
    return at;
  }

  /** Where a line of the earlier text stands now; null when it was changed. */
  toNew(line: number): number | null {
    if (this.lost) return null;
    let at = line;
    for (const { start, oldEnd, newEnd } of this.edits) {
      if (at < start) continue;
      if (at < oldEnd) return null;
      at += newEnd - oldEnd;
    }
    return at;
  }
}

function countLineBreaks(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0;
}
