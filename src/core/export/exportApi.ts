import type { PacketView } from '../engineApi';
import type { FollowView } from '../query/followApi';

/** Writing packets and payload: types only, plain data as in engineApi. */

/** Packets by number (index), or all that a view shows. */
export type PacketSelection = { readonly kind: 'view'; readonly view: PacketView } | { readonly kind: 'packets'; readonly packets: readonly number[] };

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
}

export interface CopiedText {
  readonly text: string;
  readonly lines: number;
  /** Packets without TCP. */
  readonly leftOut: number;
  /** There were more packets than are copied. */
  readonly more: boolean;
}

/** Requests that only the host may make: they write files, or fill the clipboard. */
export interface ExportApi {
  /** Writes packets to a file; tells its progress. */
  exportPackets(request: ExportRequest): ExportDone;
  exportPayload(request: PayloadExportRequest): ExportDone;
  /** Packets as lines of tcpdump. */
  copyText(request: CopyTextRequest): CopiedText;
}
