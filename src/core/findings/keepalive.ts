import { VERDICT_KEEP_ALIVE } from '../analysis/segmentVerdict';
import type { UnshownProbe } from '../analysis/unshownProbes';
import type { Direction, Nanoseconds } from '../bytes/units';
import { RST } from '../decode/segment';
import { duration } from '../explain/words';
import { t } from '../l10n';
import { DUPLICATE } from '../study/duplicates';
import type { StreamFacts } from '../study/streamFacts';
import type { StudySegment } from '../study/studySegment';
import { finding, type CaptureFacts, type Detector, type DetectorKind } from './detector';
import type { Finding } from './finding';
import { PacketList } from './packetList';
import { sentences, who, Who } from './wording';

/** Unanswered probes in a row that show a dead peer: with a RST of the prober, and without. */
const DEAD_WITH_RESET = 1;
const DEAD_WITHOUT = 3;

/** A keep-alive probe, by our verdict. */
export function isKeepAlive(s: StudySegment): boolean {
  return (s.verdict & VERDICT_KEEP_ALIVE) !== 0;
}

/** Probes of one end. */
class Probes {
  readonly list = new PacketList();
  answered = 0;
  /** Since the peer spoke last. */
  readonly unanswered = new PacketList();
  firstUnanswered: Nanoseconds = NaN;
  last: Nanoseconds = NaN;
  first: Nanoseconds = NaN;
  /** Shortest time between probes, and from the last other segment to the first. */
  interval: Nanoseconds = NaN;
  idle: Nanoseconds = NaN;
  resetAfter = false;
  /** Known by their answers only: the text does not show their numbers. */
  inferred = 0;
}

/** Keep-alive probes: keepalive.answered, keepalive.dead. */
class KeepAlive implements Detector {
  private readonly ends: [Probes | null, Probes | null] = [null, null];

  observe(s: StudySegment, facts: StreamFacts): void {
    if (s.segment.quoted || s.verdict & DUPLICATE) return;
    if (s.unshownProbe) this.answeredUnshown(s.unshownProbe);
    const { direction, time } = s;
    const peerProbes = this.ends[direction ? 0 : 1];
    const reset = (s.segment.flags & RST) !== 0;
    if (peerProbes && peerProbes.unanswered.count > 0 && !reset) {
      peerProbes.answered += peerProbes.unanswered.count > 0 ? 1 : 0;
      peerProbes.unanswered.clear();
    }
    const own = this.ends[direction];
    if (reset) {
      if (own && own.unanswered.count > 0) own.resetAfter = true;
      return;
    }
    if (!isKeepAlive(s)) return;
    const probes = (this.ends[direction] ??= new Probes());
    const since = time - facts.lastTime;
    if (probes.unanswered.count === 0) {
      probes.firstUnanswered = time;
      if (!(probes.idle <= since)) probes.idle = since;
    } else if (!(probes.interval <= time - probes.last)) probes.interval = time - probes.last;
    if (probes.list.count === 0) probes.first = time;
    probes.last = time;
    probes.list.add(s.packet);
    probes.unanswered.add(s.packet);
  }

  /** A probe that only its answer gave away. */
  private answeredUnshown(probe: UnshownProbe): void {
    const probes = (this.ends[probe.direction] ??= new Probes());
    if (!(probes.idle <= probe.idle)) probes.idle = probe.idle;
    if (probes.list.count === 0) probes.first = probe.time;
    probes.last = probe.time;
    probes.list.add(probe.packet);
    probes.answered++;
    probes.inferred++;
  }

  findings(facts: StreamFacts, capture: CaptureFacts): readonly Finding[] {
    const found: Finding[] = [];
    for (const d of [0, 1] as const) {
      const probes = this.ends[d];
      if (!probes) continue;
      const silent = probes.unanswered.count;
      const given = probes.resetAfter ? silent >= DEAD_WITH_RESET : silent >= DEAD_WITHOUT && capture.lastTime >= probes.last;
      if (given) found.push(this.dead(facts, d, probes));
      else if (probes.answered > 0) found.push(this.answered(facts, d, probes));
    }
    return found;
  }

  private dead(facts: StreamFacts, d: Direction, probes: Probes): Finding {
    const own = facts.ends[d];
    const end = probes.resetAfter ? own.rstTime : probes.last;
    const list = new PacketList();
    for (const packet of probes.unanswered.packets) list.add(packet);
    list.count = probes.unanswered.count;
    if (probes.resetAfter) list.add(own.rstPacket);
    return finding('keepalive.dead', {
      stream: facts.stream, packets: list, harm: end - probes.firstUnanswered, confidence: probes.resetAfter ? 'certain' : 'likely',
      text: sentences(
        probes.unanswered.count === 1
          ? t('{0} sent a keep-alive probe that {1} did not answer.', Who(facts, d), who(facts, d ? 0 : 1))
          : t('{0} sent {1} keep-alive probes {2} apart that {3} did not answer.', Who(facts, d), String(probes.unanswered.count), duration(probes.interval), who(facts, d ? 0 : 1)),
        probes.resetAfter ? t('Then it reset the connection, {0} after the first.', duration(end - probes.firstUnanswered)) : t('Nothing more of it is in the capture.'),
      ),
    });
  }

  private answered(facts: StreamFacts, d: Direction, probes: Probes): Finding {
    const missed = probes.list.count - probes.answered - probes.unanswered.count;
    return finding('keepalive.answered', {
      stream: facts.stream, packets: probes.list, ...(probes.inferred > 0 ? { confidence: 'likely' as const } : {}),
      text: sentences(
        probes.list.count === 1
          ? t('{0} sent a keep-alive probe after {1} of silence; it was answered.', Who(facts, d), duration(probes.idle))
          : t('{0} sent {1} keep-alive probes, the first after {2} of silence; {3} were answered.', Who(facts, d), String(probes.list.count), duration(probes.idle), String(probes.answered)),
        missed > 0 ? t('{0} had to be repeated after {1}.', String(missed), duration(probes.interval)) : '',
        probes.inferred > 0 ? t('Inferred: the text shows no sequence number on a pure ACK; these were answered at once, as only an old number is.') : '',
      ),
    });
  }
}

export const KEEP_ALIVE: DetectorKind = {
  group: 'keepalive',
  wants: (s) => isKeepAlive(s) || s.unshownProbe !== null,
  create: () => new KeepAlive(),
};
