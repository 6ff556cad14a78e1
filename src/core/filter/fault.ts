import type { Span } from './ast';

/** What is wrong with a filter, and where. */
export interface FilterFault extends Span {
  /** One sentence for the user. */
  readonly message: string;
  /** What to write in place of the span, most likely first. */
  readonly suggestions: readonly string[];
}

/** Thrown inside the filter compiler only; callers get the fault as a value. */
export class FilterError extends Error {
  constructor(
    readonly span: Span,
    message: string,
    readonly suggestions: readonly string[] = [],
  ) {
    super(message);
  }

  get fault(): FilterFault {
    return { from: this.span.from, to: this.span.to, message: this.message, suggestions: this.suggestions };
  }
}

/** Result of something that may find a fault. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: FilterFault };

/** Runs a step of the compiler; a FilterError becomes a value, anything else is a fault of ours and goes on. */
export function attempt<T>(step: () => T): Outcome<T> {
  try {
    return { ok: true, value: step() };
  } catch (error) {
    if (error instanceof FilterError) return { ok: false, fault: error.fault };
    throw error;
  }
}

/** The names nearest to what was typed, best first, at most three: a few letters off, or the same word in another place. */
export function nearest(typed: string, names: Iterable<string>): readonly string[] {
  const wanted = typed.toLowerCase();
  const last = wanted.slice(wanted.lastIndexOf('.') + 1);
  const most = Math.max(1, Math.floor(wanted.length / 4));
  const found: { name: string; distance: number }[] = [];
  for (const name of names) {
    let distance = editDistance(wanted, name.toLowerCase(), most);
    if (distance > most && last.length >= 3 && name.slice(name.lastIndexOf('.') + 1).startsWith(last)) distance = most + 0.5 + name.length / 100;
    if (distance <= most + 1.5) found.push({ name, distance });
  }
  return found.sort((a, b) => a.distance - b.distance || a.name.length - b.name.length).slice(0, 3).map((f) => f.name);
}

/** Levenshtein distance with neighbours swapped counted once; anything over `most` is most + 2. */
function editDistance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 2;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1);
      next.push(cost);
    }
    before = row;
    row = next;
  }
  const distance = row[b.length]!;
  return distance > most ? most + 2 : distance;
}
