/** IP IDs farther apart than this (of 65536) are not compared: the counter may have gone round. */
const ID_REACH = 0x2000;

/** Does a sender count its IP IDs up? Only then is their order the order of sending. */
export class IpIdOrder {
  private latest = 0;
  private up = 0;
  private down = 0;
  private same = 0;

  note(id: number): void {
    if (id === 0) return;
    const step = (id - this.latest) & 0xffff;
    if (this.latest !== 0) {
      if (step === 0) this.same++;
      else if (step < ID_REACH) this.up++;
      else this.down++;
    }
    if (step < 0x8000 || this.latest === 0) this.latest = id;
  }

  /** IP IDs tell one transmission from another. */
  get tell(): boolean {
    return this.same <= this.up + this.down;
  }

  /** Signed distance of two IP IDs where they are known to count up; 0 when nothing can be said. */
  step(from: number, to: number): number {
    if (from === 0 || to === 0 || this.up < 2 || this.down * 4 > this.up || !this.tell) return 0;
    const step = ((to - from) << 16) >> 16;
    return Math.abs(step) < ID_REACH ? step : 0;
  }
}
