import { NO_PACKET, type Direction, type PacketIndex } from '../bytes/units';
import { ACK, HEADER_FULL, KNOWN_OPTIONS, OPT_SACK_PERMITTED, OPT_TIMESTAMPS, OPT_WINDOW_SCALE, RST, SYN, type Segment } from '../decode/segment';
import { t } from '../l10n';
import { DUPLICATE } from '../study/duplicates';
import type { StreamFacts } from '../study/streamFacts';
import type { StudySegment } from '../study/studySegment';
import { finding, type CaptureFacts, type Detector, type DetectorKind } from './detector';
import type { Finding } from './finding';
import { packetList } from './packetList';
import { sentences, Who, who } from './wording';

/** Options that hold only if both SYNs carry them (RFC 7323 2.2, 3.2; RFC 2018 2). */
const MUTUAL = OPT_WINDOW_SCALE | OPT_SACK_PERMITTED | OPT_TIMESTAMPS;
/** Segments after the handshake by which an end shows whether it uses timestamps. */
const ENOUGH = 3;
const LOOK_AT = 16;
/** Hosts and ports that are remembered. */
const MOST_HOSTS = 4096;

/** What an end was granted somewhere in the capture. */
interface Habit {
  /** OPT_* bits. */
  options: number;
  /** The SYN/ACK that showed the latest of them. */
  packet: PacketIndex;
}

/** Which hosts are known to use which options: a SYN/ACK that takes an offer up shows it of both. */
export class OptionHabits {
  private readonly clients = new Map<string, Habit>();
  private readonly servers = new Map<string, Habit>();

  /** Takes in a SYN/ACK; `facts` stand as they were before it. */
  observe(s: StudySegment, facts: StreamFacts): void {
    const { segment } = s;
    const granted = segment.optionsSeen & offeredBy(facts, s.direction ? 0 : 1);
    if (granted === 0) return;
    note(this.servers, serverKey(segment), granted, s.packet);
    note(this.clients, clientKey(segment), granted, s.packet);
  }

  /** OPT_* bits that both ends of a SYN/ACK are known to use, and where the server does. */
  of(client: string, server: string): Habit {
    const own = this.servers.get(server);
    return { options: (own?.options ?? 0) & (this.clients.get(client)?.options ?? 0), packet: own?.packet ?? NO_PACKET };
  }
}

function note(map: Map<string, Habit>, key: string, options: number, packet: PacketIndex): void {
  const held = map.get(key);
  if (!held) {
    if (map.size < MOST_HOSTS) map.set(key, { options, packet });
  } else if (options & ~held.options) {
    held.options |= options;
    held.packet = packet;
  }
}

function serverKey({ family, src0, src1, src2, src3, srcPort }: Segment): string {
  return `${family} ${src0} ${src1} ${src2} ${src3} ${srcPort}`;
}

function clientKey({ family, dst0, dst1, dst2, dst3 }: Segment): string {
  return `${family} ${dst0} ${dst1} ${dst2} ${dst3}`;
}

/** OPT_* bits of the options that an end's last SYN carried. */
function offeredBy(facts: StreamFacts, end: Direction): number {
  const { windowScale, sackPermitted, timestamps } = facts.ends[end];
  return (windowScale >= 0 ? OPT_WINDOW_SCALE : 0) | (sackPermitted ? OPT_SACK_PERMITTED : 0) | (timestamps ? OPT_TIMESTAMPS : 0);
}

/** All options of the segment were captured, or shown by the text. */
function showsOptions(segment: Segment): boolean {
  return segment.header === HEADER_FULL && (segment.known & KNOWN_OPTIONS) !== 0 && !segment.optionsBad;
}

export function isAnswer(s: StudySegment): boolean {
  const { segment } = s;
  return (segment.flags & (SYN | ACK)) === (SYN | ACK) && !segment.quoted && showsOptions(segment);
}

/**
 * handshake.options-stripped: an option that was offered did not come back although both hosts use it elsewhere in the capture; or what
 * the ends do afterwards shows that the SYN/ACK which left is not the SYN/ACK that arrived.
 */
class OptionsStripped implements Detector {
  private answer: PacketIndex = NO_PACKET;
  private answerer: Direction = 0;
  private offered = 0;
  private granted = 0;
  /** Who is meant; set where something was not granted. */
  private client = '';
  private server = '';
  /** Segments after the handshake with and without timestamps, and the first of them: of who answered, and of who opened. */
  private answererStamped = 0;
  private answererBare = 0;
  private answererFirst: PacketIndex = NO_PACKET;
  private openerStamped = 0;
  private openerBare = 0;
  private openerFirst: PacketIndex = NO_PACKET;

  observe(s: StudySegment, facts: StreamFacts): void {
    const { segment, direction } = s;
    if (segment.quoted || s.verdict & DUPLICATE || !showsOptions(segment)) return;
    if (segment.flags & SYN) {
      if (!(segment.flags & ACK)) return;
      this.answer = s.packet;
      this.answerer = direction;
      this.offered = offeredBy(facts, direction ? 0 : 1);
      this.granted = segment.optionsSeen & MUTUAL;
      if (this.offered & ~this.granted) {
        this.server = serverKey(segment);
        this.client = clientKey(segment);
      }
      return;
    }
    if (segment.flags & RST || !(this.offered & OPT_TIMESTAMPS)) return;
    const stamped = (segment.optionsSeen & OPT_TIMESTAMPS) !== 0;
    if (direction === this.answerer) {
      if (this.answererStamped + this.answererBare >= LOOK_AT) return;
      if (this.answererFirst === NO_PACKET) this.answererFirst = s.packet;
      if (stamped) this.answererStamped++;
      else this.answererBare++;
    } else {
      if (this.openerStamped + this.openerBare >= LOOK_AT) return;
      if (this.openerFirst === NO_PACKET) this.openerFirst = s.packet;
      if (stamped) this.openerStamped++;
      else this.openerBare++;
    }
  }

  findings(facts: StreamFacts, capture: CaptureFacts): readonly Finding[] {
    const opener: Direction = this.answerer ? 0 : 1;
    const syn = facts.ends[opener].synPacket;
    if (this.answer === NO_PACKET || syn === NO_PACKET || facts.selfConnected) return [];
    const { stream } = facts;
    const timestamps = (this.granted & OPT_TIMESTAMPS) !== 0;
    if (this.offered & OPT_TIMESTAMPS && this.answererStamped >= ENOUGH && this.answererBare === 0) {
      if (!timestamps) {
        const text = sentences(
          t('{0} offers timestamps, the SYN/ACK has none, and yet the other end uses them from its next segment on.', Who(facts, opener)),
          t('It did take the offer up: something between it and the capture point removed the option from the SYN/ACK.'),
        );
        return [finding('handshake.options-stripped', { stream, packets: [syn, this.answer, this.answererFirst], confidence: 'likely', text })];
      }
      if (this.openerBare >= ENOUGH && this.openerStamped === 0) {
        const text = sentences(
          t('Timestamps were offered and granted, but {0}, who offered them, never uses them.', who(facts, opener)),
          t('Something on the way to it removed the option from the SYN/ACK, or it does not keep to RFC 7323 3.2.'),
        );
        return [finding('handshake.options-stripped', { stream, packets: [syn, this.answer, this.openerFirst], confidence: 'possible', text })];
      }
    }
    return this.notGranted(facts, capture, syn, opener);
  }

  private notGranted(facts: StreamFacts, capture: CaptureFacts, syn: PacketIndex, opener: Direction): readonly Finding[] {
    if (this.server === '') return [];
    const habit = capture.habits.of(this.client, this.server);
    const missing = this.offered & ~this.granted & habit.options;
    if (missing === 0) return [];
    // SYN cookies and SYN proxies have room for the MSS alone: then the server's side itself dropped the rest.
    const cookie = this.granted === 0;
    const text = sentences(
      t('{0} offers {1}, and the SYN/ACK lacks it; in other connections of this capture both hosts use it.', Who(facts, opener), names(missing)),
      missing & OPT_WINDOW_SCALE ? t('Without a window scale neither side may have more than 65 535 bytes in flight.') : '',
      cookie
        ? t('It lacks all of them, as the answers of SYN cookies and SYN proxies do; a firewall that removes options would look the same.')
        : t('A firewall or proxy between them removes options; or another machine answers at this address (a load balancer).'),
    );
    const weight = cookie ? ({ severity: 'info', confidence: 'possible' } as const) : ({ confidence: 'likely' } as const);
    return [finding('handshake.options-stripped', { stream: facts.stream, packets: packetList([syn, this.answer, habit.packet]), text, ...weight })];
  }
}

function names(options: number): string {
  const found: string[] = [];
  if (options & OPT_WINDOW_SCALE) found.push(t('a window scale'));
  if (options & OPT_SACK_PERMITTED) found.push(t('SACK'));
  if (options & OPT_TIMESTAMPS) found.push(t('timestamps'));
  return found.join(', ');
}

export const OPTIONS_STRIPPED: DetectorKind = {
  group: 'optionsStripped',
  wants: (s) => isAnswer(s),
  create: () => new OptionsStripped(),
};
