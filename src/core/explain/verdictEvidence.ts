import type { Confidence } from '../findings/finding';
import { LABEL_FAST_RETRANSMISSION, LABEL_KEEP_ALIVE, LABEL_OUT_OF_ORDER, LABEL_RETRANSMISSION, LABEL_SPURIOUS_RETRANSMISSION, LABEL_ZERO_WINDOW_PROBE } from '../analysis/segmentAnalysis';
import {
  VERDICT_DUPLICATE_CAPTURE,
  VERDICT_DUPLICATE_NETWORK,
  VERDICT_KEEP_ALIVE,
  VERDICT_OUT_OF_ORDER,
  VERDICT_RETRANSMISSION,
  VERDICT_WINDOW_PROBE,
  type Evidence,
} from '../analysis/segmentVerdict';
import * as why from '../analysis/verdictReasons';
import { VERDICTS } from '../analysis/verdicts';
import { NO_PACKET, type PacketIndex } from '../bytes/units';
import { OPT_TIMESTAMPS, type Segment } from '../decode/segment';
import { t } from '../l10n';
import type { CaptureModel } from '../query/captureModel';
import type { VerdictReason, VerdictTable } from '../table/verdictTable';
import { readSegment } from './facts';
import { labelEvidence } from './labelEvidence';
import { duration, grouped } from './words';

const ANY_RETRANSMISSION = LABEL_RETRANSMISSION | LABEL_FAST_RETRANSMISSION | LABEL_SPURIOUS_RETRANSMISSION;
const DUPLICATE = VERDICT_DUPLICATE_CAPTURE | VERDICT_DUPLICATE_NETWORK;

interface Grounds {
  readonly rule: string;
  readonly measured: string;
  readonly rival: string;
  readonly confidence: Confidence;
}

/** Why a packet has each of our verdicts. Reads the packets again that a comparison of timestamps or IP IDs rests on. */
export async function verdictEvidence(model: CaptureModel, verdicts: VerdictTable, packet: PacketIndex): Promise<readonly Evidence[]> {
  const verdict = verdicts.get(packet);
  if (verdict === 0) return [];
  const reasons = verdicts.reasonsOf(packet);
  const found: Evidence[] = [];
  for (const spec of VERDICTS) {
    if (!(verdict & spec.bit)) continue;
    const reason = reasons.find((r) => r.bit === spec.bit);
    const grounds = reason ? await groundsOf(model, reason) : { rule: t(spec.rule), measured: '', rival: '', confidence: 'likely' as const };
    const packets = reason ? [reason.other, reason.proof].filter((p, i, all) => p !== NO_PACKET && all.indexOf(p) === i).sort((a, b) => a - b) : [];
    found.push({ field: spec.field, rule: grounds.rule, packets, measured: grounds.measured, rival: grounds.rival, confidence: grounds.confidence });
  }
  return found;
}

/** "Wireshark calls this out of order: ...", where its label says something else than our verdict; empty where they agree. */
export function wiresharkDiffers(model: CaptureModel, verdict: number, packet: PacketIndex): string {
  const labels = model.packets.labels(packet);
  const differs =
    verdict & DUPLICATE ? labels & (ANY_RETRANSMISSION | LABEL_OUT_OF_ORDER | LABEL_KEEP_ALIVE)
    : verdict & VERDICT_RETRANSMISSION ? labels & (LABEL_OUT_OF_ORDER | LABEL_KEEP_ALIVE)
    : verdict & VERDICT_OUT_OF_ORDER ? labels & ANY_RETRANSMISSION
    : verdict & VERDICT_WINDOW_PROBE ? labels & LABEL_KEEP_ALIVE
    : verdict & VERDICT_KEEP_ALIVE ? labels & ANY_RETRANSMISSION
    : 0;
  if (!differs) {
    if (verdict & VERDICT_RETRANSMISSION && !(labels & ANY_RETRANSMISSION)) return t('Wireshark gives it no label of a retransmission.');
    return '';
  }
  const said = labelEvidence(model, packet).find((e) => labelDiffers(e.field, differs));
  return said ? t('Wireshark calls this {0}, because: {1} {2}', wiresharkName(said.field), said.rule, said.measured).trim() : '';
}

/** Whether our verdict says the same as one of Wireshark's labels (LABEL_* bit) about whose subject it speaks. */
export function verdictShares(label: number, verdict: number): boolean {
  if (label & ANY_RETRANSMISSION) return (verdict & VERDICT_RETRANSMISSION) !== 0;
  if (label & LABEL_OUT_OF_ORDER) return (verdict & VERDICT_OUT_OF_ORDER) !== 0;
  if (label & LABEL_KEEP_ALIVE) return (verdict & VERDICT_KEEP_ALIVE) !== 0;
  return (label & LABEL_ZERO_WINDOW_PROBE) !== 0 && (verdict & VERDICT_WINDOW_PROBE) !== 0;
}

const FIELD_BITS: Readonly<Record<string, number>> = {
  'tcp.analysis.out_of_order': LABEL_OUT_OF_ORDER,
  'tcp.analysis.keep_alive': LABEL_KEEP_ALIVE,
  'tcp.analysis.retransmission': LABEL_RETRANSMISSION,
  'tcp.analysis.fast_retransmission': LABEL_FAST_RETRANSMISSION,
  'tcp.analysis.spurious_retransmission': LABEL_SPURIOUS_RETRANSMISSION,
};

function labelDiffers(field: string, bits: number): boolean {
  return ((FIELD_BITS[field] ?? 0) & bits) !== 0;
}

function wiresharkName(field: string): string {
  switch (field) {
    case 'tcp.analysis.out_of_order':
      return t('out of order');
    case 'tcp.analysis.keep_alive':
      return t('a keep-alive');
    case 'tcp.analysis.fast_retransmission':
      return t('a fast retransmission');
    case 'tcp.analysis.spurious_retransmission':
      return t('a spurious retransmission');
    default:
      return t('a retransmission');
  }
}

async function groundsOf(model: CaptureModel, r: VerdictReason): Promise<Grounds> {
  const after = Number.isNaN(r.measured) ? '' : duration(r.measured);
  const trip = Number.isNaN(r.limit) ? '' : duration(r.limit);
  switch (r.why) {
    case why.WHY_SENT_BEFORE:
      return {
        rule: r.other === NO_PACKET ? t('Its bytes were sent before.') : t('The same bytes are in packet {0}, sent as another packet.', frame(r.other)),
        measured: after === '' ? '' : t('{0} after it.', after),
        rival: `${t('Not a copy made on the way: {0}', await difference(model, r.other, r.packet))} ${t('Not out of order: nothing of it is new.')}`,
        confidence: 'certain',
      };
    case why.WHY_FILLS_LATER_TS:
    case why.WHY_FILLS_LATER_ID:
    case why.WHY_FILLS_LATER_TIME:
      return fills(model, r, after, trip);
    case why.WHY_FILLS_ASKED:
      return {
        rule: t('It fills a gap that showed with packet {0}, after the receiver had reported three later segments or more (duplicate ACKs, SACK).', frame(r.other)),
        measured: t('{0} after it.', after),
        rival: t('Overtaken on the way? The round trip is too short here for time to tell; what comes right after such reports mostly answers them (RFC 5681 3.2, RFC 6675 4).'),
        confidence: 'likely',
      };
    case why.WHY_OVERTAKEN_TS:
    case why.WHY_OVERTAKEN_ID:
    case why.WHY_OVERTAKEN_TIME:
      return overtaken(model, r, after, trip);
    case why.WHY_LATE_ORIGINAL:
      return {
        rule: t('Its bytes came already in packet {0}, but this packet was sent before that one.', frame(r.other)),
        measured: await difference(model, r.packet, r.other),
        rival: t('Not a retransmission: it is what packet {0} repeats.', frame(r.other)),
        confidence: 'certain',
      };
    case why.WHY_BELOW_NEXT:
      return {
        rule: t('Nothing new, one below the next sequence number, with everything acknowledged: it only asks for an answer.'),
        measured: t('After a silence of {0}; the window of the other side is open ({1} bytes).', after, grouped(r.limit)),
        rival: t('Not a window probe: the window is open. Not a retransmission: the byte below was acknowledged.'),
        confidence: 'certain',
      };
    case why.WHY_OLD_BY_ECHO:
    case why.WHY_OLD_BY_PERIOD:
      return await answeredUnshown(model, r, after);
    case why.WHY_INTO_CLOSED_WINDOW:
    case why.WHY_NEW_BYTE_CLOSED:
      return {
        rule: r.why === why.WHY_NEW_BYTE_CLOSED ? t('One new byte while the window of the other side is 0.') : t('Nothing new, one below the next sequence number, while the sender takes the window of the other side for closed.'),
        measured: t('{0} after the last segment of this side; packet {1} set the window.', after, frame(r.other)),
        rival: t('Not a keep-alive: data waits to be sent, and only the closed window keeps it back (RFC 9293 3.8.6.1).'),
        confidence: 'certain',
      };
    default:
      return r.why >= why.WHY_COPY_SAME_ID && r.why <= why.WHY_COPY_HABIT ? copied(r, after) : fate(r, after, trip);
  }
}

/** A pure ACK without a number that was answered at once: inferred to be a probe. */
async function answeredUnshown(model: CaptureModel, r: VerdictReason, after: string): Promise<Grounds> {
  const table = model.packets;
  const [probe, answer] = r.why === why.WHY_OLD_BY_ECHO ? [await readSegment(model, r.packet), await readSegment(model, r.proof)] : [null, null];
  const measured = [
    t('After a silence of {0}; answered {1} later.', after, duration(r.limit)),
    r.other === NO_PACKET ? '' : t('{0} after the probe before it, packet {1}.', duration(table.time(r.packet) - table.time(r.other)), frame(r.other)),
    probe && answer ? t('The answer echoes TSecr {0}, older than this packet\'s TSval {1}: the other side did not take it for new (RFC 7323 5.3).', String(answer.tsEcr), String(probe.tsVal)) : '',
  ];
  return {
    rule: t('Inferred: the text shows no sequence number on a pure ACK, but the other side answered this one at once, in packet {0}, with the ACK that it had sent before. Only a segment with an old number is answered so (RFC 9293 3.10.7.4).', frame(r.proof)),
    measured: measured.filter((s) => s !== '').join(' '),
    rival: t('A window update, or an ACK of data, is not answered at all.'),
    confidence: r.why === why.WHY_OLD_BY_ECHO ? 'likely' : 'possible',
  };
}

async function fills(model: CaptureModel, r: VerdictReason, after: string, trip: string): Promise<Grounds> {
  const time = r.why === why.WHY_FILLS_LATER_TIME;
  return {
    rule: time ? t('It fills a gap that showed with packet {0}, at least a round trip later.', frame(r.other)) : t('It fills a gap that showed with packet {0}, and was sent after that packet.', frame(r.other)),
    measured: time ? t('{0} after it; the shortest round trip is {1}.', after, trip || '?') : `${await difference(model, r.other, r.packet)} ${t('{0} after it.', after)}`,
    rival: time ? t('Overtaken on the way? It would have to be late by {0}.', after) : t('Not overtaken on the way: what is overtaken was sent before what overtakes it.'),
    confidence: time ? 'likely' : 'certain',
  };
}

async function overtaken(model: CaptureModel, r: VerdictReason, after: string, trip: string): Promise<Grounds> {
  const time = r.why === why.WHY_OVERTAKEN_TIME;
  return {
    rule: time ? t('It fills a gap that showed with packet {0}, too soon to be an answer to anything.', frame(r.other)) : t('It fills a gap that showed with packet {0}, but was sent before that packet.', frame(r.other)),
    measured: time ? t('{0} after it; a retransmission takes at least a round trip, {1}.', after, trip || '?') : `${await difference(model, r.packet, r.other)} ${t('It came {0} after it.', after)}`,
    rival: time ? t('Not a retransmission: its sender cannot have known of the gap.') : t('Not a retransmission: those are sent after what was sent first.'),
    confidence: time ? 'likely' : 'certain',
  };
}

function copied(r: VerdictReason, after: string): Grounds {
  const same = t('Same contents and IP identification as packet {0}: sent once.', frame(r.other));
  const rival = t('Not a retransmission: a sender gives each packet it sends a new IP identification or timestamp.');
  switch (r.why) {
    case why.WHY_COPY_INTERFACE:
      return { rule: same, measured: t('Captured on interface {0} and on interface {1}.', String(r.measured), String(r.limit)), rival, confidence: 'certain' };
    case why.WHY_COPY_TTL:
      return { rule: same, measured: t('Time to live {0} there and {1} here: before and after a router.', String(r.measured), String(r.limit)), rival, confidence: 'certain' };
    case why.WHY_COPY_INSTANT:
      return { rule: same, measured: t('Captured at the same moment.'), rival, confidence: 'likely' };
    case why.WHY_COPY_HABIT:
      return { rule: same, measured: t('{0} of {1} packets of this stream come twice: no network does that.', grouped(r.measured), grouped(r.limit)), rival, confidence: 'likely' };
    case why.WHY_COPY_SOON:
      return {
        rule: t('Same contents as packet {0}.', frame(r.other)), measured: t('{0} after it: sooner than anything could have made its sender repeat it.', after), rival: t('A retransmission needs a timeout or an acknowledgment first.'), confidence: 'likely',
      };
    default:
      return { rule: same, measured: t('{0} after it.', after), rival: `${rival} ${t('Not the capture\'s doing: other packets of the stream come once.')}`, confidence: 'certain' };
  }
}

/** What became of a transmission: not needed, or lost. */
function fate(r: VerdictReason, after: string, trip: string): Grounds {
  switch (r.why) {
    case why.WHY_ALREADY_ACKED:
      return { rule: t('All of it had been acknowledged, in packet {0}, before this packet passed.', frame(r.proof)), measured: '', rival: t('Not needed, unless to make the other side answer.'), confidence: 'certain' };
    case why.WHY_ALREADY_SACKED:
      return { rule: t('A SACK block had told that it arrived, before this packet passed.'), measured: '', rival: t('A receiver may drop what it had only selectively acknowledged; here nothing shows that it did.'), confidence: 'likely' };
    case why.WHY_DSACK:
      return { rule: t('The receiver reports in packet {0} that it got these bytes twice (D-SACK, RFC 2883).', frame(r.proof)), measured: '', rival: t('A copy made by the network would be reported in the same way; but here the sender did send it twice.'), confidence: 'certain' };
    case why.WHY_ECHO_OLD:
      return {
        rule: t('The acknowledgment, packet {0}, echoes a timestamp from before this packet: the earlier transmission arrived (Eifel, RFC 3522).', frame(r.proof)),
        measured: t('TSecr {0} is older than this packet\'s TSval {1}.', String(r.measured), String(r.limit)), rival: t('An ACK that this packet caused would echo its TSval.'), confidence: 'certain',
      };
    case why.WHY_ACK_TOO_SOON:
      return {
        rule: t('The acknowledgment, packet {0}, comes too soon after it to be its answer: the earlier transmission arrived.', frame(r.proof)),
        measured: t('{0} after it; the answer takes at least {1}.', after, trip), rival: t('Were this packet needed, its acknowledgment would take a whole round trip.'), confidence: 'likely',
      };
    case why.WHY_ORIGINAL_CAME:
      return { rule: t('The transmission that it repeats arrived after it, as packet {0}.', frame(r.proof)), measured: after === '' ? '' : t('{0} later.', after), rival: t('It was delayed, not lost.'), confidence: 'certain' };
    case why.WHY_NEVER_ACKED:
      return {
        rule: t('It was sent again in packet {0}, and no acknowledgment of it is in the capture.', frame(r.other)), measured: '',
        rival: t('It may have arrived and its acknowledgment been lost, or the capture ends too early.'), confidence: 'possible',
      };
    default:
      return {
        rule: t('It was sent again in packet {0}; only then was it acknowledged, in packet {1}.', frame(r.other), r.proof === NO_PACKET ? '?' : frame(r.proof)),
        measured: after === '' ? '' : t('{0} from this packet to the acknowledgment.', after),
        rival: t('Had it arrived after all, the receiver would have reported a copy (D-SACK) or echoed its timestamp.'), confidence: 'likely',
      };
  }
}

/** "IP ID 54580 before 54581" and the like: what tells two packets apart, the first one first. */
async function difference(model: CaptureModel, first: PacketIndex, second: PacketIndex): Promise<string> {
  if (first === NO_PACKET) return '';
  const [a, b] = [await segmentOf(model, first), await segmentOf(model, second)];
  if (!a || !b) return '';
  if (a.optionsSeen & b.optionsSeen & OPT_TIMESTAMPS && a.tsVal !== b.tsVal) return t('TSval {0} in packet {1}, {2} in packet {3}.', String(a.tsVal), frame(first), String(b.tsVal), frame(second));
  if (a.ipId !== 0 && b.ipId !== 0 && a.ipId !== b.ipId) return t('IP ID {0} in packet {1}, {2} in packet {3}.', String(a.ipId), frame(first), String(b.ipId), frame(second));
  const gap = model.packets.time(second) - model.packets.time(first);
  return t('they are {0} apart.', duration(gap));
}

async function segmentOf(model: CaptureModel, packet: PacketIndex): Promise<Pick<Segment, 'optionsSeen' | 'tsVal' | 'ipId'> | null> {
  const s = await readSegment(model, packet);
  return s ? { optionsSeen: s.optionsSeen, tsVal: s.tsVal, ipId: s.ipId } : null;
}

function frame(packet: PacketIndex): string {
  return packet === NO_PACKET ? '?' : `#${packet + 1}`;
}
