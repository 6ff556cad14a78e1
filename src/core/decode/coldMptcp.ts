import { t } from '../l10n';
import type { HeaderSpec } from '../protocol/fieldSpec';
import { MP_ADD_ADDR, MP_CAPABLE, MP_DSS, MP_FAIL, MP_FASTCLOSE, MP_JOIN_ACK, MP_JOIN_SYN, MP_JOIN_SYNACK, MP_OTHER, MP_PRIO, MP_REMOVE_ADDR, MP_TCPRST } from '../protocol/mptcp';
import { formatField, readNumber } from './coldFields';
import { addFields, nodeFor, type Node, type Span } from './coldTree';

/** The table of a Multipath TCP message (RFC 8684 3), by subtype and length. */
function tableOf(subtype: number, length: number): HeaderSpec {
  switch (subtype) {
    case 0:
      return MP_CAPABLE;
    case 1:
      return length === 16 ? MP_JOIN_SYNACK : length === 24 ? MP_JOIN_ACK : MP_JOIN_SYN;
    case 2:
      return MP_DSS;
    case 3:
      return MP_ADD_ADDR;
    case 4:
      return MP_REMOVE_ADDR;
    case 5:
      return MP_PRIO;
    case 6:
      return MP_FAIL;
    case 7:
      return MP_FASTCLOSE;
    case 8:
      return MP_TCPRST;
    default:
      return MP_OTHER;
  }
}

/** Fixed and least lengths by subtype; null when the option's length suits its subtype. */
function wrongLength(subtype: number, length: number, b: Uint8Array, at: number): string | null {
  const among = (...lengths: number[]): string | null => (lengths.includes(length) ? null : lengths.join(', '));
  switch (subtype) {
    case 0:
      return among(4, 12, 20, 22, 24);
    case 1:
      return among(12, 16, 24);
    case 2:
      return length < 4 ? '4' : length < dssLength(b[at + 3]!) ? String(dssLength(b[at + 3]!)) : null;
    case 3:
      return among(8, 10, 16, 18, 20, 22, 28, 30);
    case 4:
      return length < 4 ? '4' : null;
    case 5:
      return among(3, 4);
    case 6:
    case 7:
      return among(12);
    case 8:
      return among(4);
    default:
      return null;
  }
}

/** Bytes that the flags of a DSS ask for; the checksum is optional. */
function dssLength(flags: number): number {
  return 4 + (flags & 1 ? (flags & 2 ? 8 : 4) : 0) + (flags & 4 ? (flags & 8 ? 8 : 4) + 6 : 0);
}

/** Fills an option node with the message's fields up to `end`; returns a note on a wrong length, or null. `length` is the option's. */
export function addMptcp(node: Node, span: Span, end: number, length: number): string | null {
  const { bytes: b, at } = span;
  if (at + 3 > end) return length < 3 ? t('Multipath TCP: the option has no subtype.') : null;
  const subtype = b[at + 2]! >> 4;
  const table = tableOf(subtype, length);
  node.header = table;
  const fixed = table.fields.filter((f) => f.bits > 0);
  // Fields whose place depends on flags or length are put below.
  if (subtype === 2) addFields(node, table, span, Math.min(end, at + 4), undefined, fixed);
  else if (subtype === 3) addFields(node, table, span, Math.min(end, at + 4), undefined, fixed);
  else addFields(node, table, span, end);
  if (subtype === 2 && at + 4 <= end) addDss(node, table, span, end);
  if (subtype === 3 && at + 4 <= end) addAddress(node, table, span, end, length);
  node.value = messageText(node, subtype);
  const right = wrongLength(subtype, length, b, at);
  return right === null ? null : t('Multipath TCP: the length of this message should be {0}, not {1}.', right, length);
}

/** Puts a field whose place is computed; returns where the next one starts, or -1 when it does not fit. */
function put(node: Node, table: HeaderSpec, span: Span, name: string, at: number, length: number, end: number): number {
  const spec = table.fields.find((f) => f.name === name);
  if (!spec || at < 0 || at + length > end) return -1;
  const place = { start: at, length };
  const raw = readNumber(spec, span.bytes, place);
  const child = nodeFor(node, spec, name, formatField(spec, span.bytes, place, raw), raw, at, length);
  if (span.buffer !== 0) child.buffer = span.buffer;
  node.children.push(child);
  return at + length;
}

function addDss(node: Node, table: HeaderSpec, span: Span, end: number): void {
  const flags = span.bytes[span.at + 3]!;
  let at = span.at + 4;
  if (flags & 1) at = put(node, table, span, 'dataAck', at, flags & 2 ? 8 : 4, end);
  if (!(flags & 4)) return;
  at = put(node, table, span, 'dsn', at, flags & 8 ? 8 : 4, end);
  at = put(node, table, span, 'subflowSeq', at, 4, end);
  at = put(node, table, span, 'dataLength', at, 2, end);
  if (at >= 0 && at + 2 <= end) put(node, table, span, 'checksum', at, 2, end);
}

/** Version 0 tells the IP version in the low nibble; version 1 by the length alone. */
function addAddress(node: Node, table: HeaderSpec, span: Span, end: number, length: number): void {
  const nibble = span.bytes[span.at + 2]! & 15;
  const isIpv6 = nibble === 6 || (nibble !== 4 && length >= 20);
  const addressEnd = put(node, table, span, isIpv6 ? 'ipv6' : 'ipv4', span.at + 4, isIpv6 ? 16 : 4, end);
  const rest = length - (isIpv6 ? 20 : 8);
  let at = addressEnd;
  if (rest === 2 || rest === 10) at = put(node, table, span, 'port', at, 2, end);
  if (rest >= 8) put(node, table, span, 'truncatedHmac', at, 8, end);
}

function messageText(node: Node, subtype: number): string {
  const value = (name: string): string | undefined => node.children.find((c) => c.id === `${node.id}.${name}`)?.value;
  const name = node.header?.label ?? 'MPTCP';
  switch (subtype) {
    case 0:
      return t('{0}, version {1}', name, value('version') ?? '?');
    case 2: {
      const parts = [name];
      const ack = value('dataAck');
      const dsn = value('dsn');
      if (ack !== undefined) parts.push(t('data ACK {0}', ack));
      if (dsn !== undefined) parts.push(t('maps {0} bytes from {1}', value('dataLength') ?? '?', dsn));
      if (value('dataFin') !== undefined && node.children.find((c) => c.id === `${node.id}.dataFin`)?.raw === 1) parts.push('DATA_FIN');
      return parts.join(', ');
    }
    case 3:
      return t('{0}, {1}', name, value('ipv4') ?? value('ipv6') ?? '?');
    case 8:
      return t('{0}, {1}', name, value('reason') ?? '?');
    default:
      return name;
  }
}

