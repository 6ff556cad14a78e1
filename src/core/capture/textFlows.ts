import { seqAfter, seqDiff } from '../bytes/seq';
import { ACK, DERIVED_SEQ, FIN, KNOWN_ABSOLUTE_ACK, KNOWN_ABSOLUTE_SEQ, KNOWN_ACK, KNOWN_LENGTH, KNOWN_WINDOW, OPT_WINDOW_SCALE, SYN, type Segment } from '../decode/segment';

/** How a flow's numbers are printed: not yet clear, relative to its first, or as they are (-S, or an excerpt whose start is missing). */
const UNDECIDED = 0;
const RELATIVE = 1;
const AS_PRINTED = 2;

/** Bits of a flow's state, per end (shifted by 1 for end B). */
const BASE_KNOWN_A = 0x01;
const NEXT_KNOWN_A = 0x04;
/** tcpdump has an entry for the pair. */
const ENTRY = 0x10;
/** The flow's first numbers are so small that they may be relative to something the text no longer holds. */
const DOUBTFUL = 0x20;
/** next* are absolute. */
const NEXT_ABSOLUTE_A = 0x40;

const NO_SHIFT = 0x80;
const KEY_WORDS = 10;
/** Below this a first number is more likely relative than an absolute one that happens to be small. */
const SMALL = 65_536;
/** From this on a number without a known base is taken as absolute. */
const LARGE = 1 << 24;

/** What the last `resolve` added to the printed numbers, so that one record can be resolved again on its own. */
export class Resolution {
  seqAdd = 0;
  ackAdd = 0;
  /** KNOWN_ABSOLUTE_*, DERIVED_SEQ and RES_SACK_FROM_ACK. */
  bits = 0;
}
/** SACK edges count from ack - 1: they are relative already on the segment that makes the entry. */
export const RES_SACK_FROM_ACK = 0x8000;

function distance(a: number, b: number): number {
  const d = seqDiff(a, b);
  return d > 0x80000000 ? 0x1_0000_0000 - d : d;
}

/**
 * The pairs of endpoints of a text capture, and what tcpdump's relative sequence numbers count from (tcpdump-text 5.1):
 * one entry per pair, made or refreshed only by segments with ACK. Also carries each end's next sequence number, which
 * stands in where the text shows none (a pure ACK): such a value is derived, `known` says so.
 */
export class TextFlows {
  private slots = new Int32Array(1024);
  private keys = new Uint32Array(KEY_WORDS * 64);
  private baseA = new Uint32Array(64);
  private baseB = new Uint32Array(64);
  private nextA = new Uint32Array(64);
  private nextB = new Uint32Array(64);
  private state = new Uint8Array(64);
  private extra = new Uint8Array(64); // NEXT_ABSOLUTE of B in bit 0
  private mode = new Uint8Array(64);
  /** tshark: each end's announced window shift plus 1 (0: no SYN seen, NO_SHIFT: a SYN without), A in the low byte. */
  private shift = new Uint16Array(64);
  private count = 0;
  /** What other flows of the same output showed: decides where a flow itself gives no evidence. */
  private prior = UNDECIDED;
  private last = 0;
  private readonly key = new Uint32Array(KEY_WORDS);
  /** Not to be guessed, so that no text can be made whose pairs all fall into one slot. */
  private readonly seed = Math.floor(Math.random() * 0x7fffffff);

  get size(): number {
    return this.count;
  }

  /** A new run of the tool begins: its table is empty. */
  startSection(): void {
    if (this.count === 0) return;
    this.slots = new Int32Array(1024);
    this.count = 0;
    this.last = 0;
    this.prior = UNDECIDED;
  }

  /**
   * Puts the printed numbers of `s` back to absolute where they can be, in place, and says so in `s.known`.
   * `seqShown`, `ackShown`: the text shows them. `out` receives what was added.
   */
  resolve(s: Segment, seqShown: boolean, ackShown: boolean, out: Resolution): void {
    const reversed = this.buildKey(s);
    const f = this.lookUp();
    const sender = reversed ? 1 : 0;
    out.bits = 0;
    out.seqAdd = out.ackAdd = 0;
    if ((s.flags & ACK) === 0) out.bits = KNOWN_ABSOLUTE_SEQ;
    else this.resolveWithAck(s, f, sender, seqShown, ackShown, out);
    const state = this.state[f]!;
    if (seqShown) s.seq = (s.seq + out.seqAdd) >>> 0;
    else {
      out.bits &= ~KNOWN_ABSOLUTE_SEQ;
      if (state & (NEXT_KNOWN_A << sender)) {
        out.seqAdd = sender ? this.nextB[f]! : this.nextA[f]!;
        out.bits |= this.nextAbsolute(f, sender) ? KNOWN_ABSOLUTE_SEQ | DERIVED_SEQ : DERIVED_SEQ;
      } else out.seqAdd = 0;
      s.seq = out.seqAdd;
    }
    if (ackShown) s.ack = (s.ack + out.ackAdd) >>> 0;
    else out.bits &= ~KNOWN_ABSOLUTE_ACK;
    if (s.sackCount > 0) {
      const add = out.bits & RES_SACK_FROM_ACK ? (s.ack - 1) >>> 0 : out.ackAdd;
      for (let i = 0; i < s.sackCount; i++) {
        s.sackLeft[i] = s.sackLeft[i]! + add;
        s.sackRight[i] = s.sackRight[i]! + add;
      }
    }
    s.known |= out.bits & (KNOWN_ABSOLUTE_SEQ | KNOWN_ABSOLUTE_ACK | DERIVED_SEQ);
    this.follow(s, f, sender, seqShown, ackShown, out.bits);
  }

  private resolveWithAck(s: Segment, f: number, sender: number, seqShown: boolean, ackShown: boolean, out: Resolution): void {
    const state = this.state[f]!;
    const both = KNOWN_ABSOLUTE_SEQ | KNOWN_ABSOLUTE_ACK;
    if ((state & ENTRY) === 0 || (s.flags & SYN) !== 0) {
      const syn = (s.flags & SYN) !== 0;
      let next = state & ~(BASE_KNOWN_A | (BASE_KNOWN_A << 1) | DOUBTFUL);
      next |= ENTRY;
      if (seqShown) {
        this.setBase(f, sender, s.seq);
        next |= BASE_KNOWN_A << sender;
      } else if (state & (NEXT_KNOWN_A << sender)) {
        // Its SYN was seen: the first pure ACK stands where the SYN ended.
        this.setBase(f, sender, sender ? this.nextB[f]! : this.nextA[f]!);
        next |= BASE_KNOWN_A << sender;
      } else this.setBase(f, sender, 0);
      if (ackShown) {
        this.setBase(f, 1 - sender, (s.ack - 1) >>> 0);
        next |= BASE_KNOWN_A << (1 - sender);
      }
      if (!syn && ((ackShown && s.ack < SMALL) || (seqShown && s.seq < SMALL)) && (state & (NEXT_KNOWN_A | (NEXT_KNOWN_A << 1))) === 0) next |= DOUBTFUL;
      this.state[f] = next;
      this.mode[f] = UNDECIDED;
      out.bits = next & DOUBTFUL ? 0 : both;
      if (s.sackCount > 0 && this.prior !== AS_PRINTED && this.sackIsRelative(s)) out.bits |= RES_SACK_FROM_ACK;
      return;
    }
    let mode = this.mode[f]!;
    if (mode === UNDECIDED) {
      mode = this.judge(s, f, sender, seqShown, ackShown);
      if (mode !== UNDECIDED) {
        this.mode[f] = mode;
        // A doubtful flow may be an excerpt of relative output: it says nothing about the others.
        if ((state & DOUBTFUL) === 0) this.prior = mode;
      } else if (this.prior !== UNDECIDED) mode = this.prior;
    }
    const doubtful = (state & DOUBTFUL) !== 0;
    if (mode === AS_PRINTED) {
      if (!doubtful) out.bits = both;
      return;
    }
    const knownSender = (state & (BASE_KNOWN_A << sender)) !== 0;
    const knownPeer = (state & (BASE_KNOWN_A << (1 - sender))) !== 0;
    if (mode === UNDECIDED && !doubtful) {
      if (!knownSender && seqShown && s.seq >= LARGE) out.bits |= KNOWN_ABSOLUTE_SEQ;
      if (!knownPeer && ackShown && s.ack >= LARGE) out.bits |= KNOWN_ABSOLUTE_ACK;
    }
    if (knownSender) {
      out.seqAdd = sender ? this.baseB[f]! : this.baseA[f]!;
      if (!doubtful) out.bits |= KNOWN_ABSOLUTE_SEQ;
    }
    if (knownPeer) {
      out.ackAdd = sender ? this.baseA[f]! : this.baseB[f]!;
      if (!doubtful) out.bits |= KNOWN_ABSOLUTE_ACK;
    }
  }

  /**
   * `reused`: the text says that a new connection begins on the same ports.
   * tshark's lines: numbers are relative to the stream's first, or raw in the whole text; windows are scaled once both SYNs
   * announced a shift, and are put back to what the header carried. The shift used (plus 1) goes into the low bits of `out.bits`.
   */
  resolveTshark(s: Segment, seqShown: boolean, ackShown: boolean, printedWindow: number, reused: boolean, out: Resolution): void {
    const sender = this.buildKey(s) ? 1 : 0;
    const f = this.lookUp();
    out.seqAdd = out.ackAdd = 0;
    out.bits = 0;
    const syn = (s.flags & SYN) !== 0;
    // The note also stands on SYN/ACKs, which begin nothing.
    if (reused && (s.flags & (SYN | ACK)) === SYN) this.shift[f] = 0;
    if (this.mode[f] === UNDECIDED && seqShown) {
      const first = syn ? s.seq : Math.max(s.seq, ackShown ? s.ack : 0);
      let mode = first <= 1 ? RELATIVE : syn ? AS_PRINTED : this.prior;
      if (mode === UNDECIDED && first >= LARGE) mode = AS_PRINTED;
      this.mode[f] = mode;
      if (mode !== UNDECIDED) this.prior = mode;
    }
    if (this.mode[f] === AS_PRINTED) {
      if (seqShown) out.bits |= KNOWN_ABSOLUTE_SEQ;
      if (ackShown) out.bits |= KNOWN_ABSOLUTE_ACK;
    }
    const at = sender ? 8 : 0;
    if (syn) {
      const announced = s.optionsSeen & OPT_WINDOW_SCALE ? Math.min(s.windowScale, 14) + 1 : NO_SHIFT;
      this.shift[f] = (this.shift[f]! & ~(0xff << at)) | (announced << at);
    } else if (((this.shift[f]! >> (8 - at)) & NO_SHIFT) === 0) out.bits |= (this.shift[f]! >> at) & 0x1f;
    unscaleWindow(s, printedWindow, out.bits);
    s.known |= out.bits & (KNOWN_ABSOLUTE_SEQ | KNOWN_ABSOLUTE_ACK);
  }

  /** SACK edges lie near the ACK: which reading puts them nearer? */
  private sackIsRelative(s: Segment): boolean {
    const edge = s.sackRight[0]!;
    return distance((edge + s.ack - 1) >>> 0, s.ack) <= distance(edge, s.ack);
  }

  /** Which reading of the printed numbers lies nearer to what the flow has shown. */
  private judge(s: Segment, f: number, sender: number, seqShown: boolean, ackShown: boolean): number {
    const state = this.state[f]!;
    if (ackShown && state & (BASE_KNOWN_A << (1 - sender))) {
      const verdict = this.nearer(s.ack, sender ? this.baseA[f]! : this.baseB[f]!);
      if (verdict !== UNDECIDED) return verdict;
    }
    if (seqShown && state & (BASE_KNOWN_A << sender)) return this.nearer(s.seq, sender ? this.baseB[f]! : this.baseA[f]!);
    return UNDECIDED;
  }

  private nearer(printed: number, base: number): number {
    const absolute = distance(printed, base);
    const relative = distance(printed, 0);
    return absolute === relative ? UNDECIDED : absolute < relative ? AS_PRINTED : RELATIVE;
  }

  /** Keeps each end's next sequence number. */
  private follow(s: Segment, f: number, sender: number, seqShown: boolean, ackShown: boolean, bits: number): void {
    if (seqShown) {
      const length = s.known & KNOWN_LENGTH && s.length < 0x10000000 ? s.length : 0;
      const end = (s.seq + length + (s.flags & SYN ? 1 : 0) + (s.flags & FIN ? 1 : 0)) >>> 0;
      const absolute = (bits & KNOWN_ABSOLUTE_SEQ) !== 0;
      this.advance(f, sender, end, absolute, (s.flags & SYN) !== 0);
    }
    // What the peer acknowledges was sent, seen or not.
    if (ackShown) this.advance(f, 1 - sender, s.ack, (bits & KNOWN_ABSOLUTE_ACK) !== 0, false);
  }

  private advance(f: number, end: number, to: number, absolute: boolean, force: boolean): void {
    const state = this.state[f]!;
    const next = end ? this.nextB : this.nextA;
    const known = (state & (NEXT_KNOWN_A << end)) !== 0;
    if (known && !force && this.nextAbsolute(f, end) === absolute && !seqAfter(to, next[f]!)) return;
    if (known && !force && this.nextAbsolute(f, end) && !absolute) return;
    next[f] = to;
    this.state[f] = this.state[f]! | (NEXT_KNOWN_A << end);
    if (end) this.extra[f] = absolute ? 1 : 0;
    else this.state[f] = absolute ? this.state[f] | NEXT_ABSOLUTE_A : this.state[f] & ~NEXT_ABSOLUTE_A;
  }

  private nextAbsolute(f: number, end: number): boolean {
    return end ? this.extra[f] === 1 : (this.state[f]! & NEXT_ABSOLUTE_A) !== 0;
  }

  private setBase(f: number, end: number, value: number): void {
    if (end) this.baseB[f] = value;
    else this.baseA[f] = value;
  }

  /** Fills `key` with the pair in a fixed order; true when the sender is end B of it. */
  private buildKey(s: Segment): boolean {
    const k = this.key;
    let order = s.src0 - s.dst0;
    if (order === 0) order = s.src1 - s.dst1;
    if (order === 0) order = s.src2 - s.dst2;
    if (order === 0) order = s.src3 - s.dst3;
    if (order === 0) order = s.srcPort - s.dstPort;
    const reversed = order > 0;
    const at = reversed ? 4 : 0;
    k[at] = s.src0;
    k[at + 1] = s.src1;
    k[at + 2] = s.src2;
    k[at + 3] = s.src3;
    k[4 - at] = s.dst0;
    k[5 - at] = s.dst1;
    k[6 - at] = s.dst2;
    k[7 - at] = s.dst3;
    k[8] = reversed ? (s.dstPort << 16) | s.srcPort : (s.srcPort << 16) | s.dstPort;
    k[9] = s.family;
    return reversed;
  }

  /** Number of the flow of `key`, making it when it is new. */
  private lookUp(): number {
    if (this.count > 0 && this.same(this.last)) return this.last;
    const mask = this.slots.length - 1;
    let slot = this.hash(this.key, 0) & mask;
    for (let f = this.slots[slot]! - 1; f >= 0; f = this.slots[slot]! - 1) {
      if (this.same(f)) {
        this.last = f;
        return f;
      }
      slot = (slot + 1) & mask;
    }
    const f = this.count++;
    if (f === this.state.length) this.grow();
    this.keys.set(this.key, f * KEY_WORDS);
    this.state[f] = this.extra[f] = this.mode[f] = this.shift[f] = 0;
    this.slots[slot] = f + 1;
    if (this.count * 2 > this.slots.length) this.rehash();
    this.last = f;
    return f;
  }

  private same(f: number): boolean {
    const k = this.key;
    const at = f * KEY_WORDS;
    const keys = this.keys;
    return (
      keys[at + 8] === k[8] && keys[at + 3] === k[3] && keys[at + 7] === k[7] && keys[at] === k[0] && keys[at + 1] === k[1] &&
      keys[at + 2] === k[2] && keys[at + 4] === k[4] && keys[at + 5] === k[5] && keys[at + 6] === k[6] && keys[at + 9] === k[9]
    );
  }

  private hash(words: Uint32Array, at: number): number {
    let h = this.seed;
    for (let i = 0; i < KEY_WORDS; i++) {
      h = Math.imul(h ^ words[at + i]!, 0x9e3779b1);
      h ^= h >>> 15;
    }
    return h >>> 0;
  }

  private grow(): void {
    const n = this.state.length * 2;
    const wider = (old: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> => {
      const out = new Uint32Array(length);
      out.set(old);
      return out;
    };
    const bytes = (old: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => {
      const out = new Uint8Array(n);
      out.set(old);
      return out;
    };
    this.keys = wider(this.keys, n * KEY_WORDS);
    this.baseA = wider(this.baseA, n);
    this.baseB = wider(this.baseB, n);
    this.nextA = wider(this.nextA, n);
    this.nextB = wider(this.nextB, n);
    this.state = bytes(this.state);
    this.extra = bytes(this.extra);
    this.mode = bytes(this.mode);
    const shift = new Uint16Array(n);
    shift.set(this.shift);
    this.shift = shift;
  }

  private rehash(): void {
    const slots = new Int32Array(this.slots.length * 4);
    for (let f = 0; f < this.count; f++) {
      let slot = this.hash(this.keys, f * KEY_WORDS) & (slots.length - 1);
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = f + 1;
    }
    this.slots = slots;
  }
}

/** Puts a window that tshark has multiplied back to the header's 16 bits; what cannot be one is not known. */
function unscaleWindow(s: Segment, printed: number, bits: number): void {
  if (printed < 0) return;
  const shift = bits & 0x1f;
  const raw = shift > 0 ? Math.floor(printed / 2 ** (shift - 1)) : printed;
  if (raw > 0xffff) return;
  s.window = raw;
  s.known |= KNOWN_WINDOW;
}

/** The same for one record of tshark. */
export function resolveTsharkAgain(s: Segment, printedWindow: number, r: Resolution): void {
  unscaleWindow(s, printedWindow, r.bits);
  s.known |= r.bits & (KNOWN_ABSOLUTE_SEQ | KNOWN_ABSOLUTE_ACK);
}

/** Resolves one record again from what `resolve` had added the first time. */
export function resolveAgain(s: Segment, seqShown: boolean, r: Resolution): void {
  s.seq = seqShown ? (s.seq + r.seqAdd) >>> 0 : r.seqAdd;
  if (s.known & KNOWN_ACK) s.ack = (s.ack + r.ackAdd) >>> 0;
  const add = r.bits & RES_SACK_FROM_ACK ? (s.ack - 1) >>> 0 : r.ackAdd;
  for (let i = 0; i < s.sackCount; i++) {
    s.sackLeft[i] = s.sackLeft[i]! + add;
    s.sackRight[i] = s.sackRight[i]! + add;
  }
  s.known |= r.bits & (KNOWN_ABSOLUTE_SEQ | KNOWN_ABSOLUTE_ACK | DERIVED_SEQ);
}
