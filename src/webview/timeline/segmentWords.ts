import { badgesOf, type Badge } from '../../core/analysis/badges';
import { VERDICT_UNKNOWN } from '../../core/analysis/segmentVerdict';
import { NO_PACKET } from '../../core/bytes/units';
import { FIN, SYN } from '../../core/decode/segment';
import { grouped } from '../../core/explain/words';
import { t } from '../../core/l10n';
import * as api from '../../core/timelineApi';
import type { SequenceFormat } from '../../rpc/webviewMessages';
import { flagNames, flagTone } from '../format/tcp';
import type { SegmentRef } from '../state/timelineStore';

/** A segment in words, each part empty where the capture does not show it. */
export interface SegmentWords {
  readonly flags: string;
  readonly tone: ReturnType<typeof flagTone>;
  /** "seq 1–1448": first and last number that the segment takes up; one number when it takes up at most one. */
  readonly seq: string;
  readonly ack: string;
  readonly window: string;
  readonly length: string;
  readonly sack: string;
  readonly badges: readonly Badge[];
}

export function fromServer({ columns, i }: SegmentRef): boolean {
  return (columns.marks[i]! & api.MARK_SERVER) !== 0;
}

export function segmentWords(ref: SegmentRef, format: SequenceFormat): SegmentWords {
  const { columns: c, i } = ref;
  const known = c.known[i]!;
  const raw = format === 'raw';
  const flags = known & api.TIMELINE_FLAGS ? c.flags[i]! : null;
  const length = known & api.TIMELINE_LENGTH ? c.length[i]! : 0;
  const seq = raw && !(known & api.TIMELINE_SEQ_NOT_RAW) ? c.seq[i]! : c.seqRelative[i]!;
  const span = length + (flags !== null && flags & SYN ? 1 : 0) + (flags !== null && flags & FIN ? 1 : 0);
  const sacks = sackBlocks(ref, raw);
  return {
    flags: flagNames(flags),
    tone: flagTone(flags),
    seq: known & api.TIMELINE_SEQ ? t('seq {0}', span > 1 ? `${seq}–${(seq + span - 1) >>> 0}` : seq) : '',
    ack: known & api.TIMELINE_ACK ? t('ack {0}', raw && !(known & api.TIMELINE_ACK_NOT_RAW) ? c.ack[i]! : c.ackRelative[i]!) : '',
    window: known & api.TIMELINE_WINDOW ? t('win {0}', `${c.window[i]!}${known & api.TIMELINE_SCALE_UNKNOWN ? '?' : ''}`) : '',
    length: known & api.TIMELINE_LENGTH && length > 0 ? t('len {0}', length) : '',
    sack: sacks.length > 0 ? `SACK ${sacks.map(([left, right]) => `${left}–${(right - 1) >>> 0}`).join(' ')}` : '',
    badges: badges(ref),
  };
}

/** SACK blocks of a segment, relative like its acknowledgment number unless raw. */
export function sackBlocks({ columns: c, i }: SegmentRef, raw: boolean): readonly (readonly [left: number, right: number])[] {
  const found: (readonly [number, number])[] = [];
  const base = !raw && c.known[i]! & api.TIMELINE_ACK_RELATIVE ? (c.ack[i]! - c.ackRelative[i]!) >>> 0 : 0;
  let low = 0;
  let high = c.sacks.length / 3;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (c.sacks[middle * 3]! < i) low = middle + 1;
    else high = middle;
  }
  for (let k = low * 3; k < c.sacks.length && c.sacks[k] === i; k += 3) found.push([(c.sacks[k + 1]! - base) >>> 0, (c.sacks[k + 2]! - base) >>> 0]);
  return found;
}

function badges({ columns: c, i }: SegmentRef): readonly Badge[] {
  const verdict = c.verdicts[i]!;
  const list = [...badgesOf({ labels: c.labels[i]!, verdict })];
  // Our verdict "lost" has a badge of its own.
  if (c.marks[i]! & api.MARK_LOST && verdict & VERDICT_UNKNOWN) list.push({ field: '', text: t('taken for lost'), severity: 'warning' });
  if (c.marks[i]! & api.MARK_ILLEGAL) list.push({ field: '', text: t('does not fit the state'), severity: 'warning' });
  return list;
}

/** The parts of a segment's line in the order in which they are written. */
export function lineParts(words: SegmentWords): readonly string[] {
  return [words.seq, words.ack, words.window, words.length, words.sack].filter(Boolean);
}

/** What a segment repeats and what repeats it, in words; `number` gives the frame number of a rank, if known. */
export function links({ columns: c, i }: SegmentRef, number: (rank: number) => number | null): string {
  const parts: string[] = [];
  const before = c.sentBefore[i]!;
  const again = c.sentAgain[i]!;
  const name = (rank: number): string => {
    const n = number(rank);
    return n === null ? t('segment {0} of the stream', grouped(rank + 1)) : `#${n}`;
  };
  if (before !== NO_PACKET) parts.push(t('sent before in {0}', name(before)));
  if (again !== NO_PACKET) parts.push(t('sent again in {0}', name(again)));
  return parts.join(', ');
}
