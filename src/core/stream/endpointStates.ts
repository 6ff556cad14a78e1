import { seqAfter, seqNotAfter } from '../bytes/seq';
import { UNKNOWN_LENGTH, type Direction } from '../bytes/units';
import { ACK, FIN, RST, SYN } from '../decode/segment';

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
  /** The segment does not fit the state its sender was in (RFC 9293 3.10). */
  illegal: boolean;
}

/** The fields of a segment that move the state machines. */
export interface StateSegment {
  readonly flags: number;
  readonly seq: number;
  readonly ack: number;
  readonly length: number;
}

class End {
  state = CLOSED;
  /** Sequence number of this end's SYN and FIN, and the next it will send; NaN until seen. */
  syn = NaN;
  fin = NaN;
  next = NaN;
  /** It has sent a SYN/ACK: another one says that the handshake is not done for it. */
  synAck = false;
  readonly change: EndChange = { path: [], observed: false, illegal: false };

  begin(): void {
    this.change.path.length = 0;
    this.change.path.push(this.state);
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
}

/**
 * The two state machines of one connection, moved along by the segments that the capture shows. A segment is taken to
 * arrive: what it does to its receiver is inferred, and put right when the receiver shows that it did not.
 */
export class EndpointStates {
  private readonly ends: readonly [End, End] = [new End(), new End()];
  private begun = false;

  /** State of an end now. */
  state(end: Direction): number {
    return this.ends[end].state;
  }

  /** What the last segment did to an end. Valid until the next `observe`. */
  change(end: Direction): EndChange {
    return this.ends[end].change;
  }

  /** Takes in the next segment of the connection; `direction` is its sender. */
  observe(segment: StateSegment, direction: Direction): void {
    const sender = this.ends[direction];
    const receiver = this.ends[direction ? 0 : 1];
    if (!this.begun) this.start(segment, sender, receiver);
    sender.begin();
    receiver.begin();
    if (segment.flags & RST) {
      // Before any answer a RST in reply to a SYN says that nobody listens.
      sender.go(CLOSED, true);
      receiver.go(CLOSED, false);
      return;
    }
    // A FIN beyond a hole is not processed by the receiver yet.
    const inOrder = Number.isNaN(sender.next) || seqNotAfter(segment.seq, sender.next);
    this.send(segment, sender, receiver);
    this.receive(segment, receiver, inOrder);
  }

  /** A capture may start anywhere: without a SYN both ends are taken to be open. */
  private start(segment: StateSegment, sender: End, receiver: End): void {
    this.begun = true;
    if (segment.flags & SYN) {
      if (segment.flags & ACK) {
        sender.state = LISTEN;
        receiver.state = SYN_SENT;
      } else receiver.state = LISTEN;
    } else if (!(segment.flags & RST)) sender.state = receiver.state = ESTABLISHED;
  }

  /** What the sender shows of itself by sending this. */
  private send(s: StateSegment, sender: End, receiver: End): void {
    const length = s.length === UNKNOWN_LENGTH ? 0 : s.length;
    const end = (s.seq + length + (s.flags & SYN ? 1 : 0) + (s.flags & FIN ? 1 : 0)) >>> 0;
    if (s.flags & SYN) {
      if (s.flags & ACK) {
        // Sent again although its handshake looked complete: the final ACK never took effect.
        if (sender.state === ESTABLISHED && !Number.isNaN(sender.syn) && s.seq !== sender.syn) sender.change.illegal = true;
        if (sender.state !== ESTABLISHED || sender.synAck) sender.go(SYN_RECEIVED, true);
        sender.synAck = true;
      } else if (sender.state === CLOSED || sender.state === LISTEN || sender.state === TIME_WAIT) sender.go(SYN_SENT, true);
      else if (sender.state !== SYN_SENT) sender.change.illegal = true;
      sender.syn = s.seq;
    } else {
      if (sender.state === SYN_SENT && s.flags & ACK) sender.go(ESTABLISHED, true);
      else if (sender.state === CLOSED || sender.state === LISTEN) sender.change.illegal = true;
      this.acknowledge(s, sender, receiver);
    }
    if (s.flags & FIN) {
      sender.fin = (end - 1) >>> 0;
      if (sender.state === ESTABLISHED || sender.state === SYN_RECEIVED) sender.go(FIN_WAIT_1, true);
      else if (sender.state === CLOSE_WAIT) sender.go(LAST_ACK, true);
    } else if (length > 0 && (sender.state === FIN_WAIT_2 || sender.state === TIME_WAIT) && seqAfter(end, sender.fin)) sender.change.illegal = true;
    if (Number.isNaN(sender.next) || seqAfter(end, sender.next)) sender.next = end;
  }

  /** An ACK of the peer's FIN shows that the sender got it, even where we had not let it arrive. */
  private acknowledge(s: StateSegment, sender: End, receiver: End): void {
    if (!(s.flags & ACK) || Number.isNaN(receiver.fin) || !seqAfter(s.ack, receiver.fin)) return;
    if (sender.state === ESTABLISHED || sender.state === SYN_RECEIVED) sender.go(CLOSE_WAIT, true);
    else if (sender.state === FIN_WAIT_1) sender.go(CLOSING, true);
    else if (sender.state === FIN_WAIT_2) sender.go(TIME_WAIT, true);
    else sender.change.observed = true;
  }

  /** What the segment does to its receiver, if it arrives. */
  private receive(s: StateSegment, receiver: End, inOrder: boolean): void {
    const acksSyn = (s.flags & ACK) !== 0 && !Number.isNaN(receiver.syn) && seqAfter(s.ack, receiver.syn);
    if (s.flags & SYN) {
      if (s.flags & ACK) {
        if (receiver.state === SYN_SENT && (acksSyn || Number.isNaN(receiver.syn))) receiver.go(ESTABLISHED, false);
        else if (receiver.state === SYN_RECEIVED && acksSyn) receiver.go(ESTABLISHED, false);
      } else if (receiver.state === LISTEN || receiver.state === SYN_SENT) receiver.go(SYN_RECEIVED, false);
      return;
    }
    if (receiver.state === SYN_RECEIVED && (acksSyn || (s.flags & ACK && Number.isNaN(receiver.syn)))) receiver.go(ESTABLISHED, false);
    if (s.flags & ACK && !Number.isNaN(receiver.fin) && seqAfter(s.ack, receiver.fin)) {
      if (receiver.state === FIN_WAIT_1) receiver.go(FIN_WAIT_2, false);
      else if (receiver.state === CLOSING) receiver.go(TIME_WAIT, false);
      else if (receiver.state === LAST_ACK) receiver.go(CLOSED, false);
    }
    if (s.flags & FIN && inOrder) {
      if (receiver.state === ESTABLISHED || receiver.state === SYN_RECEIVED) receiver.go(CLOSE_WAIT, false);
      else if (receiver.state === FIN_WAIT_1) receiver.go(CLOSING, false);
      else if (receiver.state === FIN_WAIT_2) receiver.go(TIME_WAIT, false);
    }
  }
}
