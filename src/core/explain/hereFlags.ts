import { ACK, AE, CWR, ECE, FIN, PSH, RST, SYN, URG } from '../decode/segment';
import { t } from '../l10n';
import { SEEN_FIN_A, SEEN_FIN_B, SEEN_SYN_ACK } from '../table/streamTable';
import type { Rich } from './card';
import type { PacketFacts } from './facts';
import type { Here } from './hereFields';
import { bytes, sentence, side } from './words';

/** What this combination of flags does at this point of the connection: one or two sentences. */
export function flagsTogether(facts: PacketFacts): readonly Rich[] {
  const flags = facts.columns.flags ?? 0;
  const who = sentence(side(facts.from));
  const payload = facts.columns.payload ?? 0;
  const lines: Rich[] = [];
  if (flags & SYN && flags & FIN) lines.push([t('SYN and FIN together never occur in an honest connection: a scan or a broken sender.')]);
  else if (flags & SYN && flags & RST) lines.push([t('SYN and RST together make no sense: a scan or a broken sender.')]);
  else if (flags & RST) lines.push([resetText(facts, who)]);
  else if (flags & SYN) lines.push(...synText(facts, flags));
  else if (flags & FIN) lines.push(...finText(facts, who, payload));
  else if (facts.unshownKeepAlive) lines.push([t('A keep-alive probe, by inference: {0} asks whether the other side is still there.', side(facts.from))]);
  else if (facts.answersKeepAlive !== null) lines.push([t('The answer to the keep-alive probe in packet '), { packet: facts.answersKeepAlive, text: `#${facts.answersKeepAlive + 1}` }, t(': {0} is still there.', side(facts.from))]);
  else if (flags & ACK) lines.push([payload > 0 ? t('{0} sends {1} and acknowledges what it has received.', who, bytes(payload)) : t('A pure acknowledgment: no data, no sequence number used up.')]);
  else if ((flags & 0xfff) === 0) lines.push([t('No flag at all: every segment after the first SYN should carry ACK. A "null" scan looks like this.')]);
  else lines.push([t('No ACK flag: after the first SYN every segment should carry it (RFC 9293 3.10.7.4 drops one without).')]);
  return lines;
}

function synText(facts: PacketFacts, flags: number): Rich[] {
  const lines: Rich[] = [];
  if (flags & ACK) {
    lines.push([t('Second step of the handshake: {0} accepts, acknowledges the SYN, and sends its own. It is now in SYN-RECEIVED.', side(facts.from))]);
    if (flags & ECE && !(flags & CWR)) lines.push([t('ECE without CWR on a SYN/ACK: ECN is agreed for this connection (RFC 3168 6.1.1). It does not mean congestion.')]);
  } else {
    lines.push([t('First step of the handshake: {0} asks for a connection and goes to SYN-SENT.', side(facts.from))]);
    if (flags & ECE && flags & CWR) lines.push([flags & AE ? t('AE, CWR and ECE on a SYN ask for Accurate ECN (RFC 9768). No congestion is meant.') : t('ECE and CWR on a SYN ask for ECN (RFC 3168 6.1.1). No congestion is meant.')]);
  }
  const payload = facts.columns.payload ?? 0;
  if (payload > 0) lines.push([t('It carries {0} of data already: TCP Fast Open (RFC 7413), or the receiver will keep them until the handshake is done.', bytes(payload))]);
  return lines;
}

function finText(facts: PacketFacts, who: string, payload: number): Rich[] {
  const lines: Rich[] = [[t('{0} has nothing more to send and closes its half of the connection.', who), payload > 0 ? ` ${t('{0} come with the FIN.', bytes(payload))}` : '']];
  const both = (facts.row.seen & (SEEN_FIN_A | SEEN_FIN_B)) === (SEEN_FIN_A | SEEN_FIN_B);
  lines.push([both ? t('Both sides send a FIN in this capture. The one that closes first waits in TIME-WAIT (60 s on Linux, not tunable by tcp_fin_timeout).') : t('The other direction stays open: data may still flow back (half-close).')]);
  return lines;
}

function resetText(facts: PacketFacts, who: string): string {
  if (!(facts.row.seen & SEEN_SYN_ACK) && facts.from === 'server') return t('{0} refuses the connection: nothing listens on that port, or a firewall answers in its place.', who);
  return t('{0} aborts the connection at once. Whatever was not delivered is lost; a RST is never acknowledged.', who);
}

/** One flag: set or not, and what that does here. */
function flagHere(bit: number, set: (facts: PacketFacts) => string, clear?: (facts: PacketFacts) => string): Here {
  return (_, facts) => {
    const on = ((facts.columns.flags ?? 0) & bit) !== 0;
    const text = on ? set(facts) : clear?.(facts);
    return [[{ strong: on ? t('Set.') : t('Not set.') }, ...(text ? [' ', text] : [])]];
  };
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
  'tcp.flags.ece': flagHere(ECE, (f) => (isHandshake(f) ? t('On a SYN this is part of asking for (or granting) ECN, not a report of congestion.') : t('{0} received a packet that a router marked "congestion experienced", and says so until the sender answers with CWR.', sentence(side(f.from))))),
  'tcp.flags.cwr': flagHere(CWR, (f) => (isHandshake(f) ? t('On a SYN this is part of asking for ECN.') : t('{0} has slowed down in answer to ECE.', sentence(side(f.from))))),
  'tcp.flags.ae': flagHere(AE, (f) => (isHandshake(f) ? t('On a SYN: Accurate ECN is asked for or answered (RFC 9768).') : t('With CWR and ECE it forms the 3-bit ACE counter of congestion marks, where Accurate ECN was agreed.'))),
  'tcp.flags.ns': flagHere(AE, () => t('Bit 8: today AE (RFC 9768); the earlier nonce sum of RFC 3540 is historic.')),
  'tcp.flags.res': (node) => [[node.raw ? t('Not zero: some middlebox or experiment uses bits that are reserved (RFC 9293 3.1).') : t('Zero, as it must be.')]],
};

