import { seqAdd, seqAfter, seqDiff } from '../bytes/seq';

/** Fields of a record. */
export const T_SEQ = 0;
export const T_END = 1;
/** Packet, time, TSval (NaN: none) and IP ID (0: none) of the latest transmission of these bytes. */
export const T_PACKET = 2;
export const T_TIME = 3;
export const T_TSVAL = 4;
export const T_IP_ID = 5;
/** Retransmissions so far, as judged. */
export const T_COPIES = 6;
/** Time of the first transmission. */
export const T_FIRST_TIME = 7;
/** Time to live, plus 256 times the capture's interface. */
export const T_WHERE = 8;
const STRIDE = 9;

const FIRST_ROOM = 2;
const MOST_RECORDS = 1024;
/** Acknowledged records that stay, for copies that come late. */
const KEPT_ACKED = 64;
/** Records never span more than this, so that order modulo 2^32 stays clear. */
const MOST_SPAN = 0x40000000;

/**
 * What one side sent, as disjoint ranges in order of sequence number: one array of doubles, at most 1024 records of 72 bytes,
 * growing only while data is unacknowledged.
 */
export class Transmissions {
  /** Doubles side by side. No Float64Array: with its buffer it takes twice as much in the many streams that hardly send anything. */
  private data = room(FIRST_ROOM);
  private head = 0;
  private tail = 0;

  get length(): number {
    return this.tail - this.head;
  }

  /** Field `f` of record `i` (0..length-1). */
  get(i: number, f: number): number {
    return this.data[(this.head + i) * STRIDE + f]!;
  }

  set(i: number, f: number, value: number): void {
    this.data[(this.head + i) * STRIDE + f] = value;
  }

  /** The bytes of record `i` were sent once more. */
  latest(i: number, packet: number, time: number, tsVal: number, ipId: number, where: number): void {
    const at = (this.head + i) * STRIDE;
    const d = this.data;
    d[at + T_PACKET] = packet;
    d[at + T_TIME] = time;
    d[at + T_TSVAL] = tsVal;
    d[at + T_IP_ID] = ipId;
    d[at + T_WHERE] = where;
  }

  /** First record that ends after `seq`; `length` when there is none. */
  find(seq: number): number {
    const n = this.length;
    if (n === 0) return 0;
    // Most questions are about the end.
    if (!seqAfter(this.get(n - 1, T_END), seq)) return n;
    const base = this.get(0, T_SEQ);
    const at = seqDiff(seq, base);
    if (at >= 0x80000000) return 0;
    let low = 0;
    let high = n - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (seqDiff(this.get(middle, T_END), base) > at) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Adds a record before record `i` (`length`: at the end). `una`: what is acknowledged, NaN when unknown. Returns where it is now. */
  insert(i: number, seq: number, end: number, packet: number, time: number, tsVal: number, ipId: number, copies: number, where: number, una: number): number {
    let at = i;
    if ((this.tail + 1) * STRIDE > this.data.length) at = Math.max(0, at - this.makeRoom(una));
    if (this.length > 0 && seqDiff(end, this.get(0, T_SEQ)) > MOST_SPAN && at === this.length) {
      while (this.length > 0 && seqDiff(end, this.get(0, T_SEQ)) > MOST_SPAN) this.head++;
      at = this.length;
    }
    const from = (this.head + at) * STRIDE;
    if (at < this.length) this.data.copyWithin(from + STRIDE, from, this.tail * STRIDE);
    this.tail++;
    const d = this.data;
    d[from + T_SEQ] = seq;
    d[from + T_END] = end;
    d[from + T_PACKET] = packet;
    d[from + T_TIME] = d[from + T_FIRST_TIME] = time;
    d[from + T_TSVAL] = tsVal;
    d[from + T_IP_ID] = ipId;
    d[from + T_COPIES] = copies;
    d[from + T_WHERE] = where;
    return at;
  }

  /** Makes `seq` a border between records: splits the one that it lies inside of. Returns the record that starts there, or -1. */
  split(seq: number, una: number): number {
    const i = this.find(seq);
    if (i === this.length) return -1;
    if (this.get(i, T_SEQ) === seq) return i;
    if (!seqAfter(seq, this.get(i, T_SEQ))) return -1;
    const end = this.get(i, T_END);
    const firstTime = this.get(i, T_FIRST_TIME);
    this.set(i, T_END, seq);
    const from = this.get(i, T_PACKET);
    const [time, tsVal, ipId, copies] = [this.get(i, T_TIME), this.get(i, T_TSVAL), this.get(i, T_IP_ID), this.get(i, T_COPIES)];
    const at = this.insert(i + 1, seq, end, from, time, tsVal, ipId, copies, this.get(i, T_WHERE), una);
    this.set(at, T_FIRST_TIME, firstTime);
    return at;
  }

  /** Lets go of acknowledged records, grows, or lets go of the oldest. Returns how many records went at the front. */
  private makeRoom(una: number): number {
    const n = this.length;
    const held = this.data.length / STRIDE;
    let drop = 0;
    if (!Number.isNaN(una)) drop = Math.max(0, this.find(seqAdd(una, -1)) - KEPT_ACKED);
    // What is free already must be a good part of it, so that moving stays cheap per record.
    if (n - drop > (held * 3) / 4) {
      if (held >= MOST_RECORDS) drop = Math.max(drop, n - (MOST_RECORDS * 3) / 4);
      else {
        const data = room(Math.min(MOST_RECORDS, held * 2));
        for (let from = (this.head + drop) * STRIDE, to = 0; from < this.tail * STRIDE; from++, to++) data[to] = this.data[from]!;
        this.data = data;
        this.head = 0;
        this.tail = n - drop;
        return drop;
      }
    }
    this.data.copyWithin(0, (this.head + drop) * STRIDE, this.tail * STRIDE);
    this.head = 0;
    this.tail = n - drop;
    return drop;
  }
}

/** Room for some records: NaN keeps V8 to an array of doubles. */
function room(records: number): number[] {
  const data: number[] = [];
  for (let i = records * STRIDE; i > 0; i--) data.push(NaN);
  return data;
}
