import { LABELS } from '../analysis/labels';
import { escapeText } from '../bytes/escape';
import { wholeSeconds } from '../bytes/farTime';
import { NANOS_PER_SECOND } from '../bytes/units';
import { textOf } from '../capture/textCursor';
import type { TextToken } from '../capture/textTokens';
import { META_NO_TIME } from '../table/packetTable';
import { fieldByFilter } from '../protocol';
import { TCP_OPTIONS } from '../protocol/tcpOptions';
import { t } from '../l10n';
import type { CaptureModel } from '../query/captureModel';
import type { CardDocument, Rich } from './card';
import type { PacketFacts } from './facts';
import { addressKind } from './addressKinds';
import { saysToo } from './textLabels';
import { bytes, duration, grouped, sentence, side } from './words';

/**
 * Cards for the tokens of a packet's text that show no field of the TCP header: time, hosts, interface, what the printing
 * tool added. Fields of the TCP header have their cards by node (explain.ts).
 */

const frame = (packet: number): { readonly packet: number; readonly text: string } => ({ packet, text: `#${packet + 1}` });

/** What a card is made from. */
interface Context {
  readonly model: CaptureModel;
  readonly packet: number;
  readonly token: TextToken;
  /** The token as the text shows it, escaped. */
  readonly shown: string;
  /** null when the packet is no TCP segment. */
  readonly facts: PacketFacts | null;
}

interface Words {
  readonly title: string;
  readonly here?: readonly Rich[];
  readonly story?: readonly Rich[];
  readonly sources?: readonly string[];
  readonly filter?: string;
}

/** Longest text of a token that a headline repeats. */
const MOST_SHOWN = 120;

/** The card of a token that is no TCP field. */
export function textTokenCard(model: CaptureModel, packet: number, text: Uint8Array, token: TextToken, facts: PacketFacts | null): CardDocument {
  const shown = escapeText(textOf(text, token.start, Math.min(token.end, token.start + MOST_SHOWN)).trim());
  const words = WORDS[token.kind]?.({ model, packet, token, shown, facts }) ?? { title: token.kind };
  return {
    id: `text.${token.kind}`,
    title: words.title,
    headline: [{ strong: words.title }, ` ${shown}`],
    here: words.here ?? [],
    story: words.story ?? [],
    sources: words.sources ?? [],
    filter: words.filter ?? '',
    copy: shown,
  };
}

type Writer = (context: Context) => Words;

function time({ model, packet, facts }: Context): Words {
  const table = model.packets;
  const here: Rich[] = [];
  const text = model.reader.info.text;
  if (table.meta(packet) & META_NO_TIME) return { title: t('Time'), here: [[t('The text shows no time for this packet.')]] };
  const at = table.time(packet);
  if (text?.timeStyle === 'epoch' || text?.timeStyle === 'date') here.push([{ strong: absoluteTime(model, at, table.timeRest(packet)) }, text.timeStyle === 'date' ? t(' as the printing machine\'s clock showed it; the text names no time zone.') : ' UTC']);
  else if (text?.timeOfDayOnly) here.push([t('Time of day without a date, in the time zone of the machine that printed it. Midnight is passed when the time falls back by hours.')]);
  else if (text?.timeStyle === 'since-previous') here.push([t('Time since the previous packet of the text, as -ttt prints it.')]);
  here.push([t('{0} after the first packet of the text.', duration(at))]);
  if (facts) {
    if (facts.columns.streamTime !== null && facts.rank > 0) here.push([t('{0} after the first packet of its stream.', duration(facts.columns.streamTime))]);
    const list = model.streamPackets.of(facts.stream);
    const previous = facts.rank > 0 ? list[facts.rank - 1] : undefined;
    if (facts.sincePrevious !== null && previous !== undefined) here.push([t('{0} after the previous packet of its stream, ', duration(facts.sincePrevious)), frame(previous), '.']);
    else if (facts.rank === 0) here.push([t('The first packet of its stream.')]);
  } else if (packet > 0 && !(table.meta(packet - 1) & META_NO_TIME)) here.push([t('{0} after packet ', duration(at - table.time(packet - 1))), frame(packet - 1), '.']);
  return {
    title: t('Time'),
    here,
    story: [[t('The moment at which the packet passed the capture point, by the clock of the capturing machine. It is neither when the other host sent it nor when a program read it.')]],
    sources: ['tcpdump(1)'],
  };
}

/** "2024-03-01 10:59:57.703411" of nanoseconds since the capture's base. */
function absoluteTime(model: CaptureModel, at: number, rest: number): string {
  const { baseSeconds, baseNanos } = model.indexer;
  const [after, nanosAfter] = wholeSeconds(at, rest);
  const nanos = baseNanos + nanosAfter;
  const seconds = baseSeconds + after + Math.floor(nanos / NANOS_PER_SECOND);
  const digits = model.reader.info.timeDigits;
  const fraction = String(nanos % NANOS_PER_SECOND).padStart(9, '0').slice(0, digits);
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : `${date.toISOString().slice(0, 19).replace('T', ' ')}.${fraction}`;
}

function host(end: 'source' | 'destination'): Writer {
  return ({ token, facts, shown }) => {
    const title = end === 'source' ? t('Source') : t('Destination');
    const here: Rich[] = [];
    if (facts) {
      const which = end === 'source' ? facts.from : facts.to;
      const direction = end === 'source' ? facts.direction : facts.direction ? 0 : 1;
      here.push([t('{0} of stream {1}.', sentence(side(which)), facts.stream)]);
      here.push([t('It sent {0} packets with {1} of data in this stream.', grouped(facts.row.packets[direction]), bytes(facts.row.payload[direction]))]);
      if (facts.row.clientBy !== 'syn') here.push([t('Which side is the client is a guess from the port numbers: the SYN is not in the capture.')]);
    }
    const kind = addressKind(token.name || shown);
    if (kind) here.push([kind]);
    return {
      title,
      here,
      story: [[t('tcpdump puts the port behind a dot, the source before ">" and the destination behind it. Without -n it shows names that it looked up when it printed, not what was on the wire.')]],
      sources: ['tcpdump(1)'],
    };
  };
}

const DIRECTIONS: Readonly<Record<string, () => string>> = {
  In: () => t('Addressed to the capturing machine.'),
  Out: () => t('Sent by the capturing machine.'),
  B: () => t('Broadcast.'),
  M: () => t('Multicast.'),
  P: () => t('Addressed to somebody else: seen because the interface is promiscuous.'),
};

function ipItem({ token }: Context): Words {
  const filters: Readonly<Record<string, string>> = { tos: 'ip.dsfield.dscp', ttl: 'ip.ttl', id: 'ip.id', hlim: 'ipv6.hlim', class: 'ipv6.tclass.dscp' };
  const found = fieldByFilter(filters[token.name] ?? '');
  const here: Rich[] = [];
  const { value } = token;
  if ((token.name === 'ttl' || token.name === 'hlim') && value !== null) {
    const start = [32, 64, 128, 255].find((n) => value <= n) ?? 255;
    here.push([value === start ? t('A common starting value: no router lies between the sender and the capture point, or the packet is the capturing machine\'s own.') : t('If the sender started with {0}, the packet has passed {1} routers.', start, start - value)]);
  }
  if (token.name === 'tos' && value !== null) here.push([t('DSCP {0}, ECN {1}: {2}.', value >> 2, value & 3, [t('not ECN-capable'), t('ECN-capable, ECT(1)'), t('ECN-capable, ECT(0)'), t('congestion experienced')][value & 3]!)]);
  if (!found) return { title: t('IP header'), here };
  return { title: t(found.field.label), here, story: [[t(found.field.doc)], ...(found.field.story ? [[t(found.field.story)]] : [])], sources: [found.field.rfc] };
}

function checksum({ shown }: Context): Words {
  const here: Rich[] = shown.includes('incorrect')
    ? [[t('tcpdump finds it wrong. On a packet that the capturing machine sends itself this is normal: the network card computes it after the capture point (checksum offload). Only on a received packet does it mean damage.')]]
    : shown.includes('correct')
      ? [[t('tcpdump has computed it over the captured bytes: it is right.')]]
      : [];
  const found = fieldByFilter('tcp.checksum');
  return { title: t('Checksum'), here, story: found ? [[t(found.field.doc)]] : [], sources: found ? [found.field.rfc] : [] };
}

function note({ shown, facts }: Context): Words {
  const label = LABELS.filter((l) => shown.includes(l.info)).sort((a, b) => b.info.length - a.info.length)[0];
  if (!label) return { title: t('Note of the writer'), here: [[t('The tool that printed the text added this.')]] };
  const here: Rich[] = [[t('The tool that printed the text gave this label: {0}', t(label.doc))]];
  if (facts) here.push([saysToo((facts.columns.labels & label.bit) !== 0)]);
  return { title: t(label.info), here, story: [[t('Wireshark\'s rule: {0}', t(label.rule))], [t(label.story)]], sources: ['Wireshark User\'s Guide 7.5'], filter: label.field };
}

const WORDS: Readonly<Partial<Record<TextToken['kind'], Writer>>> = {
  time,
  srcHost: host('source'),
  dstHost: host('destination'),
  srcPort: ({ facts }) => ({ title: t('Source port'), here: facts ? [[t('The port of {0}.', side(facts.from))]] : [] }),
  dstPort: ({ facts }) => ({ title: t('Destination port'), here: facts ? [[t('The port of {0}.', side(facts.to))]] : [] }),
  ip: ipItem,
  checksum,
  note,
  number: ({ token, packet }) => ({
    title: t('Packet number'),
    here: [token.value === packet + 1 ? [t('Also its place in this text.')] : [t('As printed. In this text it is packet '), frame(packet), t(': lines were left out, or several outputs follow one another.')]],
    sources: ['tcpdump(1)'],
  }),
  interface: ({ token }) => ({
    title: t('Interface'),
    here: token.name === 'lo' ? [[t('The loopback interface: both ends are on this machine, and no network card is involved.')]] : [[t('The interface on which the packet was seen.')]],
    story: [[t('tcpdump -i any prints it. A packet that passes several interfaces (a bridge and its ports, a bond, a tunnel) is then captured once on each.')]],
    sources: ['tcpdump(1)'],
  }),
  direction: ({ token }) => ({ title: t('Direction'), here: DIRECTIONS[token.name] ? [[DIRECTIONS[token.name]!()]] : [], story: [[t('As the capturing machine sees it; shown with -i any.')]], sources: ['LINKTYPE_LINUX_SLL2'] }),
  network: ({ token }) => ({ title: t('Network protocol'), here: [[token.name === 'IP6' ? t('IPv6.') : t('IPv4.')]], sources: [token.name === 'IP6' ? 'RFC 8200' : 'RFC 791'] }),
  link: () => ({ title: t('Link header'), here: [[t('Addresses and type of the frame, as -e prints them.')]], sources: ['tcpdump(1)'] }),
  frameLength: ({ token }) => ({ title: t('Frame length'), here: token.value === null ? [] : [[t('{0} on the wire, the link header included.', bytes(token.value))]], sources: ['tcpdump(1)'] }),
  length: () => ({ title: t('Length') }),
  protocol: () => ({ title: t('Protocol'), here: [[t('The innermost protocol that the printing tool recognised.')]] }),
  payload: () => ({ title: t('Payload as text'), here: [[t('What the printing tool made of the data. It judges by the port number, so it may be wrong.')]], sources: ['tcpdump(1)'] }),
  hex: () => ({ title: t('Hex dump'), here: [[t('The bytes of the packet as captured. Where they hold the whole header, every field of this packet is decoded from them instead of from the line above.')]], sources: ['tcpdump(1)'] }),
};

/** Kinds of options that tcpdump names, for those that no header could be rebuilt from. */
const OPTION_KINDS: Readonly<Record<string, number>> = { eol: 0, nop: 1, mss: 2, wscale: 3, sackok: 4, sack: 5, echo: 6, echoreply: 7, ts: 8, md5: 19, 'tcp-ao': 29, mptcp: 30, tfo: 34 };

/** The card of an option token whose option stands in no header: what the kind is for. */
export function optionTokenCard(token: TextToken): CardDocument {
  const name = escapeText(token.name);
  const unknown = /^unknown-(\d{1,3})$/.exec(token.name);
  const kind = unknown ? Number(unknown[1]) : (OPTION_KINDS[token.name.toLowerCase()] ?? -1);
  const spec = TCP_OPTIONS.get(kind);
  return {
    id: 'text.option',
    title: spec ? t(spec.label) : t('TCP option'),
    headline: [{ strong: spec ? t(spec.label) : t('TCP option') }, ` ${name}`],
    here: [[t('Its value could not be read from the text.')]],
    story: spec ? [[t(spec.doc)], ...(spec.story ? [[t(spec.story)]] : [])] : [],
    sources: spec ? [spec.rfc] : [],
    filter: '',
    copy: name,
  };
}
