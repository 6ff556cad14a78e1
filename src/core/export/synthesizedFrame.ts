import { addLong, addWords, foldSum } from '../bytes/checksum';
import { u32be } from '../bytes/read';
import type { TextToken } from '../capture/textTokens';
import {
  ACK, DERIVED_SEQ, FAMILY_IPV4, FAMILY_IPV6, FAMILY_NAME, FAMILY_NONE, KNOWN_ABSOLUTE_ACK, KNOWN_ABSOLUTE_SEQ, KNOWN_ACK, KNOWN_FLAGS, KNOWN_LENGTH, KNOWN_OPTIONS, KNOWN_SEQ,
  KNOWN_WINDOW, type Segment,
} from '../decode/segment';
import { synthesizePacket } from '../decode/synthesize';
import { t } from '../l10n';

/** Most bytes of an IP packet, by its total length. */
const LONGEST_PACKET = 65535;
const PROTOCOL_TCP = 6;

/** A raw-IP frame made from a text's segment. */
export interface SynthesizedFrame {
  readonly bytes: Uint8Array;
  readonly originalLength: number;
  /** Bytes at the end that stand for payload the text does not hold. */
  readonly zeros: number;
  /** What the text does not show, or the frame does not keep of it; empty when it is whole. In words for a comment. */
  readonly gaps: readonly string[];
}

/**
 * Builds an IP packet whose headers say what the text shows, with right checksums over a payload of zeros. Its length is the
 * text's; where an IP header cannot say it (segmentation offload), the IP length is 0 as such captures have it. `addressOf` gives
 * the IPv4 address that stands for a host name.
 */
export function synthesizeFrame(s: Segment, tokens: readonly TextToken[], text: Uint8Array, zeros: boolean, addressOf: (host: number) => number): SynthesizedFrame {
  const gaps = gapsOf(s);
  const made = synthesizePacket(s, tokens, text);
  if (made.missingOptions.length > 0) gaps.push(t('options left out: {0}', [...new Set(made.missingOptions)].join(' ')));
  const v6 = s.family === FAMILY_IPV6;
  const jumbo = v6 && made.originalLength - 40 > LONGEST_PACKET;
  const headers = jumbo ? withJumboPayload(made.bytes, made.originalLength - 40) : made.bytes;
  const originalLength = made.originalLength + headers.length - made.bytes.length;
  const tcpOffset = made.tcpOffset + headers.length - made.bytes.length;
  const view = new DataView(headers.buffer);
  if (s.family === FAMILY_NAME) {
    view.setUint32(12, addressOf(s.src3));
    view.setUint32(16, addressOf(s.dst3));
  } else if (s.family !== FAMILY_IPV4 && !v6) view.setBigUint64(12, 0n);
  if (!v6 && originalLength > LONGEST_PACKET) view.setUint16(2, 0);
  if (!v6) view.setUint16(10, 0xffff ^ foldSum(addWords(0, headers, 0, 20)));
  let sum = addWords(0, headers, tcpOffset, headers.length);
  for (let at = v6 ? 8 : 12; at < (v6 ? 40 : 20); at += 4) sum = addLong(sum, u32be(headers, at));
  sum = addLong(addLong(sum, PROTOCOL_TCP), originalLength - tcpOffset);
  view.setUint16(tcpOffset + 16, 0xffff ^ foldSum(sum));
  const captured = zeros ? Math.max(headers.length, Math.min(originalLength, LONGEST_PACKET)) : headers.length;
  if (captured === headers.length) return { bytes: headers, originalLength, zeros: 0, gaps };
  const bytes = new Uint8Array(captured);
  bytes.set(headers);
  return { bytes, originalLength, zeros: captured - headers.length, gaps };
}

/** Puts a Jumbo Payload option (RFC 2675) behind the IPv6 header: a length that has no room in it. */
function withJumboPayload(packet: Uint8Array, payload: number): Uint8Array {
  const bytes = new Uint8Array(packet.length + 8);
  bytes.set(packet.subarray(0, 40));
  bytes.set(packet.subarray(40), 48);
  const view = new DataView(bytes.buffer);
  view.setUint16(4, 0);
  bytes[6] = 0;
  bytes.set([PROTOCOL_TCP, 0, 0xc2, 4], 40);
  view.setUint32(44, payload + 8);
  return bytes;
}

function gapsOf(s: Segment): string[] {
  const gaps: string[] = [];
  const known = (bit: number): boolean => (s.known & bit) !== 0;
  if (s.family === FAMILY_NONE) gaps.push(t('addresses not shown'));
  if (!known(KNOWN_FLAGS)) gaps.push(t('flags not shown'));
  if (!known(KNOWN_SEQ)) gaps.push(s.known & DERIVED_SEQ ? t('sequence number not shown, carried on from earlier segments') : t('sequence number not shown'));
  if (known(KNOWN_SEQ) && !known(KNOWN_ABSOLUTE_SEQ)) gaps.push(t('sequence number relative to an initial one that is not shown'));
  if (!known(KNOWN_FLAGS) || s.flags & ACK) {
    if (!known(KNOWN_ACK)) gaps.push(t('acknowledgment number not shown'));
    else if (!known(KNOWN_ABSOLUTE_ACK)) gaps.push(t('acknowledgment number relative to an initial one that is not shown'));
  }
  if (!known(KNOWN_WINDOW)) gaps.push(t('window not shown'));
  if (!known(KNOWN_LENGTH)) gaps.push(t('length not shown'));
  if (!known(KNOWN_OPTIONS)) gaps.push(t('options not shown'));
  return gaps;
}
