import type { SeriesId, SeriesLine } from '../seriesApi';

/** Growing columns of points. */
class Points {
  x = new Float64Array(256);
  y = new Float64Array(256);
  packet = new Uint32Array(256);
  count = 0;

  push(x: number, y: number, packet: number): void {
    if (this.count === this.x.length) {
      const size = this.count * 2;
      this.x = copied(this.x, new Float64Array(size));
      this.y = copied(this.y, new Float64Array(size));
      this.packet = copied(this.packet, new Uint32Array(size));
    }
    this.x[this.count] = x;
    this.y[this.count] = y;
    this.packet[this.count++] = packet;
  }
}

function copied<T extends Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>(from: T, to: T): T {
  to.set(from);
  return to;
}

/**
 * Thins out a line whose x ascends while it is being made: of each step of x it keeps the first, the lowest, the highest and the
 * last point, so that neither extremes nor the line between steps change. `width` 0 keeps all.
 */
export class LineThinner {
  private readonly out = new Points();
  private step = NaN;
  private held = 0;
  /** First, lowest, highest, last point of the step in work. */
  private readonly x = new Float64Array(4);
  private readonly y = new Float64Array(4);
  private readonly packet = new Uint32Array(4);
  /** Order of arrival of the four. */
  private readonly order = new Uint32Array(4);
  total = 0;

  constructor(
    private readonly id: SeriesId,
    private readonly from: number,
    private readonly width: number,
    private readonly most = Infinity,
  ) {}

  push(x: number, y: number, packet: number): void {
    this.total++;
    if (this.width <= 0) {
      if (this.out.count < this.most) this.out.push(x, y, packet);
      return;
    }
    const step = Math.floor((x - this.from) / this.width);
    if (step !== this.step) {
      this.flush();
      this.step = step;
      this.held = 0;
    }
    if (this.held === 0) for (let k = 0; k < 4; k++) this.set(k, x, y, packet);
    else {
      if (y < this.y[1]!) this.set(1, x, y, packet);
      if (y > this.y[2]!) this.set(2, x, y, packet);
      this.set(3, x, y, packet);
    }
    this.held++;
  }

  private set(k: number, x: number, y: number, packet: number): void {
    this.x[k] = x;
    this.y[k] = y;
    this.packet[k] = packet;
    this.order[k] = this.held;
  }

  private flush(): void {
    if (this.held === 0) return;
    const low = this.order[1]! <= this.order[2]! ? 1 : 2;
    let last = -1;
    for (const k of [0, low, 3 - low, 3]) {
      if (this.order[k]! <= last) continue;
      last = this.order[k]!;
      this.out.push(this.x[k]!, this.y[k]!, this.packet[k]!);
    }
    this.held = 0;
  }

  line(): SeriesLine {
    this.flush();
    const { x, y, packet, count } = this.out;
    return { id: this.id, x: x.slice(0, count), y: y.slice(0, count), high: new Float64Array(0), packet: packet.slice(0, count), total: this.total };
  }
}

/**
 * Thins out bars (ranges of y): bars of one step of x that touch or overlap become one; those apart stay apart, up to four a step,
 * then the last one takes in what comes, so that the extremes stay.
 */
export class BarThinner {
  private readonly out = new Points();
  private high = new Float64Array(256);
  private step = NaN;
  private firstOfStep = 0;
  total = 0;

  constructor(
    private readonly id: SeriesId,
    private readonly from: number,
    private readonly width: number,
    private readonly most = Infinity,
  ) {}

  push(x: number, low: number, high: number, packet: number): void {
    this.total++;
    const { out } = this;
    if (this.width > 0) {
      const step = Math.floor((x - this.from) / this.width);
      if (step !== this.step) {
        this.step = step;
        this.firstOfStep = out.count;
      }
      for (let k = this.firstOfStep; k < out.count; k++) {
        const full = out.count - this.firstOfStep >= 4 && k === out.count - 1;
        if (!full && (low > this.high[k]! || high < out.y[k]!)) continue;
        out.y[k] = Math.min(out.y[k]!, low);
        this.high[k] = Math.max(this.high[k]!, high);
        return;
      }
    } else if (out.count >= this.most) return;
    if (out.count === this.high.length) this.high = copied(this.high, new Float64Array(out.count * 2));
    this.high[out.count] = high;
    out.push(x, low, packet);
  }

  line(): SeriesLine {
    const { x, y, packet, count } = this.out;
    return { id: this.id, x: x.slice(0, count), y: y.slice(0, count), high: this.high.slice(0, count), packet: packet.slice(0, count), total: this.total };
  }
}
