import { u64be, u64le } from '../bytes/read';
import type { CapturedRecord } from './captureReader';

/** Turns the timestamps of one interface (if_tsresol, if_tsoffset) into seconds and nanoseconds. */
export class TimestampUnit {
  /** For display; a huge resolution is rounded. */
  readonly ticksPerSecond: number;
  /** Nanoseconds per tick where that is a whole number, else 0. */
  private readonly nanosPerTick: number;
  private readonly ticks: bigint;

  /**
   * @param resolution the byte of if_tsresol: a power of ten, or of two when the highest bit is set; negated
   * @param offsetSeconds if_tsoffset
   */
  constructor(
    resolution: number,
    private readonly offsetSeconds: number,
  ) {
    this.ticks = (resolution & 0x80 ? 2n : 10n) ** BigInt(resolution & 0x7f);
    this.ticksPerSecond = Number(this.ticks);
    this.nanosPerTick = (resolution & 0x80) === 0 && resolution <= 9 ? 10 ** (9 - resolution) : 0;
  }

  /** True when microseconds do not hold its timestamps. */
  get isFine(): boolean {
    return this.ticksPerSecond > 1e6;
  }

  /** Splits the 64-bit count high * 2^32 + low, exactly. */
  read(record: CapturedRecord, high: number, low: number): void {
    const perSecond = this.ticksPerSecond;
    if (this.nanosPerTick === 0) {
      const count = (BigInt(high) << 32n) | BigInt(low);
      record.seconds = Number(count / this.ticks) + this.offsetSeconds;
      record.nanos = Number(((count % this.ticks) * 1_000_000_000n) / this.ticks);
      return;
    }
    // Long division by 16-bit digits: every step stays below 2^53, so nothing is rounded.
    let seconds = quotient(high, perSecond);
    let rest = high - seconds * perSecond;
    let part = rest * 65536 + (low >>> 16);
    let digit = quotient(part, perSecond);
    rest = part - digit * perSecond;
    seconds = seconds * 65536 + digit;
    part = rest * 65536 + (low & 0xffff);
    digit = quotient(part, perSecond);
    rest = part - digit * perSecond;
    seconds = seconds * 65536 + digit;
    record.seconds = seconds + this.offsetSeconds;
    record.nanos = rest * this.nanosPerTick;
  }
}

/** if_tsoffset: signed 64-bit seconds, rounded where a double cannot hold them. */
export function readOffset(bytes: Uint8Array, at: number, littleEndian: boolean): number {
  return Number(BigInt.asIntN(64, littleEndian ? u64le(bytes, at) : u64be(bytes, at)));
}

/** floor(a / b) for integers below 2^53: the rounded quotient may be one too large. */
function quotient(a: number, b: number): number {
  const q = Math.floor(a / b);
  return q * b > a ? q - 1 : q;
}
