import { formatAddress, formatEndpoint } from '../bytes/address';
import { escapeText } from '../bytes/escape';
import { NO_PACKET, type Nanoseconds, type StreamIndex } from '../bytes/units';
import { ACK, ECE, OPT_TIMESTAMPS, SYN } from '../decode/segment';
import { duration } from '../explain/words';
import { t } from '../l10n';
import type { StreamFacts } from '../study/streamFacts';
import type { StudySegment } from '../study/studySegment';
import { finding, type CaptureDetector, type CaptureFacts } from './detector';
import type { Finding } from './finding';
import { PacketList } from './packetList';

/** Targets that are told apart; beyond them all counts go to nobody. */
const MAX_TARGETS = 4096;
/** This many handshakes that nobody completed, and this share of all to that port, make a flood... */
const FLOOD_HANDSHAKES = 50;
const FLOOD_SHARE = 0.75;
/** ...when they come this fast. */
const FLOOD_PER_SECOND = 2;
/** SYN/ACKs in a row whose timestamps code the client's options: by chance once in 64^5. */
const COOKIES_IN_A_ROW = 5;

/** Layout of the low timestamp bits of a Linux SYN cookie (net/ipv4/syncookies.c). */
const COOKIE_NO_SCALE = 0xf;
const COOKIE_SACK = 0x10;
const COOKIE_ECN = 0x20;
const COOKIE_MASK = 0x3f;

class Target {
  cookieRun = 0;
  readonly cookies = new PacketList();
  constructor(readonly name: string) {}
}

/** handshake.syn-flood and handshake.syn-cookies, per server address and port. */
export class SynFlood implements CaptureDetector {
  private readonly targets: Target[] = [];
  private readonly byKey = new Map<string, number>();
  /** Target of each stream, -1 for none. */
  private readonly targetOf: number[] = [];

  observe(s: StudySegment, facts: StreamFacts): void {
    const { segment, analysis } = s;
    if (segment.quoted || !(segment.flags & SYN)) return;
    if (analysis.newStream) this.targetOf[analysis.stream] = segment.flags & ACK ? -1 : this.target(s);
    else if (segment.flags & ACK && segment.optionsSeen & OPT_TIMESTAMPS) {
      const target = this.targets[this.targetOf[analysis.stream] ?? -1];
      if (target) noteCookie(target, s, facts);
    }
  }

  private target(s: StudySegment): number {
    const g = s.segment;
    const key = `${g.family} ${g.dst0} ${g.dst1} ${g.dst2} ${g.dst3} ${g.dstPort}`;
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    if (this.targets.length >= MAX_TARGETS) return -1;
    const address = formatAddress(g.family, g.dst0, g.dst1, g.dst2, g.dst3, s.hostName);
    this.byKey.set(key, this.targets.length);
    this.targets.push(new Target(escapeText(formatEndpoint(address, String(g.dstPort)))));
    return this.targets.length - 1;
  }

  findings(_capture: CaptureFacts, streamFacts: (stream: StreamIndex) => StreamFacts | null): readonly Finding[] {
    const tallies = this.targets.map(() => ({ all: 0, open: 0, unanswered: 0, first: Infinity, last: -Infinity, packets: new PacketList() }));
    for (let stream = 0; stream < this.targetOf.length; stream++) {
      const tally = tallies[this.targetOf[stream] ?? -1];
      const facts = tally && streamFacts(stream);
      // Without times there is no rate.
      if (!tally || !facts?.timed) continue;
      tally.all++;
      const opener = facts.ends[facts.client];
      const answerer = facts.ends[facts.server];
      // Only SYNs (and RSTs) came from the client, and no RST refused them.
      if (opener.synPacket === NO_PACKET || opener.packets > opener.syns + opener.rsts || answerer.rsts > 0) continue;
      tally.open++;
      if (answerer.packets === 0) tally.unanswered++;
      tally.packets.add(opener.synPacket);
      tally.first = Math.min(tally.first, opener.synTime);
      tally.last = Math.max(tally.last, opener.synTime);
    }
    const found: Finding[] = [];
    tallies.forEach((tally, i) => {
      const span: Nanoseconds = tally.last - tally.first;
      const { name, cookies } = this.targets[i]!;
      if (tally.open >= FLOOD_HANDSHAKES && tally.open >= FLOOD_SHARE * tally.all && tally.open * 1e9 >= FLOOD_PER_SECOND * span) {
        found.push(
          finding('handshake.syn-flood', {
            stream: null, packets: tally.packets, confidence: 'likely', harm: span,
            text: t('{0} of {1} handshakes with {2} within {3} were never completed; {4} of them got no answer at all.', String(tally.open), String(tally.all), name, duration(span), String(tally.unanswered)),
          }),
        );
      }
      if (cookies.count > 0) {
        found.push(finding('handshake.syn-cookies', { stream: null, packets: cookies, confidence: 'likely', text: t('{0} SYN/ACKs of {1} bear the mark of Linux SYN cookies: its SYN queue was full.', String(cookies.count), name) }));
      }
    });
    return found;
  }
}

/** Counts SYN/ACKs in a row whose timestamp repeats what the SYN offered. */
function noteCookie(target: Target, s: StudySegment, facts: StreamFacts): void {
  const opener = facts.ends[s.direction ? 0 : 1];
  if (!opener.timestamps) return;
  const options = (opener.windowScale < 0 ? COOKIE_NO_SCALE : Math.min(opener.windowScale, 14)) | (opener.sackPermitted ? COOKIE_SACK : 0);
  const bits = s.segment.tsVal & COOKIE_MASK;
  if (bits !== options && bits !== (options | (s.segment.flags & ECE ? COOKIE_ECN : 0))) {
    target.cookieRun = 0;
    return;
  }
  if (++target.cookieRun >= COOKIES_IN_A_ROW) target.cookies.addAnywhere(s.packet);
}
