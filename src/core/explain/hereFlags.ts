import { seqAfter } from '../bytes/seq';
import { ACK, AE, CWR, ECE, FIN, PSH, RST, SYN, URG } from '../decode/segment';
import { t } from '../l10n';
import { SEEN_HANDSHAKE_ACK } from '../table/streamTable';
import type { Inline, Rich } from './card';
import { agreedEcn, type ControlPacket } from './controlPackets';
import type { PacketFacts } from './facts';
import type { Here } from './hereFields';
import { bytes, sentence, side } from './words';

/** What this combination of flags does at this point of the connection: a few sentences. */
export function flagsTogether(facts: PacketFacts): readonly Rich[] {
  const { flags } = facts.columns;
  // Not shown, or in a header that nobody can read.
  if (flags === null) return [];
  const payload = facts.columns.payload ?? 0;
  if (flags & SYN && flags & FIN) return [[t('SYN and FIN together never occur in an honest connection: a scan or a broken sender.')]];
  if (flags & SYN && flags & RST) return [[t('SYN and RST together make no sense: a scan or a broken sender.')]];
  if (flags & RST && flags & FIN) return [[t('RST and FIN together make no sense: the RST counts, the FIN does not.')]];
  const lines = flags & RST ? resetText(facts, flags) : flags & SYN ? synText(facts, flags) : flags & ACK ? (flags & FIN ? finText(facts, payload) : ackText(facts, flags, payload)) : oddText(flags);
  return flags & (SYN | RST) ? lines : [...lines, ...urgentText(flags), ...ecnText(facts, flags)];
}

const frameAt = (packet: number): Inline => ({ packet, text: `#${packet + 1}` });
const frame = (control: { readonly packet: number }): Inline => frameAt(control.packet);

/** No ACK, no SYN, no RST: no stack sends this. */
function oddText(flags: number): Rich[] {
  const dropped = t('After the first SYN every segment carries ACK; one without is dropped in an open connection (RFC 9293 3.10.7.4), and a closed port answers it with RST.');
  if ((flags & 0xfff) === 0) return [[t('No flag at all: a "null" scan looks like this.')], [dropped]];
  if ((flags & (FIN | PSH | URG)) === (FIN | PSH | URG)) return [[t('FIN, PSH and URG without ACK: the "Xmas" scan.')], [dropped]];
  if (flags & FIN) return [[t('FIN without ACK: a "FIN" scan looks like this.')], [dropped]];
  return [[t('No ACK flag.')], [dropped]];
}

function ackText(facts: PacketFacts, flags: number, payload: number): Rich[] {
  const who = sentence(side(facts.from));
  if (payload > 0) return [[flags & PSH ? t('{0} sends {1} that end what it had to send (PSH), and acknowledges what it has received.', who, bytes(payload)) : t('{0} sends {1} and acknowledges what it has received.', who, bytes(payload))]];
  if (facts.unshownKeepAlive) return [[t('A keep-alive probe, by inference: {0} asks whether the other side is still there.', side(facts.from))]];
  if (facts.answersKeepAlive !== null) return [[t('The answer to the keep-alive probe in packet '), frame({ packet: facts.answersKeepAlive }), t(': {0} is still there.', side(facts.from))]];
  const answered = facts.acks && facts.controls.find((c) => c.packet === facts.acks!.packet);
  if (answered && answered.flags & SYN && answered.flags & ACK) return [[t('Third step of the handshake: {0} acknowledges the SYN of the other side in ', side(facts.from)), frame(answered), t('. Its own end is ESTABLISHED; the other is when this arrives.')]];
  if (answered && answered.flags & FIN) return [[t('It acknowledges the FIN of '), frame(answered), t(': that direction is closed. A FIN counts as one sequence number, so the number is one more than the data.')]];
  return [[flags & PSH ? t('PSH without data has no effect.') : t('A pure acknowledgment: no data, no sequence number used up.')]];
}

function synText(facts: PacketFacts, flags: number): Rich[] {
  const { controls, direction } = facts;
  const from = side(facts.from);
  const same = controls.find((c) => c.direction === direction && c.flags & SYN && c.seq === facts.seq && (c.flags & ACK) === (flags & ACK));
  const peerSyn = controls.findLast((c) => c.direction !== direction && c.flags & SYN);
  const lines: Rich[] = [];
  if (flags & ACK) {
    if (same) lines.push([t('The same SYN/ACK again, first sent in '), frame(same), ...whySynAckAgain(facts, same)]);
    else if (controls.some((c) => c.direction === direction && (c.flags & (SYN | ACK)) === SYN)) lines.push([t('A simultaneous open: {0} had sent a SYN of its own, and now acknowledges the other one. It is in SYN-RECEIVED.', from)]);
    else lines.push([t('Second step of the handshake: {0} accepts, acknowledges the SYN, and sends its own. It is now in SYN-RECEIVED.', from)]);
  } else if (same) lines.push([t('The same SYN again, first sent in '), frame(same), ...whySynAgain(facts)]);
  else if (peerSyn && !(peerSyn.flags & ACK)) lines.push([t('A SYN that crosses the one of '), frame(peerSyn), t(': a simultaneous open (RFC 9293 3.5). Both ends go to SYN-RECEIVED.')]);
  else if (controls.some((c) => c.flags & SYN && c.flags & ACK)) lines.push([t('A SYN in a connection that is open: the receiver answers it with a challenge ACK (RFC 5961 4.2). The sender has lost its state, or it is forged.')]);
  else lines.push([t('First step of the handshake: {0} asks for a connection and goes to SYN-SENT.', from)]);
  lines.push(...synEcn(facts, flags));
  const payload = facts.columns.payload ?? 0;
  if (payload > 0) lines.push([t('It carries {0} of data already: TCP Fast Open (RFC 7413), or the receiver will keep them until the handshake is done.', bytes(payload))]);
  return lines;
}

function whySynAgain({ controls, ackedBefore }: PacketFacts): Rich {
  if (ackedBefore === null) return [t(': no answer has come. Linux waits 1 s before the first repetition.')];
  if (controls.some((c) => c.packet === ackedBefore && c.flags & RST)) return [t(', and refused in '), frameAt(ackedBefore), t(': Windows tries again after a RST.')];
  return [t(', although '), frameAt(ackedBefore), t(' answers it: that answer was lost, or had not arrived yet.')];
}

function whySynAckAgain({ controls, direction, ackedBefore }: PacketFacts, first: ControlPacket): Rich {
  if (ackedBefore !== null) return [t(': its ACK was lost, or ignored because the accept queue is full.')];
  const asked = controls.findLast((c) => c.direction !== direction && (c.flags & (SYN | ACK)) === SYN && c.packet > first.packet);
  return asked ? [t(': the SYN came again in '), frame(asked), t(', and no ACK has come.')] : [t(': no ACK of it has come.')];
}

/** ECN is agreed on the SYNs: RFC 3168 6.1.1, RFC 9768 3.1. */
function synEcn(facts: PacketFacts, flags: number): Rich[] {
  const bits = flags & (AE | CWR | ECE);
  if (bits === 0) return [];
  if (!(flags & ACK)) {
    if (bits === (AE | CWR | ECE)) return [[t('AE, CWR and ECE on a SYN ask for Accurate ECN (RFC 9768). No congestion is meant.')]];
    return [[bits === (CWR | ECE) ? t('ECE and CWR on a SYN ask for ECN (RFC 3168 6.1.1). No congestion is meant.') : t('These ECN flags ask for nothing: a SYN must carry both ECE and CWR (RFC 3168 6.1.1).')]];
  }
  const agreed = agreedEcn([...facts.controls, { packet: facts.packet, direction: facts.direction, flags, seq: 0 }]);
  if (agreed === 'accurate') return [[t('The SYN/ACK agrees on Accurate ECN; the three bits also tell with which ECN mark the SYN arrived (RFC 9768 3.1.2). No congestion is meant by the flags.')]];
  if (agreed === 'classic') return [[t('ECE without CWR on a SYN/ACK: ECN is agreed for this connection (RFC 3168 6.1.1). It does not mean congestion.')]];
  return [[agreed === 'none' ? t('These ECN flags agree on nothing: the SYN did not ask, or its flags were only sent back.') : t('Flags of ECN; the SYN that they answer is not in the capture.')]];
}

/** With which ECN mark the SYN/ACK arrived, by the three bits of the bare ACK that answers it (RFC 9768 3.2.2.1). */
const SYN_ACK_MARKS: Readonly<Record<number, string>> = { 0b010: 'Not-ECT', 0b011: 'ECT(1)', 0b100: 'ECT(0)', 0b110: 'CE' };

/** The three bits of Accurate ECN as one number. */
const aceOf = (flags: number): number => (flags & AE ? 4 : 0) | (flags & CWR ? 2 : 0) | (flags & ECE ? 1 : 0);

/** The ACK that ends a handshake which agreed on Accurate ECN: its three bits are no counter yet. */
function answersSynAck({ acks, controls, columns }: PacketFacts): boolean {
  return columns.payload === 0 && acks !== null && controls.some((c) => c.packet === acks.packet && (c.flags & (SYN | ACK)) === (SYN | ACK));
}

/** ECE and CWR outside of the handshake. */
function ecnText(facts: PacketFacts, flags: number): Rich[] {
  if (!(flags & (AE | CWR | ECE))) return [];
  const agreed = agreedEcn(facts.controls);
  if (agreed === 'accurate') {
    const ace = aceOf(flags);
    if (!answersSynAck(facts)) return [[t('Accurate ECN: AE, CWR and ECE are the counter ACE = {0}, packets that arrived marked CE, modulo 8. It starts at 5 (RFC 9768 3.2.2).', ace)]];
    const mark = SYN_ACK_MARKS[ace];
    return [[mark ? t('Accurate ECN: on this ACK the bits AE, CWR and ECE are no counter yet. Their value {0} tells that the SYN/ACK arrived marked {1} (RFC 9768 3.2.2.1).', ace, mark) : t('Accurate ECN: on this ACK the bits AE, CWR and ECE tell how the SYN/ACK was marked, but {0} is not one of the values for that (RFC 9768 3.2.2.1).', ace)]];
  }
  const lines: Rich[] = [];
  if (flags & ECE) lines.push([t('ECE: a packet marked "congestion experienced" has reached {0}; it says so until it sees CWR.', side(facts.from))]);
  if (flags & CWR) lines.push([t('CWR: {0} has reduced its congestion window in answer to ECE.', side(facts.from))]);
  if (agreed === 'none') lines.push([t('But the handshake did not agree on ECN: the flags mean nothing here.')]);
  return lines;
}

function urgentText(flags: number): Rich[] {
  return flags & URG ? [[t('URG: urgent data ends at the pointer. It travels no faster, and a program gets one byte of it apart.')]] : [];
}

function finText(facts: PacketFacts, payload: number): Rich[] {
  const { controls, direction } = facts;
  const who = sentence(side(facts.from));
  const own = controls.find((c) => c.direction === direction && c.flags & FIN);
  const peer = controls.find((c) => c.direction !== direction && c.flags & FIN);
  const lines: Rich[] = [[t('{0} has nothing more to send and closes its half of the connection.', who), payload > 0 ? ` ${t('{0} come with the FIN.', bytes(payload))}` : '']];
  const { ack } = facts;
  if (own) lines.push([t('Its FIN was in '), frame(own), ...(facts.ackedBefore === null ? [t(' before: it is sent again, since no ACK came.')] : [t(' before: it is sent again, although '), frameAt(facts.ackedBefore), t(' acknowledges it: that ACK was lost, or had not arrived yet.')])]);
  else if (!peer) lines.push([t('It closes first: FIN-WAIT-1, then FIN-WAIT-2, and TIME-WAIT at the end (60 s on Linux, whatever tcp_fin_timeout is). The other direction stays open until its own FIN.')]);
  else if (ack === null) lines.push([t('It closes after the FIN of '), frame(peer), '.']);
  else if (seqAfter(ack, peer.seq)) lines.push([t('It closes second: the FIN of '), frame(peer), t(' is acknowledged by now, often by this very segment. LAST-ACK, then CLOSED at once, without TIME-WAIT.')]);
  else lines.push([t('It had not seen the FIN of '), frame(peer), t(': a simultaneous close. Both ends go through CLOSING to TIME-WAIT.')]);
  return lines;
}

function resetText(facts: PacketFacts, flags: number): Rich[] {
  const { controls, direction } = facts;
  const who = sentence(side(facts.from));
  const other = side(facts.from === 'client' ? 'server' : 'client');
  const own = controls.filter((c) => c.direction === direction);
  const peer = controls.filter((c) => c.direction !== direction);
  const opened = controls.some((c) => c.flags & SYN && c.flags & ACK);
  const lines: Rich[] = [];
  const lastSyn = peer.findLast((c) => c.flags & SYN);
  if (!opened && lastSyn && facts.from === 'server') {
    lines.push([t('{0} refuses the connection: nothing listens on that port, or a firewall answers in its place.', who)]);
    if (flags & ACK) lines.push([t('RST with ACK, since the SYN of '), frame(lastSyn), t(' carried no ACK to take the sequence number from: that is 0, and the acknowledgment number proves that the SYN was seen (RFC 9293 3.5.2).')]);
    return lines;
  }
  if (opened && facts.from === 'client' && own.every((c) => !(c.flags & ACK)) && !(flags & ACK) && (facts.row.seen & SEEN_HANDSHAKE_ACK) === 0)
    return [[t('The client answers the SYN/ACK with RST: it does not know of this connection (a half-open scan, a forged SYN) or has given up by now.')]];
  lines.push([t('{0} aborts the connection at once. Whatever was not delivered is lost; a RST is never acknowledged.', who)]);
  if (own.some((c) => c.flags & FIN) && peer.some((c) => c.flags & FIN)) lines.push([t('Both ends had closed before: hardly anything can be lost.')]);
  else if (own.some((c) => c.flags & FIN)) lines.push([t('It had closed before: what {0} still sends meets no reader any more.', other)]);
  else if (flags & ACK) lines.push([t('RST with ACK comes from the socket itself as a rule: closed with unread data, SO_LINGER 0, or a process that ended.')]);
  else lines.push([t('RST without ACK answers a segment for which there is no socket; its sequence number is the acknowledgment number of that segment (RFC 9293 3.5.2).')]);
  return lines;
}

/** One flag: set or not, and what that does here. */
function flagHere(bit: number, set: (facts: PacketFacts) => string, clear?: (facts: PacketFacts) => string): Here {
  return (_, facts) => {
    if (facts.columns.flags === null) return [];
    const on = (facts.columns.flags & bit) !== 0;
    const text = on ? set(facts) : clear?.(facts);
    return [[{ strong: on ? t('Set.') : t('Not set.') }, ...(text ? [' ', text] : [])]];
  };
}

/** With Accurate ECN the three bits are one number. */
function accurate(facts: PacketFacts): string | null {
  if (agreedEcn(facts.controls) !== 'accurate') return null;
  return answersSynAck(facts) ? t('Accurate ECN was agreed: with the other two bits this tells how the SYN/ACK was marked, it is no report of its own.') : t('Accurate ECN was agreed: this is a bit of the counter ACE, no report of its own.');
}

const isHandshake = (facts: PacketFacts): boolean => ((facts.columns.flags ?? 0) & SYN) !== 0;

export const HERE_FLAGS: Readonly<Record<string, Here>> = {
  'tcp.flags': (_, facts) => flagsTogether(facts),
  'tcp.flags.fin': flagHere(FIN, (f) => t('{0} will send no more data after this segment.', sentence(side(f.from)))),
  'tcp.flags.syn': flagHere(SYN, (f) => t('The sequence number is the initial one of {0}.', side(f.from)), () => t('Only the two segments of the handshake carry it.')),
  'tcp.flags.reset': flagHere(RST, (f) => t('{0} gives up the connection; its peer must do so too.', sentence(side(f.from)))),
  'tcp.flags.push': flagHere(
    PSH,
    () => t('The sender had nothing more in its buffer when it sent this: the receiver should not wait for more before it hands the data on.'),
    (f) => ((f.columns.payload ?? 0) > 0 ? t('More of the same write is probably on its way.') : ''),
  ),
  'tcp.flags.ack': flagHere(ACK, () => t('The acknowledgment number is valid.'), () => t('The acknowledgment number means nothing. Normal only on the first SYN and on some resets.')),
  'tcp.flags.urg': flagHere(URG, () => t('The urgent pointer is valid.')),
  'tcp.flags.ece': flagHere(ECE, (f) => (isHandshake(f) ? t('On a SYN this is part of asking for (or granting) ECN, not a report of congestion.') : accurate(f) ?? t('{0} received a packet that a router marked "congestion experienced", and says so until the sender answers with CWR.', sentence(side(f.from))))),
  'tcp.flags.cwr': flagHere(CWR, (f) => (isHandshake(f) ? t('On a SYN this is part of asking for ECN.') : accurate(f) ?? t('{0} has slowed down in answer to ECE.', sentence(side(f.from))))),
  'tcp.flags.ae': flagHere(AE, (f) => (isHandshake(f) ? t('On a SYN: Accurate ECN is asked for or answered (RFC 9768).') : accurate(f) ?? t('With CWR and ECE it forms the 3-bit ACE counter of congestion marks, where Accurate ECN was agreed.'))),
  'tcp.flags.ns': flagHere(AE, () => t('Bit 8: today AE (RFC 9768); the earlier nonce sum of RFC 3540 is historic.')),
  'tcp.flags.res': (node) => [[node.raw ? t('Not zero: some middlebox or experiment uses bits that are reserved (RFC 9293 3.1).') : t('Zero, as it must be.')]],
};

