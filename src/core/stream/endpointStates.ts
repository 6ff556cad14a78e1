import { seqAdd, seqAfter, seqBefore, seqNotAfter } from '../bytes/seq';
import { UNKNOWN_LENGTH, type Direction } from '../bytes/units';
import { ACK, DERIVED_SEQ, FIN, KNOWN_ACK, KNOWN_SEQ, RST, SYN, type Segment } from '../decode/segment';

/** Connection states of RFC 9293 3.3.2. */
export const CLOSED = 0;
export const LISTEN = 1;
export const SYN_SENT = 2;
export const SYN_RECEIVED = 3;
export const ESTABLISHED = 4;
export const FIN_WAIT_1 = 5;
export const FIN_WAIT_2 = 6;
export const CLOSING = 7;
export const TIME_WAIT = 8;
export const CLOSE_WAIT = 9;
export const LAST_ACK = 10;

export const STATE_NAMES: readonly string[] = [
  'CLOSED', 'LISTEN', 'SYN-SENT', 'SYN-RECEIVED', 'ESTABLISHED', 'FIN-WAIT-1', 'FIN-WAIT-2', 'CLOSING', 'TIME-WAIT', 'CLOSE-WAIT', 'LAST-ACK',
];

/** What one segment did to one end. */
export interface EndChange {
  /** States passed, the one before the segment first; one entry when nothing changed. */
  readonly path: number[];
  /** The end itself showed the last state (by what it sent); otherwise it is inferred from what was sent to it. */
  observed: boolean;
  /** The segment does not fit the state its sender was in (RFC 9293 3.10), or is a RST that its receiver must not obey (RFC 5961 3.2). */
  illegal: boolean;
}

/** The fields of a segment that move the state machines. */
export interface StateSegment {
  readonly flags: number;
  readonly seq: number;
  readonly ack: number;
  /** Payload bytes, or UNKNOWN_LENGTH. */
  readonly length: number;
  /** KNOWN_* bits where the source may leave numbers out; without it all are there. */
  readonly known?: number;
}

/** No acknowledgment stands out that must be answered by RST. */
const NONE = -1;

class End {
  state = CLOSED;
  /** It began by waiting for the other: a RST in SYN-RECEIVED sends it back to LISTEN. */
  passive = false;
  /** Sequence number of this end's SYN and FIN, and the next it will send; NaN until seen. */
  syn = NaN;
  fin = NaN;
  next = NaN;
  /** Furthest acknowledgment that it sent: what it certainly received. */
  acked = NaN;
  /** It has sent a SYN/ACK: another one says that the handshake is not done for it. */
  synAck = false;
  /** It has sent something after its SYN. */
  spoke = false;
  /** An unacceptable ACK reached it before it was synchronized: it answers with a RST of this number and stays (RFC 9293 3.10.7.3, 3.10.7.4). */
  mustReset = NONE;
  /** State before a RST closed it: the RST may have been forged, or not obeyed. */
  beforeReset = CLOSED;
  readonly change: EndChange = { path: [], observed: false, illegal: false };

  begin(): void {
    const { path } = this.change;
    // Setting the length is slow, and most segments change nothing.
    if (path.length > 1) path.length = 1;
    path[0] = this.state;
    this.change.observed = this.change.illegal = false;
  }

  go(state: number, observed: boolean): void {
    if (state === this.state) {
      if (observed) this.change.observed = true;
      return;
    }
    this.state = state;
    this.change.path.push(state);
    this.change.observed = observed;
  }

  reset(observed: boolean): void {
    if (this.state !== CLOSED && this.state !== LISTEN) this.beforeReset = this.state;
    this.go(!observed && this.passive && this.state === SYN_RECEIVED ? LISTEN : CLOSED, observed);
  }
}

/**
 * The two state machines of one connection, moved along by the segments that the capture shows. A segment is taken to
 * arrive: what it does to its receiver is inferred, and put right when the receiver shows that it did not. About 500 bytes.
 */
export class EndpointStates {
  private ends: readonly [End, End] = [new End(), new End()];
  private begun = false;

  /** Both ends are one socket that is connected to itself: what it sends, it receives. To be said before the first segment. */
  join(): void {
    this.ends = [this.ends[0], this.ends[0]];
  }

  /** State of an end now. */
  state(end: Direction): number {
    return this.ends[end].state;
  }

  /** What the last segment did to an end. Valid until the next `observe`. */
  change(end: Direction): EndChange {
    return this.ends[end].change;
  }

  /** A segment that changes nothing (a copy that the network or the capture made): both paths become one state long. */
  pass(): void {
    this.ends[0].begin();
    this.ends[1].begin();
  }

  /** Takes in the next segment of the connection; `direction` is its sender. Without a sequence number it only shows that the connection is there. */
  observe(segment: StateSegment, direction: Direction): void {
    const sender = this.ends[direction];
    const receiver = this.ends[direction ? 0 : 1];
    const known = segment.known ?? KNOWN_SEQ | KNOWN_ACK;
    if (!(known & (KNOWN_SEQ | DERIVED_SEQ))) {
      if (!this.begun && !(segment.flags & (SYN | RST))) this.start(segment.flags, sender, receiver);
      this.pass();
      return;
    }
    const flags = known & KNOWN_ACK ? segment.flags : segment.flags & ~ACK;
    if (!this.begun) this.start(flags, sender, receiver);
    sender.begin();
    receiver.begin();
    if (flags & RST) {
      this.reset(segment, flags, sender, receiver);
      return;
    }
    const length = segment.length === UNKNOWN_LENGTH ? 0 : segment.length;
    // A FIN beyond a hole is not processed by the receiver yet.
    const inOrder = Number.isNaN(sender.next) || seqNotAfter(segment.seq, sender.next);
    this.send(segment, flags, length, sender, receiver);
    // A FIN that crossed the receiver's own segments has arrived by the time a later segment does.
    if (!Number.isNaN(sender.fin) && !(flags & FIN) && seqAfter(segment.seq, sender.fin)) takeFin(receiver);
    this.receive(segment, flags, receiver, inOrder);
  }

  /** A capture may start anywhere: without a SYN both ends are taken to be open. */
  private start(flags: number, sender: End, receiver: End): void {
    this.begun = true;
    // A socket connects to itself by a simultaneous open: it never listens.
    if (flags & SYN && sender === receiver) return;
    if (flags & SYN) {
      const server = flags & ACK ? sender : receiver;
      server.state = LISTEN;
      server.passive = true;
      if (flags & ACK) receiver.state = SYN_SENT;
    } else if (!(flags & RST)) sender.state = receiver.state = ESTABLISHED;
  }

  private reset(s: StateSegment, flags: number, sender: End, receiver: End): void {
    // The answer to an ACK that its sender could not place: it goes on with its own handshake.
    if (sender.mustReset !== NONE && s.seq === sender.mustReset && (sender.state === SYN_SENT || sender.state === SYN_RECEIVED)) sender.mustReset = NONE;
    else sender.reset(true);
    if (sender === receiver) return;
    if (obeys(receiver, sender, s, flags)) receiver.reset(false);
    else sender.change.illegal = true;
  }

  /** What the sender shows of itself by sending this. */
  private send(s: StateSegment, flags: number, length: number, sender: End, receiver: End): void {
    const end = seqAdd(s.seq, length + (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0));
    // An end that goes on was not closed by that RST.
    if (sender.state === CLOSED && sender.beforeReset !== CLOSED && !(flags & SYN)) sender.go(sender.beforeReset, true);
    sender.beforeReset = CLOSED;
    if (flags & SYN) this.sendSyn(s, flags, sender, receiver);
    else {
      if (flags & ACK && (sender.state === SYN_SENT || (sender.state === SYN_RECEIVED && !Number.isNaN(receiver.next)))) this.sendFirstAck(s, length, flags, sender, receiver);
      else if (sender.state === CLOSED || sender.state === LISTEN) sender.change.illegal = true;
      // Until its SYN is acknowledged an end sends nothing but the SYN.
      else if (sender.state === ESTABLISHED && flags & ACK) sender.change.observed = true;
      this.acknowledge(s, flags, sender, receiver);
      sender.spoke = true;
    }
    if (flags & ACK && (Number.isNaN(sender.acked) || seqAfter(s.ack, sender.acked))) sender.acked = s.ack;
    if (flags & FIN) sendFin((end - 1) >>> 0, sender);
    else if (length > 0 && !Number.isNaN(sender.fin) && seqAfter(end, sender.fin)) sender.change.illegal = true;
    if (Number.isNaN(sender.next) || seqAfter(end, sender.next)) sender.next = end;
  }

  private sendSyn(s: StateSegment, flags: number, sender: End, receiver: End): void {
    const again = s.seq === sender.syn;
    if (flags & ACK) {
      if (sender.state === ESTABLISHED && !Number.isNaN(sender.syn) && !again) sender.change.illegal = true;
      // Sent again although its handshake looked complete: the final ACK never took effect.
      if (sender.state !== ESTABLISHED || sender.synAck) sender.go(SYN_RECEIVED, true);
      sender.synAck = true;
    } else if (sender.state === CLOSED || sender.state === LISTEN || sender.state === TIME_WAIT) sender.go(SYN_SENT, true);
    else if (sender.state === SYN_RECEIVED && Number.isNaN(sender.syn)) {
      // It had not seen the other's SYN when it sent its own: they cross, and the other one is on its way.
      sender.passive = false;
      sender.go(SYN_SENT, true);
      if (receiver.state === SYN_SENT) sender.go(SYN_RECEIVED, false);
    } else if (sender.state === ESTABLISHED && again && !sender.spoke) sender.go(SYN_SENT, true);
    else if (sender.state !== SYN_SENT && !(sender.state === SYN_RECEIVED && again)) sender.change.illegal = true;
    sender.syn = s.seq;
  }

  /** An ACK without SYN out of SYN-SENT or SYN-RECEIVED. */
  private sendFirstAck(s: StateSegment, length: number, flags: number, sender: End, receiver: End): void {
    // It was acknowledged, or it could not say this: unless it answers something that it cannot place.
    if (sender.state === SYN_SENT) {
      if (!Number.isNaN(receiver.syn) || length > 0) sender.go(ESTABLISHED, true);
      return;
    }
    // A bare ACK out of SYN-RECEIVED may answer a segment outside the window.
    if (length > 0 || flags & FIN || receiver.spoke || sender.synAck) sender.go(ESTABLISHED, true);
  }

  /** An ACK of the peer's FIN shows that the sender got it, even where we had not let it arrive. */
  private acknowledge(s: StateSegment, flags: number, sender: End, receiver: End): void {
    if (!(flags & ACK) || Number.isNaN(receiver.fin)) return;
    if (!seqAfter(s.ack, receiver.fin)) {
      // What an end sends after the peer's FIN acknowledges it: this was sent before the FIN arrived.
      if (!Number.isNaN(sender.acked) && seqBefore(s.ack, sender.acked)) return;
      if (sender.state === CLOSE_WAIT) sender.go(ESTABLISHED, true);
      else if (sender.state === CLOSING) sender.go(FIN_WAIT_1, true);
      else if (sender.state === TIME_WAIT) sender.go(FIN_WAIT_2, true);
      return;
    }
    if (sender.state === ESTABLISHED || sender.state === SYN_RECEIVED) sender.go(CLOSE_WAIT, true);
    else if (sender.state === FIN_WAIT_1) sender.go(CLOSING, true);
    else if (sender.state === FIN_WAIT_2) sender.go(TIME_WAIT, true);
    else sender.change.observed = true;
  }

  /** What the segment does to its receiver, if it arrives. */
  private receive(s: StateSegment, flags: number, receiver: End, inOrder: boolean): void {
    const acksSyn = (flags & ACK) !== 0 && !Number.isNaN(receiver.syn) && seqAfter(s.ack, receiver.syn) && !(seqAfter(s.ack, receiver.next));
    const before = receiver.state;
    if (flags & ACK && !acksSyn && !Number.isNaN(receiver.syn) && (before === SYN_SENT || before === SYN_RECEIVED)) receiver.mustReset = s.ack;
    if (flags & SYN) {
      if (flags & ACK) {
        if (before === SYN_SENT && (acksSyn || Number.isNaN(receiver.syn))) receiver.go(ESTABLISHED, false);
        else if (before === SYN_RECEIVED && acksSyn) receiver.go(ESTABLISHED, false);
      } else if (before === LISTEN || before === SYN_SENT) receiver.go(SYN_RECEIVED, false);
      return;
    }
    if (before === SYN_RECEIVED && (acksSyn || (flags & ACK && Number.isNaN(receiver.syn)))) receiver.go(ESTABLISHED, false);
    if (flags & ACK && !Number.isNaN(receiver.fin) && seqAfter(s.ack, receiver.fin)) {
      if (receiver.state === FIN_WAIT_1) receiver.go(FIN_WAIT_2, false);
      else if (receiver.state === CLOSING) receiver.go(TIME_WAIT, false);
      else if (receiver.state === LAST_ACK) receiver.go(CLOSED, false);
    }
    if (flags & FIN && inOrder) takeFin(receiver);
  }
}

/** Source and destination are the same address and port: a socket that is connected to itself. */
export function goesToItself(s: Pick<Segment, 'srcPort' | 'dstPort' | 'src0' | 'src1' | 'src2' | 'src3' | 'dst0' | 'dst1' | 'dst2' | 'dst3'>): boolean {
  return s.srcPort === s.dstPort && s.src3 === s.dst3 && s.src2 === s.dst2 && s.src1 === s.dst1 && s.src0 === s.dst0;
}

/** The peer's FIN arrives. */
function takeFin(receiver: End): void {
  if (receiver.state === ESTABLISHED || receiver.state === SYN_RECEIVED) receiver.go(CLOSE_WAIT, false);
  else if (receiver.state === FIN_WAIT_1) receiver.go(CLOSING, false);
  else if (receiver.state === FIN_WAIT_2) receiver.go(TIME_WAIT, false);
}

/** A FIN for the first time, or again: then its ACK did not arrive, whatever we had inferred. */
function sendFin(fin: number, sender: End): void {
  const again = fin === sender.fin;
  sender.fin = fin;
  if (sender.state === ESTABLISHED || sender.state === SYN_RECEIVED) sender.go(FIN_WAIT_1, true);
  else if (sender.state === CLOSE_WAIT) sender.go(LAST_ACK, true);
  else if (!again) return;
  else if (sender.state === FIN_WAIT_2 && !sender.change.observed) sender.go(FIN_WAIT_1, true);
  else if (sender.state === TIME_WAIT && !sender.change.observed) sender.go(CLOSING, true);
  else if (sender.state === CLOSED) sender.go(LAST_ACK, true);
}

/** Whether a receiver lets a RST end its connection (RFC 9293 3.10.7.3, 3.10.7.4 with RFC 5961 3.2). */
function obeys(receiver: End, sender: End, s: StateSegment, flags: number): boolean {
  if (receiver.state === LISTEN) return true;
  if (receiver.state === SYN_SENT) return (flags & ACK) !== 0 && (Number.isNaN(receiver.syn) || (seqAfter(s.ack, receiver.syn) && !seqAfter(s.ack, receiver.next)));
  if (Number.isNaN(sender.next)) return true;
  // What it expects next lies between what it has acknowledged and all that was sent to it.
  if (s.seq === sender.next || seqAfter(s.seq, sender.next)) return s.seq === sender.next;
  return Number.isNaN(receiver.acked) || !seqBefore(s.seq, receiver.acked);
}
