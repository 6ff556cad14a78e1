import { LABELS } from '../analysis/labels';
import * as label from '../analysis/segmentAnalysis';
import type { Evidence } from '../analysis/segmentVerdict';
import { seqDiff } from '../bytes/seq';
import { NO_PACKET, UNKNOWN_LENGTH, type PacketIndex } from '../bytes/units';
import { KNOWN_WINDOW } from '../decode/segment';
import { t } from '../l10n';
import type { CaptureModel } from '../query/captureModel';
import { META_NO_TIME } from '../table/packetTable';
import { StreamView } from './streamView';
import { bytes, duration, grouped } from './words';

/** What Wireshark takes for the least round trip when the handshake was not seen (tcp-analysis rule 12d). */
const DEFAULT_REORDERING = 3_000_000;

/** Rule, measure and rival of one label; its field and confidence are the same for all: Wireshark's rule holds to the letter. */
interface Grounds {
  readonly rule: string;
  readonly packets: readonly PacketIndex[];
  readonly measured: string;
  readonly rival: string;
}

const NONE = { measured: '', rival: '', packets: [] as const };

/** Why Wireshark gives a packet each of its labels, in the order of its Info column. */
export function labelEvidence(model: CaptureModel, packet: PacketIndex): readonly Evidence[] {
  const labels = model.packets.labels(packet);
  if (labels === 0) return [];
  const view = new StreamView(model, packet);
  return LABELS.filter((spec) => labels & spec.bit).map((spec) => {
    const grounds = groundsOf(view, spec.bit) ?? { ...NONE, rule: t(spec.rule) };
    return { ...grounds, field: spec.field, packets: grounds.packets.filter((p, i, all) => p !== NO_PACKET && all.indexOf(p) === i).sort((a, b) => a - b), confidence: 'certain' };
  });
}

function groundsOf(v: StreamView, bit: number): Grounds | null {
  switch (bit) {
    case label.LABEL_ZERO_WINDOW:
      return { ...NONE, rule: t('The window field is 0 and none of SYN, FIN and RST is set.'), measured: t('Its sender has no room for even one byte.') };
    case label.LABEL_ZERO_WINDOW_PROBE:
      return zeroWindowProbe(v);
    case label.LABEL_ZERO_WINDOW_PROBE_ACK:
    case label.LABEL_KEEP_ALIVE_ACK:
      return answer(v, bit);
    case label.LABEL_DUPLICATE_ACK:
      return duplicateAck(v);
    case label.LABEL_KEEP_ALIVE:
      return keepAlive(v);
    case label.LABEL_WINDOW_FULL:
      return windowFull(v);
    case label.LABEL_WINDOW_UPDATE:
      return windowUpdate(v);
    case label.LABEL_ACK_LOST_SEGMENT:
      return ackBeyond(v);
    case label.LABEL_LOST_SEGMENT:
      return gapBefore(v);
    case label.LABEL_OUT_OF_ORDER:
      return outOfOrder(v);
    case label.LABEL_SPURIOUS_RETRANSMISSION:
      return spurious(v);
    case label.LABEL_FAST_RETRANSMISSION:
      return fast(v);
    case label.LABEL_RETRANSMISSION:
      return retransmission(v);
    case label.LABEL_REUSED_PORTS:
      return { ...NONE, rule: t('A SYN with another initial sequence number ({0}) than the stream of these ports had before.', grouped(v.model.packets.seq(v.packet))) };
    default:
      return null;
  }
}

function zeroWindowProbe(v: StreamView): Grounds {
  const closed = v.before(v.peer);
  return {
    rule: t('One byte at the next sequence number, {0}, while the last window of the other side is 0.', seq(v)),
    packets: [closed],
    measured: closed === NO_PACKET ? '' : t('The window was closed {0} earlier.', since(v, closed)),
    rival: t('It is not counted as new data: a receiver without room throws the byte away.'),
  };
}

function answer(v: StreamView, bit: number): Grounds {
  const asked = v.before(v.peer);
  const probe = bit === label.LABEL_ZERO_WINDOW_PROBE_ACK;
  return {
    rule: probe
      ? t('No data, the same numbers as before, window still 0, and the last segment of the other side was a zero-window probe.')
      : t('No data, the same numbers and window as before, and the last segment of the other side was a keep-alive.'),
    packets: [asked],
    measured: asked === NO_PACKET ? '' : t('It comes {0} after the probe.', since(v, asked)),
    rival: t('Without the probe before it this would count as a duplicate ACK.'),
  };
}

function duplicateAck(v: StreamView): Grounds {
  const table = v.model.packets;
  const first = table.duplicateAckPacket.get(v.packet, NO_PACKET);
  const count = table.duplicateAckNumber.get(v.packet, 1);
  const furthest = v.furthest(v.peer);
  const missing = furthest === NO_PACKET ? 0 : seqDiff(v.end(furthest), table.ack(v.packet));
  return {
    rule: t('No data, and sequence number, acknowledgment number ({0}) and window are those of the segment before: number {1} in a row.', v.number(v.peer, table.ack(v.packet)), String(count)),
    packets: [first, furthest],
    measured: missing > 0 && missing < 0x40000000 ? t('{0} were sent beyond it; three duplicates make a sender retransmit (RFC 5681).', bytes(missing)) : '',
    rival: t('It is no window update, since the window is the same, and answers no keep-alive.'),
  };
}

function keepAlive(v: StreamView): Grounds {
  const table = v.model.packets;
  const furthest = v.furthest(v.direction);
  const length = table.payloadLength(v.packet);
  const closed = v.before(v.peer);
  return {
    rule: t('{0} at {1}, one before the next sequence number {2}, without SYN, FIN or RST.', bytes(length === UNKNOWN_LENGTH ? 0 : length), seq(v), furthest === NO_PACKET ? '?' : v.number(v.direction, v.end(furthest))),
    packets: [furthest],
    measured: furthest === NO_PACKET ? '' : t('The last new data was sent {0} earlier.', since(v, furthest)),
    rival:
      closed !== NO_PACKET && table.known(closed) & KNOWN_WINDOW && table.window(closed) === 0
        ? t('The window of the other side is 0: Linux probes a closed window in just this way, and Wireshark does not look at the window here.')
        : t('A retransmission of a last single byte looks the same to this rule.'),
  };
}

function windowFull(v: StreamView): Grounds {
  const table = v.model.packets;
  const offer = v.before(v.peer, v.showsWindow);
  const acked = offer === NO_PACKET ? 0 : table.ack(offer);
  return {
    rule: offer === NO_PACKET
      ? t('It ends where the window of the other side ends.')
      : t('It ends at {0}: the last acknowledgment {1} plus the window of {2}.', v.number(v.direction, v.end(v.packet)), v.number(v.direction, acked), bytes(v.window(offer))),
    packets: [offer],
    measured: '',
    rival: t('Not one byte short of it: otherwise the label would not be given.'),
  };
}

function windowUpdate(v: StreamView): Grounds {
  const before = v.before(v.direction, v.showsWindow);
  const [was, is] = [before === NO_PACKET ? 0 : v.window(before), v.window(v.packet)];
  return {
    rule: t('No data and the same numbers as in the segment before, but a window of {0} instead of {1}.', bytes(is), grouped(was)),
    packets: [before],
    measured: is > was ? t('The program read {0}.', bytes(is - was)) : t('The window became {0} smaller.', bytes(was - is)),
    rival: t('It is no duplicate ACK: those repeat the window too.'),
  };
}

function ackBeyond(v: StreamView): Grounds {
  const table = v.model.packets;
  const furthest = v.furthest(v.peer);
  const missing = furthest === NO_PACKET ? 0 : seqDiff(table.ack(v.packet), v.end(furthest));
  return {
    rule: t('It acknowledges {0}; the capture holds nothing of the other side beyond {1}.', v.number(v.peer, table.ack(v.packet)), furthest === NO_PACKET ? '?' : v.number(v.peer, v.end(furthest))),
    packets: [furthest],
    measured: missing > 0 && missing < 0x40000000 ? t('{0} are not in the capture.', bytes(missing)) : '',
    rival: t('The network did not lose them: the receiver has them. The capture missed them, or wrote them down later.'),
  };
}

function gapBefore(v: StreamView): Grounds {
  const furthest = v.furthest(v.direction);
  const expected = furthest === NO_PACKET ? 0 : v.end(furthest);
  return {
    rule: t('It starts at {0}; {1} was expected next.', seq(v), furthest === NO_PACKET ? '?' : v.number(v.direction, expected)),
    packets: [furthest],
    measured: furthest === NO_PACKET ? '' : t('{0} are missing before it.', bytes(seqDiff(v.model.packets.seq(v.packet), expected))),
    rival: t('Lost, overtaken, or not captured: the label does not tell which. The acknowledgments that follow do.'),
  };
}

/** Handshake round trip, as Wireshark's reordering rule takes it. */
function limitOf(v: StreamView): { readonly limit: number; readonly words: string } {
  const row = v.model.streams.row(v.stream);
  const known = row.initialRtt !== 0 && !Number.isNaN(row.initialRtt) && row.initialRttPacket <= v.packet;
  return known
    ? { limit: row.initialRtt, words: t('the round trip of the handshake, {0}', duration(row.initialRtt)) }
    : { limit: DEFAULT_REORDERING, words: t('3 ms (the handshake is not in the capture)') };
}

function old(v: StreamView, furthest: PacketIndex): string {
  return furthest === NO_PACKET ? t('It starts before the next sequence number.') : t('It starts at {0}, before the next sequence number {1}', seq(v), v.number(v.direction, v.end(furthest)));
}

function outOfOrder(v: StreamView): Grounds {
  const furthest = v.furthest(v.direction);
  const { words } = limitOf(v);
  return {
    rule: furthest === NO_PACKET ? t('Older data, soon after the segment that ran ahead.') : t('{0}, and comes less than {1} after the segment that reached it.', old(v, furthest), words),
    packets: [furthest],
    measured: furthest === NO_PACKET ? '' : t('{0} after it; the limit is {1}.', since(v, furthest), words),
    rival: t('A retransmission would have this label too if it came that soon: Wireshark looks at the time alone, not at SACK, timestamps or IP IDs.'),
  };
}

function retransmission(v: StreamView): Grounds {
  const table = v.model.packets;
  const furthest = v.furthest(v.direction);
  const reference = table.rtoPacket.get(v.packet, NO_PACKET);
  const { words } = limitOf(v);
  return {
    rule: `${old(v, furthest)}${furthest === NO_PACKET ? '' : '.'}`,
    packets: [reference, furthest],
    measured: reference === NO_PACKET ? '' : t('It comes {0} after the oldest segment not yet acknowledged.', since(v, reference)),
    rival:
      furthest !== NO_PACKET && v.end(furthest) === v.end(v.packet)
        ? t('Not out of order: it is the last segment that was sent, and nothing overtook it.')
        : furthest === NO_PACKET ? '' : t('Not out of order: it comes {0} after the segment that ran ahead, and the limit is {1}.', since(v, furthest), words),
  };
}

function fast(v: StreamView): Grounds {
  const table = v.model.packets;
  const last = v.before(v.peer);
  const count = last === NO_PACKET ? 0 : table.duplicateAckNumber.get(last, 0);
  return {
    rule: count >= 2
      ? t('It starts at {0}, which {1} duplicate ACKs asked for, and comes within 20 ms of the last of them.', seq(v), String(count))
      : t('It starts at {0}, which duplicate ACKs asked for, and comes within 20 ms of the last segment of the other side.', seq(v)),
    packets: [last === NO_PACKET ? NO_PACKET : table.duplicateAckPacket.get(last, NO_PACKET), last],
    measured: last === NO_PACKET ? '' : t('{0} after that segment; the limit is 20 ms.', since(v, last)),
    rival: t('Not out of order: what was asked for and comes right after the question is taken for the answer.'),
  };
}

function spurious(v: StreamView): Grounds {
  const table = v.model.packets;
  const ack = v.before(v.peer);
  return {
    rule: ack === NO_PACKET
      ? t('It ends at or before the last acknowledgment of the other side.')
      : t('It ends at {0}; {1} was acknowledged already.', v.number(v.direction, v.end(v.packet)), v.number(v.direction, table.ack(ack))),
    packets: [ack],
    measured: ack === NO_PACKET ? '' : t('The acknowledgment passed the capture point {0} earlier.', since(v, ack)),
    rival: t('Seen next to the receiver it may have been sent before that acknowledgment reached the sender.'),
  };
}

function seq(v: StreamView): string {
  return v.number(v.direction, v.model.packets.seq(v.packet));
}

function since(v: StreamView, packet: PacketIndex): string {
  const table = v.model.packets;
  return table.meta(v.packet) & META_NO_TIME ? t('an unknown time') : duration(table.time(v.packet) - table.time(packet));
}
