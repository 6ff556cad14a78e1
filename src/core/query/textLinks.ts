import type { TextToken } from '../capture/textTokens';
import { ACK, OPT_SACK, OPT_TIMESTAMPS, SYN } from '../decode/segment';
import { readSegment } from '../explain/facts';
import type { CaptureModel } from './captureModel';
import type { DecodedPacket } from './packetDetail';
import { acknowledgedSegment, acknowledgers, newlyAcknowledged, originalOf, otherCopies, segmentsWithin, synBefore } from './relations';
import { lowerBound } from './streamPackets';
import type { PacketRelation, RelatedPacket, TextLinks, TextPosition } from './textApi';
import { tokenAtPosition, type TokenHere } from './textHover';

/** How many packets are looked at again to find an echoed timestamp: each costs a look at the text. */
const ECHO_REACH = 256;
/** Most packets that one answer names. */
const MOST = 2000;

const related = (relation: PacketRelation, packets: readonly (number | null)[]): RelatedPacket[] =>
  packets.flatMap((packet) => (packet === null ? [] : [{ packet, relation }]));

/** "Go to definition" of the token at a position. The packet itself where nothing stands before it: editors then show references. */
export async function textDefinition(model: CaptureModel, decoded: DecodedPacket, position: TextPosition): Promise<TextLinks | null> {
  return await links(model, decoded, position, definitionOf);
}

/** "Find references": who answers this, what else carries it, or the packets of the stream. */
export async function textReferences(model: CaptureModel, decoded: DecodedPacket, position: TextPosition): Promise<TextLinks | null> {
  return await links(model, decoded, position, referencesOf);
}

type Finder = (model: CaptureModel, packet: number, here: TokenHere) => RelatedPacket[] | Promise<RelatedPacket[]>;

async function links(model: CaptureModel, decoded: DecodedPacket, position: TextPosition, find: Finder): Promise<TextLinks | null> {
  const here = tokenAtPosition(decoded, position);
  if (!here || !model.packets.isTcp(decoded.packet)) return null;
  const targets = await find(model, decoded.packet, here);
  return { span: here.places.span(here.token.start, here.token.end), targets: targets.slice(0, MOST) };
}

async function definitionOf(model: CaptureModel, packet: number, { token, offset, text }: TokenHere): Promise<RelatedPacket[]> {
  const self = related('self', [packet]);
  const or = (found: RelatedPacket[]): RelatedPacket[] => (found.length > 0 ? found : self);
  const table = model.packets;
  const flags = table.flags(packet);
  const synAck = (flags & (SYN | ACK)) === (SYN | ACK);
  switch (token.kind) {
    case 'ack':
      return or(related('acknowledged', [acknowledgedSegment(model, packet)]));
    case 'seq':
    case 'length':
    case 'payload':
      return or(synAck ? related('syn', [synBefore(model, packet, true)]) : related('original', [originalOf(model, packet)]));
    case 'flags':
      if (synAck) return or(related('syn', [synBefore(model, packet, true)]));
      return or([...related('original', [originalOf(model, packet)]), ...related('acknowledged', [acknowledgedSegment(model, packet)])].slice(0, 1));
    case 'win':
      return or(flags & SYN ? [] : related('scale', [synBefore(model, packet, false)]));
    case 'option':
      return or(await optionDefinition(model, packet, token, text, offset));
    case 'note':
      return or(related('original', [originalOf(model, packet)]));
    default:
      return or(related('stream', [firstOfStream(model, packet)]));
  }
}

function firstOfStream(model: CaptureModel, packet: number): number | null {
  const first = model.streamPackets.of(model.packets.stream(packet))[0];
  return first === undefined || first === packet ? null : first;
}

async function optionDefinition(model: CaptureModel, packet: number, token: TextToken, text: Uint8Array, offset: number): Promise<RelatedPacket[]> {
  if (model.packets.flags(packet) & SYN) return related('peerSyn', [synBefore(model, packet, true)]);
  const segment = await readSegment(model, packet);
  if (!segment) return [];
  const name = token.name.toLowerCase();
  if (segment.optionsSeen & OPT_SACK && (name === 'sack' || name === 'sle' || name === 'sre')) {
    const found = new Set<number>();
    for (let i = 0; i < segment.sackCount; i++) for (const p of segmentsWithin(model, packet, segment.sackLeft[i]!, segment.sackRight[i]!)) found.add(p);
    return related('sacked', [...found].sort((a, b) => a - b));
  }
  if (segment.optionsSeen & OPT_TIMESTAMPS && isEcho(token, text, offset)) return related('echoed', [await echoedPacket(model, packet, segment.tsEcr)]);
  return [];
}

/** The position stands on the echo reply of a timestamps token ("TS val 1 ecr 2"), or on a token that is one. */
function isEcho(token: TextToken, text: Uint8Array, offset: number): boolean {
  if (/^(tsecr|ecr)$/i.test(token.name)) return true;
  if (!/^(ts|timestamp)$/i.test(token.name)) return false;
  const ecr = [0x65, 0x63, 0x72]; // "ecr"
  for (let i = token.start; i + 3 <= token.end; i++) if (ecr.every((c, k) => text[i + k] === c)) return offset >= i;
  return false;
}

/** The first packet of the peer that carried a timestamp value: retransmissions and later segments may repeat it. */
async function echoedPacket(model: CaptureModel, packet: number, echo: number): Promise<number | null> {
  const table = model.packets;
  const list = model.streamPackets.of(table.stream(packet));
  const direction = table.direction(packet);
  const rank = lowerBound(list, packet);
  let found: number | null = null;
  for (let r = rank - 1; r >= 0 && rank - r <= ECHO_REACH; r--) {
    const p = list[r]!;
    if (table.direction(p) === direction) continue;
    const segment = await readSegment(model, p);
    if (!segment || !(segment.optionsSeen & OPT_TIMESTAMPS)) continue;
    if (segment.tsVal === echo) found = p;
    else if (found !== null) break;
  }
  return found;
}

function referencesOf(model: CaptureModel, packet: number, { token }: TokenHere): RelatedPacket[] {
  switch (token.kind) {
    case 'seq':
    case 'length':
    case 'payload':
    case 'flags':
    case 'note':
      return [...related('self', [packet]), ...related('copy', otherCopies(model, packet)), ...related('acknowledgedBy', acknowledgers(model, packet))].sort((a, b) => a.packet - b.packet);
    case 'ack':
      return [...related('self', [packet]), ...related('acknowledged', acknowledgedBy(model, packet))].sort((a, b) => a.packet - b.packet);
    default:
      return related('stream', [...model.streamPackets.of(model.packets.stream(packet)).subarray(0, MOST)]);
  }
}

/** What an acknowledgment is the first to acknowledge, else (it repeats an earlier one) the segment that it ends at. */
function acknowledgedBy(model: CaptureModel, packet: number): readonly number[] {
  const fresh = newlyAcknowledged(model, packet);
  if (fresh.length > 0) return fresh;
  const one = acknowledgedSegment(model, packet);
  return one === null ? [] : [one];
}
