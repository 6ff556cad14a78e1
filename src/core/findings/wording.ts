import type { Direction, Nanoseconds } from '../bytes/units';
import { duration, grouped, sentence, side } from '../explain/words';
import { t } from '../l10n';
import type { StreamFacts } from '../study/streamFacts';

/** "the client", "the server": the sender of a direction. */
export function who(facts: StreamFacts, direction: Direction): string {
  return side(facts.roleOf(direction));
}

/** The same at the start of a sentence. */
export function Who(facts: StreamFacts, direction: Direction): string {
  return sentence(who(facts, direction));
}

/** A length of time, where the stream has times. */
export function timeWord(facts: StreamFacts, time: Nanoseconds): string {
  return facts.timed && !Number.isNaN(time) ? duration(time) : t('an unknown time');
}

/** Joins sentences; empty ones are left out. */
export function sentences(...parts: readonly string[]): string {
  return parts.filter((p) => p !== '').join(' ');
}

/** "once", "twice", "7 times". */
export function times(n: number): string {
  return n === 1 ? t('once') : n === 2 ? t('twice') : t('{0} times', grouped(n));
}
