import { isDigit, type TextCursor } from './textCursor';

/** How a time is written. */
export const TIME_NONE = 0;
export const TIME_OF_DAY = 1; // HH:MM:SS.frac
export const TIME_EPOCH = 2; // seconds.frac since 1970
export const TIME_DATE = 3; // YYYY-MM-DD HH:MM:SS.frac, or MM/DD/YYYY
export const TIME_SIGNED = 4; // " HH:MM:SS.frac" or "-HH:MM:SS.frac": -ttt or -ttttt
export const TIME_SECONDS = 5; // tshark: seconds.frac since the first packet, or since the previous one
export const TIME_MICROS = 6; // tcpdump <= 3.9 -ttt: "000123" or "1. 002345"
export type TimeForm = 0 | 1 | 2 | 3 | 4 | 5 | 6;

/** What the numbers of a signed or seconds form count from. */
export type TimeOrigin = 'first' | 'previous';

const DAY = 86_400;
const HALF_DAY = DAY / 2;

/** Days from 1970-01-01 to a date of the proleptic Gregorian calendar. */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}

function two(b: Uint8Array, p: number): number {
  return (b[p]! - 0x30) * 10 + b[p + 1]! - 0x30;
}

/** Quick test: `dd:dd:dd` at p. */
export function isClock(b: Uint8Array, p: number, end: number): boolean {
  return (
    p + 8 <= end && b[p + 2] === 0x3a && b[p + 5] === 0x3a && isDigit(b[p]) && isDigit(b[p + 1]) && isDigit(b[p + 3]) && isDigit(b[p + 4]) && isDigit(b[p + 6]) && isDigit(b[p + 7])
  );
}

/** Quick test: `dddd-dd-dd dd:dd:dd` or `dd/dd/dddd dd:dd:dd` at p. */
export function isDateTime(b: Uint8Array, p: number, end: number): boolean {
  if (p + 19 > end || (b[p + 10] !== 0x20 && b[p + 10] !== 0x54) || !isClock(b, p + 11, end)) return false;
  if (b[p + 4] === 0x2d && b[p + 7] === 0x2d) return isDigit(b[p]) && isDigit(b[p + 1]) && isDigit(b[p + 2]) && isDigit(b[p + 3]) && isDigit(b[p + 5]) && isDigit(b[p + 6]) && isDigit(b[p + 8]) && isDigit(b[p + 9]);
  return b[p + 2] === 0x2f && b[p + 5] === 0x2f && isDigit(b[p]) && isDigit(b[p + 1]) && isDigit(b[p + 3]) && isDigit(b[p + 4]) && isDigit(b[p + 6]) && isDigit(b[p + 9]);
}

/** A time as written, before it is put on the capture's clock. */
export class WrittenTime {
  form: TimeForm = TIME_NONE;
  negative = false;
  seconds = 0;
  nanos = 0;
  /** Digits of the fraction as written. */
  digits = 0;

  /** Reads a time at the cursor and moves past it; returns false and stands still when there is none. */
  read(c: TextCursor): boolean {
    const b = c.bytes;
    const start = c.p;
    this.negative = false;
    if (isClock(b, start, c.end)) return this.clock(c, start, TIME_OF_DAY, 0);
    if (isDateTime(b, start, c.end)) {
      const iso = b[start + 4] === 0x2d;
      const year = iso ? two(b, start) * 100 + two(b, start + 2) : two(b, start + 6) * 100 + two(b, start + 8);
      const month = two(b, iso ? start + 5 : start);
      const day = two(b, iso ? start + 8 : start + 3);
      if (month < 1 || month > 12 || day < 1 || day > 31) return false;
      return this.clock(c, start + 11, TIME_DATE, daysFromCivil(year, month, day) * DAY);
    }
    const whole = c.number();
    if (whole < 0 || whole === Infinity) {
      c.p = start;
      return false;
    }
    if (c.peek() !== 0x2e || !this.fraction(c)) {
      c.p = start;
      return false;
    }
    this.form = whole > 1_000_000 ? TIME_EPOCH : TIME_SECONDS;
    this.seconds = whole;
    return true;
  }

  private clock(c: TextCursor, at: number, form: TimeForm, base: number): boolean {
    const b = c.bytes;
    const minute = two(b, at + 3);
    const second = two(b, at + 6);
    if (minute > 59 || second > 60) return false;
    this.form = form;
    this.seconds = base + two(b, at) * 3600 + minute * 60 + second;
    c.p = at + 8;
    if (!this.fraction(c)) {
      this.nanos = 0;
      this.digits = 0;
    }
    return true;
  }

  /** `.ddd`: one to nine digits. */
  private fraction(c: TextCursor): boolean {
    const b = c.bytes;
    let p = c.p;
    if (p + 1 >= c.end || (b[p] !== 0x2e && b[p] !== 0x2c) || !isDigit(b[p + 1])) return false;
    p++;
    let value = 0;
    let n = 0;
    while (p < c.end && n < 9) {
      const d = b[p]! - 0x30;
      if (d < 0 || d > 9) break;
      value = value * 10 + d;
      p++;
      n++;
    }
    this.digits = n;
    for (; n < 9; n++) value *= 10;
    this.nanos = value;
    c.p = p;
    return true;
  }
}

/** State of a capture's clock: what a checkpoint keeps. */
export interface ClockState {
  readonly day: number;
  readonly seconds: number;
  readonly nanos: number;
  readonly started: boolean;
}

/**
 * Puts written times on one axis: counts midnights of times without a date, adds up differences.
 * Times without a date count from 0 (midnight before the first packet); dates are taken as UTC, as the text has no zone.
 */
export class TextClock {
  seconds = 0;
  nanos = 0;
  /** Set from the opening sample: -ttt and -ttttt look alike. */
  origin: TimeOrigin = 'first';
  private day = 0;
  private started = false;

  get state(): ClockState {
    return { day: this.day, seconds: this.seconds, nanos: this.nanos, started: this.started };
  }

  set state(s: ClockState) {
    this.day = s.day;
    this.seconds = s.seconds;
    this.nanos = s.nanos;
    this.started = s.started;
  }

  /** Takes the next packet's time; the result is in `seconds` and `nanos`. */
  advance(t: WrittenTime): void {
    const counted = t.form === TIME_SIGNED || t.form === TIME_SECONDS || t.form === TIME_MICROS;
    if (counted && this.origin === 'previous') {
      const sign = t.negative ? -1 : 1;
      let nanos = this.nanos + sign * t.nanos;
      let seconds = this.seconds + sign * t.seconds;
      if (nanos < 0) {
        nanos += 1e9;
        seconds--;
      } else if (nanos >= 1e9) {
        nanos -= 1e9;
        seconds++;
      }
      this.seconds = seconds;
      this.nanos = nanos;
    } else if (t.negative) {
      this.seconds = t.nanos > 0 ? -t.seconds - 1 : -t.seconds;
      this.nanos = t.nanos > 0 ? 1e9 - t.nanos : 0;
    } else if (t.form === TIME_OF_DAY || t.form === TIME_SIGNED) {
      // A step back by many hours is midnight; a step forward by many hours is a packet from before it.
      let seconds = t.seconds + this.day * DAY;
      if (this.started && seconds < this.seconds - HALF_DAY) {
        this.day++;
        seconds += DAY;
      } else if (this.started && this.day > 0 && seconds > this.seconds + HALF_DAY) {
        this.day--;
        seconds -= DAY;
      }
      this.seconds = seconds;
      this.nanos = t.nanos;
    } else {
      this.seconds = t.seconds;
      this.nanos = t.nanos;
    }
    this.started = true;
  }
}
