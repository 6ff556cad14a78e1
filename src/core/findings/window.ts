import { VERDICT_WINDOW_PROBE } from '../analysis/segmentVerdict';
import { seqAdd, seqAfter, seqDiff, seqNotAfter } from '../bytes/seq';
import type { Direction, Nanoseconds, PacketIndex } from '../bytes/units';
import { RST, SYN } from '../decode/segment';
import { bytes, duration, sentence, side } from '../explain/words';
import { t } from '../l10n';
import { DUPLICATE } from '../study/duplicates';
import type { StreamFacts } from '../study/streamFacts';
import type { StudySegment } from '../study/studySegment';
import { finding, type Detector, type DetectorKind } from './detector';
import type { Finding } from './finding';
import { PacketList } from './packetList';
import { times, timeWord } from './wording';

/** A closed window that lasted less in all is worth no more than a note. */
const CLOSED_NOTE: Nanoseconds = 100_000_000;
/** Fewer waits at the edge of the window say nothing about the connection. */
const WAITS = 3;
/** The sender waited for the window for at least this share of its transfer, or this long in all. */
const WAIT_SHARE = 0.2;
const WAIT_TOTAL: Nanoseconds = 500_000_000;
/** A receiver that offers at least this much of its largest window keeps up: its buffer is what limits. */
const KEEPS_UP = 0.75;
/** Who sends this soon after the window opened had been waiting for it. */
const PROMPT: Nanoseconds = 5_000_000;
/** Right edge left over from a SYN, whose window is not scaled: stacks reckon anew after it. */
const SYN_SLACK_SEGMENTS = 4;
const SMALLEST_SEGMENT = 536;
const ETHERNET_MSS = 1460;
/** A lower edge that is taken back sooner was an ACK that others overtook. */
const SHRINK_LASTS: Nanoseconds = 50_000_000;

/** One end as a receiver: the window that it advertised, and how its peer fared with it. */
class Receiver {
  ack = 0;
  window = 0;
  maxWindow = 0;
  /** Right edge of the window: acknowledgment plus window. */
  edge = 0;
  edgeKnown = false;
  edgeFromSyn = false;

  /** Since when the window is closed; NaN while it is open. */
  closedAt: Nanoseconds = NaN;
  closures = 0;
  closedTotal: Nanoseconds = 0;
  closedLongest: Nanoseconds = 0;
  probes = 0;
  /** Segments with more data than a probe that came while it was closed. */
  pushed = 0;
  /** When the window last opened after being closed, and how often data came at once then: the peer had been waiting. */
  reopenedAt: Nanoseconds = NaN;
  resumed = 0;
  readonly closedPackets = new PacketList();

  /** Since when the peer stands at the edge, and when there was room for a segment again; NaN when it does not. */
  waitingSince: Nanoseconds = NaN;
  waitingPacket: PacketIndex = 0;
  openedAt: Nanoseconds = NaN;
  waits = 0;
  waited: Nanoseconds = 0;
  /** Share of the largest window that stood free when the peer came to the edge, summed over the waits. */
  offered = 0;
  readonly waitPackets = new PacketList();

  /** Furthest right edge, and since when a lower one stands; a lower edge is believed when it lasts: an overtaken ACK looks the same. */
  high = 0;
  belowSince: Nanoseconds = NaN;
  belowPacket: PacketIndex = 0;
  belowBy = 0;
  belowCounted = false;
  shrinks = 0;
  shrunkBy = 0;
  readonly shrinkPackets = new PacketList();

  /** Data sent to this end. */
  next = NaN;
  firstData: Nanoseconds = NaN;
  lastData: Nanoseconds = NaN;
  largest = 0;

  closedFor(now: Nanoseconds): Nanoseconds {
    return Number.isNaN(this.closedAt) ? 0 : Math.max(0, now - this.closedAt);
  }
}

/** window.zero, window.full, window.small, window.shrunk (RFC 9293 3.8.6, RFC 7323 2.4). */
export class WindowDetector implements Detector {
  private readonly ends: readonly [Receiver, Receiver] = [new Receiver(), new Receiver()];
  private wasReset = false;
  private begun = false;

  /** Nothing had happened before: what the stream's facts tell is enough to go on from. */
  private begin(facts: StreamFacts): void {
    this.begun = true;
    for (const direction of [0, 1] as const) {
      const own = facts.ends[direction];
      const peer = facts.ends[direction ? 0 : 1];
      const r = this.ends[direction];
      r.next = peer.next;
      r.firstData = Number.isNaN(peer.dataTime) ? NaN : peer.firstTime;
      r.lastData = peer.dataTime;
      r.largest = Math.max(peer.largestArrived, peer.largestPending);
      if (own.window < 0 || Number.isNaN(peer.acked)) continue;
      r.ack = peer.acked;
      r.window = own.window;
      r.maxWindow = own.maxWindow;
      r.edge = r.high = seqAdd(peer.acked, own.window);
      r.edgeKnown = true;
      r.edgeFromSyn = own.packets === own.syns;
    }
  }

  observe(s: StudySegment, facts: StreamFacts): void {
    const { segment } = s;
    if (!this.begun) this.begin(facts);
    if (segment.quoted || s.verdict & DUPLICATE || !s.hasSeq) return;
    if (segment.flags & RST) {
      this.wasReset = true;
      return;
    }
    const peer = this.ends[s.direction ? 0 : 1];
    if (s.verdict & VERDICT_WINDOW_PROBE) peer.probes++;
    // What is sent (again) into a closed window asks as well, but is no probe.
    else if (s.length > 0 && !Number.isNaN(peer.closedAt)) peer.pushed++;
    if (s.length > 0) data(s, peer);
    if (s.hasAck) advertise(s, this.ends[s.direction]);
  }

  findings(facts: StreamFacts): readonly Finding[] {
    const found: Finding[] = [];
    for (const direction of [0, 1] as const) {
      const r = this.ends[direction];
      const who = side(facts.roleOf(direction));
      const other = side(facts.roleOf(direction ? 0 : 1));
      const zero = this.zero(r, who, other, facts);
      if (zero) found.push(zero);
      const limit = limits(r, who, other, facts);
      if (limit) found.push(limit);
      const shrunk = shrinks(r, who, facts);
      if (shrunk) found.push(shrunk);
    }
    return found;
  }

  private zero(r: Receiver, who: string, other: string, facts: StreamFacts): Finding | null {
    if (r.closures === 0) return null;
    const stillClosed = !Number.isNaN(r.closedAt);
    const open = r.closedFor(facts.lastTime);
    const total = r.closedTotal + open;
    const longest = Math.max(r.closedLongest, open);
    const asked = r.probes + r.pushed;
    if (total === 0 && asked === 0) return null;
    const parts = [
      r.closures === 1
        ? t('{0} closed its receive window for {1}: its program did not read.', sentence(who), timeWord(facts, total))
        : t('{0} closed its receive window {1}, for {2} in all (longest {3}): its program did not read.', sentence(who), times(r.closures), timeWord(facts, total), timeWord(facts, longest)),
    ];
    if (r.probes > 0) parts.push(t('{0} probed it {1}.', sentence(other), times(r.probes)));
    if (r.pushed > 0) parts.push(t('Data of {0} passed while it was closed, {1}.', other, times(r.pushed)));
    if (stillClosed) parts.push(this.wasReset ? t('It was still closed when the connection was reset.') : t('It had not opened again at the end.'));
    return finding('window.zero', {
      stream: facts.stream,
      packets: r.closedPackets,
      harm: total,
      severity: (asked > 0 || r.resumed > 0) && total >= CLOSED_NOTE ? 'error' : 'info',
      text: parts.join(' '),
    });
  }
}

/** New data for a receiver: does it reach the edge of the window, and had it been waiting there? */
function data(s: StudySegment, r: Receiver): void {
  if (!Number.isNaN(r.next) && seqNotAfter(s.end, r.next)) return;
  r.next = s.end;
  if (Number.isNaN(r.firstData)) r.firstData = s.time;
  if (s.time - r.reopenedAt <= PROMPT + Math.max(0, s.analysis.initialRtt || 0)) r.resumed++;
  r.reopenedAt = NaN;
  r.lastData = s.time;
  r.largest = Math.max(r.largest, s.length);
  if (!Number.isNaN(r.waitingSince)) {
    if (s.time - r.openedAt <= PROMPT + Math.max(0, s.analysis.initialRtt || 0)) {
      r.waits++;
      r.waited += s.time - r.waitingSince;
      r.waitPackets.add(r.waitingPacket);
      r.offered += r.window / r.maxWindow;
    }
    r.waitingSince = r.openedAt = NaN;
  }
  if (r.edgeKnown && !r.edgeFromSyn && r.maxWindow > 0 && seqDiff(r.edge, s.end) < r.largest) {
    r.waitingSince = s.time;
    r.waitingPacket = s.packet;
  }
}

/** A receiver's own segment: where the window stands now. */
function advertise(s: StudySegment, r: Receiver): void {
  if (!s.hasWindow) {
    // Where it stands now is not known, nor that it is still closed.
    reopen(s, r);
    r.edgeKnown = false;
    r.waitingSince = r.openedAt = NaN;
    return;
  }
  const { ack, window, flags } = s.segment;
  const syn = (flags & SYN) !== 0;
  const { scale } = s.analysis;
  if (!syn) {
    if (window > 0) reopen(s, r);
    else if (Number.isNaN(r.closedAt)) {
      r.closedAt = s.time;
      r.closures++;
      r.closedPackets.add(s.packet);
    }
    if (scale === -1) return;
  }
  // An acknowledgment that was overtaken says nothing new.
  if (r.edgeKnown && seqAfter(r.ack, ack)) return;
  const edge = seqAdd(ack, s.window);
  if (r.edgeKnown) noteShrink(s, r, edge, syn || scale < 0 ? 1 : 2 ** scale);
  if (!r.edgeKnown || !seqAfter(r.high, edge)) r.high = edge;
  if (!Number.isNaN(r.waitingSince) && Number.isNaN(r.openedAt) && seqDiff(edge, r.next) >= r.largest) r.openedAt = s.time;
  r.ack = ack;
  r.edge = edge;
  r.edgeKnown = true;
  r.edgeFromSyn = syn;
  r.window = s.window;
  if (!syn) r.maxWindow = Math.max(r.maxWindow, s.window);
}

function reopen(s: StudySegment, r: Receiver): void {
  if (Number.isNaN(r.closedAt)) return;
  const closed = r.closedFor(s.time);
  r.closedTotal += closed;
  r.closedLongest = Math.max(r.closedLongest, closed);
  r.closedAt = NaN;
  r.reopenedAt = s.time;
}

/** The right edge stands left of where it stood: by more than rounding (RFC 7323 2.4), and for longer than reordering explains. */
function noteShrink(s: StudySegment, r: Receiver, edge: number, unit: number): void {
  if (!seqAfter(r.high, edge)) {
    countShrink(s.time, s.analysis.initialRtt, r);
    r.belowSince = NaN;
    r.belowCounted = false;
    return;
  }
  const by = seqDiff(r.high, edge);
  const least = Math.max(unit, r.edgeFromSyn ? SYN_SLACK_SEGMENTS * Math.max(SMALLEST_SEGMENT, r.largest) : 0);
  if (Number.isNaN(r.belowSince)) {
    if (by < least) return;
    r.belowSince = s.time;
    r.belowPacket = s.packet;
    r.belowBy = by;
  } else {
    r.belowBy = Math.max(r.belowBy, by);
    countShrink(s.time, s.analysis.initialRtt, r);
  }
}

function countShrink(now: Nanoseconds, rtt: Nanoseconds, r: Receiver): void {
  if (Number.isNaN(r.belowSince) || now - r.belowSince < Math.max(SHRINK_LASTS, rtt || 0)) return;
  if (!r.belowCounted) {
    r.belowCounted = true;
    r.shrinks++;
    r.shrinkPackets.add(r.belowPacket);
  }
  r.shrunkBy = Math.max(r.shrunkBy, r.belowBy);
}

function limits(r: Receiver, who: string, other: string, facts: StreamFacts): Finding | null {
  const transfer = r.lastData - r.firstData;
  if (r.waits < WAITS || !(transfer > 0)) return null;
  // While the window was closed altogether it is window.zero that tells.
  const waited = r.waited - r.closedTotal;
  const share = waited / transfer;
  if (share < WAIT_SHARE && waited < WAIT_TOTAL) return null;
  const percent = Math.round(100 * Math.min(1, share));
  const common = { stream: facts.stream, packets: r.waitPackets, harm: waited, confidence: 'likely' } as const;
  if (r.offered / r.waits >= KEEPS_UP && r.closures === 0)
    return finding('window.small', {
      ...common,
      text: t(
        '{0} waited {1} for the window of {2}, {3} in all ({4} % of its transfer). The window is at most {5} although what arrives is read at once: the receive buffer is too small for this path.',
        sentence(other), times(r.waits), who, duration(waited), percent, bytes(r.maxWindow),
      ),
    });
  return finding('window.full', {
    ...common,
    text: t(
      '{0} filled the receive window of {1} {2} and waited {3} in all ({4} % of its transfer): the receiving program reads more slowly than data arrives.',
      sentence(other), who, times(r.waits), duration(waited), percent,
    ),
  });
}

function shrinks(r: Receiver, who: string, facts: StreamFacts): Finding | null {
  // The last one may not have lasted yet, but nothing took it back.
  const pending = !Number.isNaN(r.belowSince) && !r.belowCounted && facts.lastTime - r.belowSince >= SHRINK_LASTS;
  const count = r.shrinks + (pending ? 1 : 0);
  if (count === 0) return null;
  const most = bytes(Math.max(r.shrunkBy, pending ? r.belowBy : 0));
  return finding('window.shrunk', {
    stream: facts.stream,
    packets: pending ? [...r.shrinkPackets.packets, r.belowPacket] : r.shrinkPackets,
    confidence: 'likely',
    text: t('{0} took back window that it had offered ({1}, up to {2}): the other side may already have sent into it.', sentence(who), times(count), most),
  });
}

/** Right edge of the window that an end offered last; NaN before one. */
function edgeOf(facts: StreamFacts, direction: Direction): number {
  const { window } = facts.ends[direction];
  return window < 0 ? NaN : seqAdd(facts.ends[direction ? 0 : 1].acked, window);
}

export const WINDOW: DetectorKind = {
  group: 'window',
  wants: (s, facts) => {
    const { segment } = s;
    if (segment.quoted || segment.flags & (RST | SYN) || !s.hasSeq) return false;
    if (s.hasWindow && segment.window === 0) return true;
    const peer = s.direction ? 0 : 1;
    if (s.length > 0 && facts.ends[peer].window >= 0 && seqDiff(edgeOf(facts, peer), s.end) < (facts.ends[peer].mss || ETHERNET_MSS)) return true;
    return s.hasAck && s.hasWindow && facts.ends[s.direction].window >= 0 && seqAfter(edgeOf(facts, s.direction), seqAdd(segment.ack, s.window));
  },
  create: () => new WindowDetector(),
};
