import { VERDICT_KEEP_ALIVE, VERDICT_RETRANSMISSION, VERDICT_SPURIOUS } from '../analysis/segmentVerdict';
import type { Direction, Nanoseconds } from '../bytes/units';
import { SYN } from '../decode/segment';
import type { StreamPhases } from '../findings/finding';
import { ESTABLISHED, SYN_RECEIVED, SYN_SENT } from '../stream/endpointStates';
import type { StreamFacts } from './streamFacts';
import type { StudySegment } from './studySegment';

/** A pause between requests that is longer counts as idle, not as thinking. */
const IDLE: Nanoseconds = 10_000_000_000;
/** Room of less than this in the peer's window holds a sender up, when its MSS is not known. */
const DEFAULT_MSS = 1460;

const HANDSHAKE = 0;
const THINK = 1; // and 2: by direction
const TRANSFER = 3;
const RECOVERY = 4;
const WINDOW = 5; // and 6: by direction of the sender that waits
const IDLE_PHASE = 7;
const CLOSE = 8;

/**
 * Where a stream's time goes. Each gap between two segments belongs to what the connection was waiting for, judged by the segment
 * that ends it; the phases add up to the time from the first segment to the last.
 */
export class PhaseClock {
  /** By phase. Begun with NaN: so V8 keeps doubles side by side. */
  private readonly spent = [NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN].fill(0);
  /** Direction of the last data, -1 before any. */
  private turn: Direction | -1 = -1;

  /** Takes in a segment; `facts` stand as they were before it, `before` are the states before it. */
  observe(s: StudySegment, facts: StreamFacts, before: readonly [number, number]): void {
    const gap = s.time - facts.lastTime;
    if (gap > 0) this.add(s, facts, before, gap);
    if (s.length > 0 && !(s.verdict & VERDICT_KEEP_ALIVE)) this.turn = s.direction;
  }

  private add(s: StudySegment, facts: StreamFacts, before: readonly [number, number], gap: Nanoseconds): void {
    const { spent } = this;
    const d = s.direction;
    const [a, b] = facts.ends;
    if (opening(before[0]) || opening(before[1]) || s.segment.flags & SYN) spent[HANDSHAKE]! += gap;
    else if (a.fins + b.fins > 0 || before[0] !== ESTABLISHED || before[1] !== ESTABLISHED) spent[CLOSE]! += gap;
    else if (s.verdict & VERDICT_RETRANSMISSION && !(s.verdict & (VERDICT_SPURIOUS | VERDICT_KEEP_ALIVE)) && s.length > 0) spent[RECOVERY]! += gap;
    else if (held(facts, 0)) spent[WINDOW]! += gap;
    else if (held(facts, 1)) spent[WINDOW + 1]! += gap;
    else if (s.verdict & VERDICT_KEEP_ALIVE) spent[IDLE_PHASE]! += gap;
    else if (this.turn !== d && s.length > 0) {
      // An answer, or a first word: what goes beyond the way there and back is its sender's thinking.
      const way = this.turn === -1 ? 0 : Math.min(gap, facts.minRtt[d ? 0 : 1] || 0);
      spent[TRANSFER]! += way;
      this.wait(THINK + d, gap - way);
    } else if (a.outstanding > 0 || b.outstanding > 0) spent[TRANSFER]! += gap;
    else if (s.length > 0) this.wait(THINK + d, gap);
    else this.wait(THINK + (this.turn === -1 ? facts.client : this.turn ? 0 : 1), gap);
  }

  private wait(phase: number, gap: Nanoseconds): void {
    this.spent[gap >= IDLE ? IDLE_PHASE : phase]! += gap;
  }

  phases(client: Direction): StreamPhases {
    const { spent } = this;
    const server = client ? 0 : 1;
    return {
      handshake: spent[HANDSHAKE]!,
      serverThink: spent[THINK + server]!,
      clientThink: spent[THINK + client]!,
      transfer: spent[TRANSFER]!,
      recovery: spent[RECOVERY]!,
      windowLimited: spent[WINDOW]! + spent[WINDOW + 1]!,
      idle: spent[IDLE_PHASE]!,
      close: spent[CLOSE]!,
    };
  }

  /** How long the receiver of what `sender` sends held it up. */
  windowLimited(sender: Direction): Nanoseconds {
    return this.spent[WINDOW + sender]!;
  }
}

function opening(state: number): boolean {
  return state === SYN_SENT || state === SYN_RECEIVED;
}

/** The sender has no room for another full segment in the peer's window: closed, or filled by what is in flight. */
function held(facts: StreamFacts, sender: Direction): boolean {
  const own = facts.ends[sender];
  const peer = facts.ends[sender ? 0 : 1];
  if (peer.window < 0 || own.bytes === 0) return false;
  if (peer.window === 0) return true;
  const flight = own.outstanding;
  return flight > 0 && peer.window - flight < (peer.mss || DEFAULT_MSS) && flight > peer.window / 2;
}
