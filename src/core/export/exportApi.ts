import type { PacketView } from '../engineApi';
import type { FollowView } from '../query/followApi';

/** Writing packets and payload: types only, plain data as in engineApi. */

/** Rows of a view, from the first to the last of each range. */
export interface RowsOfView {
  readonly view: PacketView;
  readonly ranges: readonly (readonly [number, number])[];
}

/** Packets by number (index), all that a view shows, or some of its rows. */
export type PacketSelection = ({ readonly kind: 'rows' } & RowsOfView) | { readonly kind: 'view'; readonly view: PacketView } | { readonly kind: 'packets'; readonly packets: readonly number[] };

/** Where an export goes on the platform's disk. */
export interface ExportTarget {
  readonly path: string;
  /** Replace what is there; the person has said so. */
  readonly overwrite: boolean;
}

export interface ExportRequest {
  readonly what: PacketSelection;
  readonly format: 'pcapng' | 'text';
  /** pcapng made from text: payload as zeros, or left out. */
  readonly payload: 'zeros' | 'none';
  readonly target: ExportTarget;
}

export interface PayloadExportRequest {
  readonly stream: number;
  readonly side: FollowView;
  readonly form: 'raw' | 'text' | 'hex';
  readonly target: ExportTarget;
}

/** What was written: packets, or bytes of a payload; and what was asked for and is not in it. */
export interface ExportDone {
  readonly packets: number;
  readonly leftOut: number;
}

export interface CopyTextRequest {
  readonly what: PacketSelection;
  /** Lines of tcpdump, or the bytes of each packet with offsets (as text2pcap reads them). */
  readonly form: 'tcpdump' | 'hex';
}

export interface CopiedText {
  readonly text: string;
  /** Packets that are in it. */
  readonly lines: number;
  /** Packets without TCP, or without bytes. */
  readonly leftOut: number;
  /** There were more packets than are copied. */
  readonly more: boolean;
}

/** Requests that only the host may make: they write files, or fill the clipboard. */
export interface ExportApi {
  /** Writes packets to a file; tells its progress. */
  exportPackets(request: ExportRequest): ExportDone;
  exportPayload(request: PayloadExportRequest): ExportDone;
  /** Packets as text. */
  copyText(request: CopyTextRequest): CopiedText;
}
