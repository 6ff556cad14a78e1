import { LABEL_FAST_RETRANSMISSION, LABEL_RETRANSMISSION, LABEL_SPURIOUS_RETRANSMISSION } from '../analysis/segmentAnalysis';
import { UNKNOWN_LENGTH } from '../bytes/units';
import { ACK, FIN, HEADER_BASIC, HEADER_BOGUS, HEADER_FIXED, HEADER_FULL, SYN } from '../decode/segment';

/**
 * When tshark shows a field of a TCP segment, and what it shows: the one place for it, whether the numbers come from the segment that is being
 * decoded (columns of the command line) or from the tables (filters, columns of the editor).
 */

/** By the ladder of HEADER_*: how much of the header was captured. `early`: shown even with a data offset below 5. */
export const shownEarly = (header: number): boolean => header >= HEADER_BASIC;
export const shownBasic = (header: number): boolean => header >= HEADER_BASIC && header !== HEADER_BOGUS;
export const shownFixed = (header: number): boolean => header >= HEADER_FIXED && header !== HEADER_BOGUS;
export const shownFull = (header: number): boolean => header === HEADER_FULL;

/** Labels of any kind of retransmission count as tcp.analysis.retransmission; any label as tcp.analysis.flags. */
export const ANY_RETRANSMISSION = LABEL_RETRANSMISSION | LABEL_FAST_RETRANSMISSION | LABEL_SPURIOUS_RETRANSMISSION;
export const ANY_LABEL = 0x7fff;

/** A sequence number counted from its base, where there is one. */
export function relativeNumber(number: number, base: number, isRelative: boolean): number {
  return isRelative ? (number - base) >>> 0 : number;
}

/** tcp.ack counted from its base: only where the ACK flag says that it means something. */
export function relativeAck(ack: number, base: number, isRelative: boolean, flags: number): number {
  return relativeNumber(ack, base, isRelative && (flags & ACK) !== 0);
}

/** tcp.nxtseq of a segment with a known length. Wireshark counts one for a SYN or FIN, also where both are set. */
export function nextNumber(seq: number, length: number, flags: number): number {
  return (seq + length + (flags & (SYN | FIN) ? 1 : 0)) >>> 0;
}

/** tcp.window_size: scaled unless on a SYN or of unknown length. */
export function windowBytes(window: number, scale: number, flags: number, length: number): number {
  return scale > 0 && !(flags & SYN) && length !== UNKNOWN_LENGTH ? window * 2 ** scale : window;
}

/** tcp.window_size_scalefactor: -1 not seen, -2 not used. NaN on a SYN. */
export function windowFactor(scale: number, flags: number): number {
  return flags & SYN ? NaN : scale >= 0 ? 2 ** scale : scale;
}
