import type { PacketView, ScanProgress } from '../engineApi';
import type { FilterFault } from './fault';

/** null: the filter can be used. */
export interface FilterCheck {
  readonly fault: FilterFault | null;
}

export interface FilterCompletion {
  readonly text: string;
  readonly kind: 'field' | 'value' | 'operator' | 'function';
  /** One line on what it is. */
  readonly doc: string;
}

/** Completions, best first; the chosen one takes the place of [from, to). */
export interface FilterCompletions {
  readonly from: number;
  readonly to: number;
  readonly items: readonly FilterCompletion[];
}

/** Values of a packet to be filtered by: those of a node of its tree, or of fields by name, joined with "and". */
export interface FilterOfRequest {
  readonly packet: number;
  readonly node: string | null;
  readonly fields: readonly string[];
}

export interface SeekRequest {
  readonly view: PacketView;
  /** The packet to start from, which is not looked at itself; null: from the start (step 1) or the end (step -1). */
  readonly from: number | null;
  readonly step: 1 | -1;
}

export interface SeekResult {
  /** The packet found; null: none yet (`scan` tells), or none at all. */
  readonly packet: number | null;
  /** Its rank among the matches, from 0. */
  readonly rank: number | null;
  readonly matches: number;
  /** The search went on at the other end. */
  readonly wrapped: boolean;
  readonly scan: ScanProgress;
}
