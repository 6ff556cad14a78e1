import type { TestSegment } from './pcapWriter';

const SYN = 2, ACK = 16;
export const MSS = 100;

/** Options: timestamps, and SACK blocks (relative to the client's data). */
const stamps = (value: number, echo: number): number[] => [8, 10, ...u32(value), ...u32(echo), 1, 1];
const u32 = (n: number): number[] => [(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
const CLIENT = 1000, SERVER = 5000;

/** A client that sends to a server, 20 ms away from the capture point unless told otherwise; numbers count in segments of 100 bytes from 0. */
export class Bulk {
  readonly segments: TestSegment[] = [];
  private id = 100;

  /** `near`: where the capture was taken; `far`: seconds to the other end and back. */
  constructor(
    private readonly near: 'client' | 'server' = 'client',
    private readonly far = 0.02,
  ) {
    const close = far / 200;
    const [there, back] = near === 'client' ? [far, close] : [close, far];
    this.segments.push(
      { from: 'client', flags: SYN, seq: CLIENT, time: 0, ipId: this.id++, options: [2, 4, 5, 0xb4, 4, 2, ...stamps(1, 0).slice(0, 10), 1, 3, 3, 7] },
      { from: 'server', flags: SYN | ACK, seq: SERVER, ack: CLIENT + 1, time: there, ipId: 0, options: [2, 4, 5, 0xb4, 4, 2, ...stamps(1, 1).slice(0, 10), 1, 3, 3, 7] },
      { from: 'client', flags: ACK, seq: CLIENT + 1, ack: SERVER + 1, time: there + back, ipId: this.id++ },
    );
  }

  /** Segment n of the data; `id` and `stamp` default to counting up, `stamp` to the time in milliseconds. */
  data(n: number, time: number, more: { readonly id?: number; readonly stamp?: number; readonly count?: number; readonly ttl?: number } = {}): this {
    const id = more.id ?? this.id++;
    this.segments.push({
      from: 'client', flags: ACK, seq: CLIENT + 1 + n * MSS, ack: SERVER + 1, time, ipId: id, payload: 'x'.repeat(MSS * (more.count ?? 1)),
      options: stamps(more.stamp ?? Math.round(time * 1000) + 1, 1), ...(more.ttl === undefined ? {} : { ttl: more.ttl }),
    });
    return this;
  }

  /** Everything before segment n is acknowledged. `sack`: pairs of segment numbers; `echo`: the TSecr. */
  ack(n: number, time: number, more: { readonly sack?: readonly (readonly [number, number])[]; readonly echo?: number; readonly window?: number } = {}): this {
    const blocks = (more.sack ?? []).flatMap(([l, r]) => [...u32(CLIENT + 1 + l * MSS), ...u32(CLIENT + 1 + r * MSS)]);
    this.segments.push({
      from: 'server', flags: ACK, seq: SERVER + 1, ack: CLIENT + 1 + n * MSS, time, ipId: 0x4000 + this.segments.length, window: more.window ?? 500,
      options: [...stamps(Math.round(time * 1000) + 1, more.echo ?? Math.round(time * 1000) + 1), ...(blocks.length > 0 ? [1, 1, 5, 2 + blocks.length, ...blocks] : [])],
    });
    return this;
  }

  /** One way to the server and back, as the capture point sees it: from data to its ACK. */
  get turn(): number {
    return this.near === 'client' ? this.far : this.far / 200;
  }
}
