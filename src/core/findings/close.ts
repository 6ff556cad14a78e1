import { seqAfter } from '../bytes/seq';
import { NO_PACKET, type Direction, type Nanoseconds, type PacketIndex } from '../bytes/units';
import { FIN, RST, SYN } from '../decode/segment';
import { bytes, duration } from '../explain/words';
import { t } from '../l10n';
import { ESTABLISHED, FIN_WAIT_1, LAST_ACK } from '../stream/endpointStates';
import { DUPLICATE } from '../study/duplicates';
import type { EndFacts, StreamFacts } from '../study/streamFacts';
import type { StudySegment } from '../study/studySegment';
import { finding, type CaptureFacts, type Detector, type DetectorKind } from './detector';
import type { Finding } from './finding';
import { packetList, PacketList } from './packetList';
import { sentences, timeWord, who, Who } from './wording';

/** A FIN that comes again this soon is a copy, not the retransmission timer (RFC 6298 2.4; Linux waits 200 ms at least). */
const TIMER_AT_LEAST: Nanoseconds = 150_000_000;
/** How long a FIN may wait for its ACK at the end of a capture before that means something. */
const ACK_DUE: Nanoseconds = 1_000_000_000;
/** The other side may take this long to close too. */
const LINGERING: Nanoseconds = 5_000_000_000;

/** One end's close. */
class Closing {
  readonly fins = new PacketList();
  lastFin: Nanoseconds = NaN;
  repeats = 0;
  /** What the other end sent after it had acknowledged this FIN. */
  readonly after = new PacketList();
  afterBytes = 0;
  lastAfter: Nanoseconds = NaN;
  /** Its FIN came before it had seen the other's. */
  crossed: PacketIndex = NO_PACKET;
}

/** How a connection ends: close.*. */
class Close implements Detector {
  private readonly ends: [Closing | null, Closing | null] = [null, null];

  observe(s: StudySegment, facts: StreamFacts): void {
    const { segment, direction } = s;
    if (segment.quoted || s.verdict & DUPLICATE || segment.flags & (SYN | RST)) return;
    const other: Direction = direction ? 0 : 1;
    const peer = facts.ends[other];
    if (s.length > 0 && peer.finAcked && s.hasAck && seqAfter(segment.ack, peer.fin)) this.noteAfter(this.ends[other], s, facts.ends[direction]);
    if (segment.flags & FIN) this.noteFin(s, peer);
  }

  private noteFin(s: StudySegment, peer: EndFacts): void {
    const own = (this.ends[s.direction] ??= new Closing());
    if (own.fins.count > 0 && s.time - own.lastFin >= TIMER_AT_LEAST) own.repeats++;
    if (own.fins.count === 0 && peer.fins > 0 && s.hasAck && !seqAfter(s.segment.ack, peer.fin)) own.crossed = s.packet;
    own.fins.add(s.packet);
    own.lastFin = s.time;
  }

  private noteAfter(closing: Closing | null, s: StudySegment, sender: EndFacts): void {
    if (!closing) return;
    // What it had sent before does not count: only new bytes show that it goes on.
    if (!Number.isNaN(sender.next) && !seqAfter(s.end, sender.next)) return;
    closing.after.add(s.packet);
    closing.afterBytes += s.length;
    closing.lastAfter = s.time;
  }

  findings(facts: StreamFacts, capture: CaptureFacts): readonly Finding[] {
    const found: Finding[] = [];
    if (facts.selfConnected) return found;
    const { stream } = facts;
    const [a, b] = facts.ends;
    if (a.fins === 0 && b.fins === 0) {
      this.addMissing(facts, capture, found);
      return found;
    }
    const crossed = this.ends[0]?.crossed ?? NO_PACKET;
    const crossing = crossed !== NO_PACKET ? crossed : (this.ends[1]?.crossed ?? NO_PACKET);
    if (crossing !== NO_PACKET) {
      found.push(finding('close.simultaneous', { stream, packets: packetList([a.finPacket, b.finPacket]), text: t('Both ends sent a FIN before they saw the one of the other.') }));
    }
    for (const d of [0, 1] as const) {
      this.addUnacknowledged(facts, capture, d, found);
      this.addOpenHalf(facts, capture, d, found);
    }
    return found;
  }

  private addMissing(facts: StreamFacts, capture: CaptureFacts, found: Finding[]): void {
    const [a, b] = facts.ends;
    if (a.rsts + b.rsts > 0 || facts.states.state(0) !== ESTABLISHED || facts.states.state(1) !== ESTABLISHED || a.packets === 0 || b.packets === 0) return;
    found.push(
      finding('close.missing', {
        stream: facts.stream, packets: [facts.lastPacket],
        text: t('Open when the capture ends, {0} after its last segment.', timeWord(facts, Math.max(0, capture.lastTime - facts.lastTime))),
      }),
    );
  }

  private addUnacknowledged(facts: StreamFacts, capture: CaptureFacts, d: Direction, found: Finding[]): void {
    const own = facts.ends[d];
    const closing = this.ends[d];
    if (!closing) return;
    const state = facts.states.state(d);
    const open = !own.finAcked && (state === FIN_WAIT_1 || state === LAST_ACK) && facts.ends[0].rsts + facts.ends[1].rsts === 0 && facts.ends[d ? 0 : 1].packets > 0;
    const unanswered = open && capture.lastTime - closing.lastFin > ACK_DUE;
    if (closing.repeats === 0 && !unanswered) return;
    const waited = (own.finAcked ? own.ackedTime : Math.max(closing.lastFin, facts.lastTime)) - own.finTime;
    found.push(
      finding('close.fin-not-acked', {
        stream: facts.stream, packets: packetList([...closing.fins.packets, own.finAcked ? own.ackedPacket : NO_PACKET]), harm: waited,
        text: sentences(
          closing.repeats > 0 ? t('{0} sent its FIN {1} times over {2}.', Who(facts, d), String(closing.repeats + 1), duration(closing.lastFin - own.finTime)) : t('{0} sent a FIN.', Who(facts, d)),
          own.finAcked ? t('It was acknowledged after {0}.', duration(waited)) : t('No ACK for it is in the capture.'),
        ),
      }),
    );
  }

  /** One side has closed: did the other go on, or forget to follow? */
  private addOpenHalf(facts: StreamFacts, capture: CaptureFacts, d: Direction, found: Finding[]): void {
    const own = facts.ends[d];
    const other: Direction = d ? 0 : 1;
    const peer = facts.ends[other];
    const closing = this.ends[d];
    if (!closing || !own.finAcked || peer.finTime < own.finTime || closing.crossed !== NO_PACKET) return;
    if (closing.after.count > 0) {
      found.push(
        finding('close.half-close', {
          stream: facts.stream, packets: packetList([own.finPacket, ...closing.after.packets]),
          text: t('{0} closed its direction; {1} sent {2} more over {3}.', Who(facts, d), who(facts, other), bytes(closing.afterBytes), timeWord(facts, closing.lastAfter - own.finTime)),
        }),
      );
    } else if (peer.fins === 0 && own.rsts + peer.rsts === 0 && capture.lastTime - own.finTime < LINGERING) {
      found.push(
        finding('close.half-close', {
          stream: facts.stream, packets: packetList([own.finPacket, own.ackedPacket]),
          text: t('{0} closed; {1} had not closed yet when the capture ends, {2} later: it is in CLOSE-WAIT.', Who(facts, d), who(facts, other), duration(capture.lastTime - own.finTime)),
        }),
      );
    }
    const from = Number.isNaN(closing.lastAfter) ? own.finTime : closing.lastAfter;
    const reset = Math.min(...[own.rstTime, peer.rstTime].filter((time) => time > own.finTime));
    // Data long after the FIN ends a silence too: the first gap counts when it is the longer one.
    const silent = closing.after.count > 0 ? Math.max(this.firstAfter(closing, facts) - own.finTime, 0) : 0;
    const until = !Number.isNaN(peer.finTime) ? peer.finTime : Number.isFinite(reset) ? reset : capture.lastTime;
    const waited = Math.max(until - from, silent);
    if (!(waited >= LINGERING)) return;
    found.push(
      finding('close.lingering', {
        stream: facts.stream, packets: packetList([own.finPacket, own.ackedPacket, peer.finPacket]), harm: waited, confidence: Number.isNaN(peer.finTime) ? 'likely' : 'certain',
        text: Number.isNaN(peer.finTime)
          ? t('{0} closed; {1} did not close in the {2} that followed: it sits in CLOSE-WAIT while the other waits in FIN-WAIT-2.', Who(facts, d), who(facts, other), duration(waited))
          : t('{0} closed; {1} followed {2} later: so long it sat in CLOSE-WAIT.', Who(facts, d), who(facts, other), duration(waited)),
      }),
    );
  }

  private firstAfter(closing: Closing, facts: StreamFacts): Nanoseconds {
    return closing.after.count === 1 ? closing.lastAfter : facts.firstTime;
  }
}

export const CLOSE: DetectorKind = {
  group: 'close',
  wants: (s) => !(s.segment.flags & (SYN | RST)) && !s.segment.quoted,
  create: () => new Close(),
};
