import type { LossEpisode } from '../analysis/lossEpisodes';
import { VERDICT_RETRANSMISSION } from '../analysis/segmentVerdict';
import { TRIGGER_DUP_ACKS, TRIGGER_ICMP, TRIGGER_SACK, TRIGGER_TAIL_PROBE, TRIGGER_TIMEOUT, TRIGGER_UNKNOWN } from '../analysis/verdictReasons';
import { NO_PACKET, type Direction, type Nanoseconds, type PacketIndex } from '../bytes/units';
import { duration } from '../explain/words';
import { t } from '../l10n';
import type { StreamFacts } from '../study/streamFacts';
import { finding, type CaptureFacts, type Detector, type DetectorKind } from './detector';
import type { Confidence, Finding } from './finding';
import { packetList } from './packetList';
import { sentences, Who, who } from './wording';

/** Transmissions of the same bytes, unanswered, from which on the peer counts as gone; fewer may only mean that the capture ends. */
const DEAD_ATTEMPTS = 3;
/** Silence after the last attempt that makes it certain, as a share of the wait before it. */
const SURELY_OVER = 1;

/** How the recoveries of one kind in one direction add up. */
class Tally {
  episodes = 0;
  segments = 0;
  spurious = 0;
  attempts = 1;
  stalled: Nanoseconds = 0;
  longest: Nanoseconds = 0;
  sure = true;
  /** What set off at least one of them is known. */
  explained = false;
  readonly packets: PacketIndex[] = [];

  add(e: LossEpisode): void {
    this.episodes++;
    this.segments += e.count;
    this.spurious += e.spurious;
    this.attempts = Math.max(this.attempts, e.attempts);
    this.stalled += e.stalled;
    this.longest = Math.max(this.longest, e.stalled);
    if (e.trigger !== TRIGGER_SACK && e.trigger !== TRIGGER_DUP_ACKS && e.trigger !== TRIGGER_TIMEOUT) this.sure = false;
    if (e.trigger !== TRIGGER_UNKNOWN) this.explained = true;
    if (e.original !== NO_PACKET) this.packets.push(e.original);
    // Where the first transmission is not in the capture, what the sender did before is not either.
    else this.sure = false;
    this.packets.push(...e.packets);
  }
}

type Kind = 'loss.dead' | 'loss.timeout' | 'loss.tail' | 'loss.fast-retransmit' | 'loss.spurious';

/** loss.*: the recoveries that our judge saw, by what repaired them. Handshakes and lone FINs have findings of their own. */
class LossDetector implements Detector {
  observe(): void {
    // The judge has seen all: facts.judge.
  }

  findings(facts: StreamFacts, capture: CaptureFacts): readonly Finding[] {
    const { judge } = facts;
    if (!judge) return [];
    const tallies = new Map<string, { readonly kind: Kind; readonly direction: Direction; readonly tally: Tally; readonly last: LossEpisode }>();
    for (const episode of judge.recoveries()) {
      if (episode.finOnly || episode.trigger === TRIGGER_ICMP) continue;
      const kind = kindOf(episode, facts, episode === judge.openEpisode(episode.direction));
      const key = `${kind} ${episode.direction}`;
      let entry = tallies.get(key);
      if (!entry) tallies.set(key, (entry = { kind, direction: episode.direction, tally: new Tally(), last: episode }));
      entry.tally.add(episode);
    }
    return [...tallies.values()].map(({ kind, direction, tally, last }) =>
      finding(kind, {
        stream: facts.stream,
        packets: packetList(tally.packets),
        confidence: confidence(kind, tally, last, capture),
        // In a fast recovery the sender goes on sending, only slower.
        harm: kind === 'loss.spurious' ? 0 : kind === 'loss.fast-retransmit' ? tally.stalled / 10 : tally.stalled,
        text: text(kind, facts, direction, tally, last),
      }),
    );
  }
}

function kindOf(e: LossEpisode, facts: StreamFacts, isOpen: boolean): Kind {
  if (e.count > 0 && e.spurious === e.count) return 'loss.spurious';
  if (isOpen && e.attempts >= DEAD_ATTEMPTS && !heardAfter(e, facts)) return 'loss.dead';
  if (e.worst === TRIGGER_TIMEOUT) return 'loss.timeout';
  return e.trigger === TRIGGER_TAIL_PROBE ? 'loss.tail' : 'loss.fast-retransmit';
}

/** The receiver sent anything after the last attempt. */
function heardAfter(e: LossEpisode, facts: StreamFacts): boolean {
  const receiver = facts.ends[e.direction ? 0 : 1];
  return receiver.lastTime >= e.lastAt || receiver.rstTime >= e.startedAt;
}

function confidence(kind: Kind, tally: Tally, last: LossEpisode, capture: CaptureFacts): Confidence {
  if (kind === 'loss.dead') return capture.lastTime - last.lastAt >= SURELY_OVER * Math.max(last.waited, last.lastAt - last.startedAt) ? 'certain' : 'likely';
  if (kind === 'loss.fast-retransmit') return tally.sure ? 'certain' : 'likely';
  return kind === 'loss.timeout' ? 'certain' : 'likely';
}

function text(kind: Kind, facts: StreamFacts, direction: Direction, tally: Tally, last: LossEpisode): string {
  const sender = Who(facts, direction);
  const { segments, retransmissions } = facts.judge!.sentCounts(direction);
  const share = segments > 0 ? t('Of its {0} segments with data, {1} % were retransmissions.', String(segments), ((100 * retransmissions) / segments).toFixed(1)) : '';
  const stalls = tally.episodes === 1 ? t('The repair took {0}.', duration(tally.longest)) : t('The repairs took {0} in all, the longest {1}.', duration(tally.stalled), duration(tally.longest));
  const again = tally.segments === 1 ? t('1 segment sent again') : t('{0} segments sent again', String(tally.segments));
  switch (kind) {
    case 'loss.dead':
      return t(
        '{0} sent the same data {1} times over {2}, and nothing came from {3} any more.',
        sender, String(last.attempts), duration(last.lastAt - (Number.isNaN(last.sentAt) ? last.startedAt : last.sentAt)), who(facts, direction ? 0 : 1),
      );
    case 'loss.timeout':
      return sentences(
        tally.episodes === 1
          ? t('{0} noticed a loss only by its retransmission timer, after {1}.', sender, duration(last.timerWaited))
          : t('{0} noticed {1} losses only by its retransmission timer.', sender, String(tally.episodes)),
        tally.attempts > 2 ? t('The same data was sent up to {0} times, the wait growing each time.', String(tally.attempts)) : '',
        Number.isNaN(last.repairedAt) && tally.episodes === 1 ? t('It was not repaired by the end of the capture.') : stalls,
        share,
      );
    case 'loss.tail':
      return sentences(
        tally.episodes === 1
          ? t('{0} lost the end of what it had sent, and repeated it after {1} without waiting for the timer (tail loss probe).', sender, duration(last.waited))
          : t('{0} lost the end of what it had sent {1} times, and repeated it without waiting for the timer (tail loss probes).', sender, String(tally.episodes)),
        stalls, share,
      );
    case 'loss.fast-retransmit':
      return sentences(
        !tally.explained
          ? t('{0} repaired losses before its timer ran out: {1}. What made it do so, the capture does not show.', sender, again)
          : tally.episodes === 1
            ? t('{0} repaired a loss by fast retransmission: {1}.', sender, again)
            : t('{0} repaired losses by fast retransmission {1} times: {2}.', sender, String(tally.episodes), again),
        tally.spurious > 0 ? t('{0} of them were not needed.', String(tally.spurious)) : '',
        stalls, share,
      );
    case 'loss.spurious':
      return tally.segments === 1 ? t('{0} sent a segment again although it had arrived.', sender) : t('{0} sent {1} segments again although they had arrived.', sender, String(tally.segments));
  }
}

export const LOSS: DetectorKind = {
  group: 'loss',
  wants: (s) => (s.verdict & VERDICT_RETRANSMISSION) !== 0,
  create: () => new LossDetector(),
};
