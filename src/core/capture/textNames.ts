import { SERVICE_PORTS } from './textServices';
import { textOf } from './textCursor';

/** Distinct byte strings -> small numbers from 1, without making a string per look-up. */
class ByteInterner {
  private slots = new Int32Array(256);
  private starts = new Uint32Array(65);
  private arena = new Uint8Array(1024);
  private used = 0;
  private count = 0;

  /** Not to be guessed, so that no text can be made whose names all fall into one slot. */
  private readonly seed = Math.floor(Math.random() * 0x7fffffff);

  constructor(private readonly limit: number) {}

  get size(): number {
    return this.count;
  }

  /** The number of b[start, end); 0 when the limit is reached and it is new. */
  intern(b: Uint8Array, start: number, end: number): number {
    let hash = this.seed;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ b[i]!, 0x01000193);
    let slot = (hash ^ (hash >>> 15)) & (this.slots.length - 1);
    for (let id = this.slots[slot]!; id !== 0; id = this.slots[slot]!) {
      if (this.same(id, b, start, end)) return id;
      slot = (slot + 1) & (this.slots.length - 1);
    }
    if (this.count >= this.limit) return 0;
    const id = this.add(b, start, end);
    this.slots[slot] = id;
    if (this.count * 2 > this.slots.length) this.rehash();
    return id;
  }

  text(id: number): string {
    return id >= 1 && id <= this.count ? textOf(this.arena, this.starts[id - 1]!, this.starts[id]!) : '';
  }

  private same(id: number, b: Uint8Array, start: number, end: number): boolean {
    const from = this.starts[id - 1]!;
    if (this.starts[id]! - from !== end - start) return false;
    for (let i = start, k = from; i < end; i++, k++) if (b[i] !== this.arena[k]) return false;
    return true;
  }

  private add(b: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (this.used + length > this.arena.length) {
      const arena = new Uint8Array(Math.max(this.arena.length * 2, this.used + length));
      arena.set(this.arena.subarray(0, this.used));
      this.arena = arena;
    }
    this.arena.set(b.subarray(start, end), this.used);
    this.used += length;
    const id = ++this.count;
    if (id + 1 > this.starts.length) {
      const starts = new Uint32Array(this.starts.length * 2);
      starts.set(this.starts);
      this.starts = starts;
    }
    this.starts[id] = this.used;
    return id;
  }

  private rehash(): void {
    const slots = new Int32Array(this.slots.length * 4);
    for (let id = 1; id <= this.count; id++) {
      let hash = this.seed;
      for (let i = this.starts[id - 1]!; i < this.starts[id]!; i++) hash = Math.imul(hash ^ this.arena[i]!, 0x01000193);
      let slot = (hash ^ (hash >>> 15)) & (slots.length - 1);
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = id;
    }
    this.slots = slots;
  }
}

/** A host name that is longer than this is cut: DNS allows 253. */
const LONGEST_NAME = 256;

/**
 * Host, service and interface names of one text capture. Hosts become numbers for `Segment.src3`; service names become
 * their well-known port, unknown ones a port number that stands for the name in this capture only.
 */
export class TextNames {
  private readonly hosts = new ByteInterner(1 << 20);
  private readonly services = new ByteInterner(1 << 16);
  private readonly servicePort: number[] = [0];
  private readonly stoodFor = new Map<number, string>();
  private readonly free: number[] = [];

  constructor() {
    // Ports that IANA leaves unassigned below 1024: a name is nearly always the server's side, and low ports count as that.
    for (const [from, to] of [[916, 952], [955, 988], [889, 899], [874, 885]] as const) for (let p = from; p <= to; p++) this.free.push(p);
    for (let p = 65535; p > 64000; p--) this.free.push(p);
  }

  hostId(b: Uint8Array, start: number, end: number): number {
    return this.hosts.intern(b, start, Math.min(end, start + LONGEST_NAME));
  }

  /** The name behind a FAMILY_NAME address; empty for an unknown number. */
  hostName(id: number): string {
    return this.hosts.text(id);
  }

  get hostCount(): number {
    return this.hosts.size;
  }

  /** Port number for a service name: the well-known one, else one that stands for it (see `portName`); 0 when there are too many. */
  portOf(b: Uint8Array, start: number, end: number): number {
    const id = this.services.intern(b, start, Math.min(end, start + LONGEST_NAME));
    if (id === 0) return 0;
    let port = this.servicePort[id];
    if (port === undefined) {
      const name = this.services.text(id);
      port = SERVICE_PORTS.get(name) ?? -1;
      if (port < 0) {
        port = this.free.shift() ?? 0;
        if (port !== 0) this.stoodFor.set(port, name);
      }
      this.servicePort[id] = port;
    }
    return port;
  }

  /** The text of a port number that stands for an unknown service name; null when the number is a real one. */
  portName(port: number): string | null {
    return this.stoodFor.get(port) ?? null;
  }
}
