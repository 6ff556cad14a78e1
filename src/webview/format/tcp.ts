import { ACK, AE, CWR, ECE, FIN, PSH, RST, SYN, URG } from '../../core/decode/segment';
import type { PacketRow } from '../../core/engineApi';
import { grouped } from '../../core/explain/words';
import type { SequenceFormat } from '../../rpc/webviewMessages';

/** SYN and its like first: what one looks for stands where the eye begins. */
const FLAG_NAMES: readonly (readonly [bit: number, name: string])[] = [
  [SYN, 'SYN'],
  [FIN, 'FIN'],
  [RST, 'RST'],
  [PSH, 'PSH'],
  [ACK, 'ACK'],
  [URG, 'URG'],
  [ECE, 'ECE'],
  [CWR, 'CWR'],
  [AE, 'AE'],
];

/** "SYN,ACK"; "none" for a segment without any flag; empty when the capture does not show them. */
export function flagNames(flags: number | null): string {
  if (flags === null) return '';
  const names = FLAG_NAMES.filter(([bit]) => flags & bit).map(([, name]) => name);
  return names.length > 0 ? names.join(',') : 'none';
}

/** The flags as tcpdump prints them: "S.", "P.", "." and "none". */
export function flagLetters(flags: number): string {
  const letters: readonly (readonly [number, string])[] = [
    [FIN, 'F'],
    [SYN, 'S'],
    [RST, 'R'],
    [PSH, 'P'],
    [ACK, '.'],
    [URG, 'U'],
    [ECE, 'E'],
    [CWR, 'W'],
    [AE, 'e'],
  ];
  return letters.map(([bit, letter]) => (flags & bit ? letter : '')).join('') || 'none';
}

/** How a row stands out by its flags. */
export function flagTone(flags: number | null): 'open' | 'close' | 'reset' | '' {
  if (flags === null) return '';
  if (flags & RST) return 'reset';
  if (flags & SYN) return 'open';
  return flags & FIN ? 'close' : '';
}

/** A sequence or acknowledgment number; where no relative one is known the raw one is shown. */
export function formatSequence(raw: number | null, relative: number | null, format: SequenceFormat): string {
  if (format === 'relative' && relative !== null) return String(relative);
  return raw === null ? '' : String(raw);
}

/** The scaled window; "?" marks one whose scale the capture does not show. */
export function formatWindow(row: Pick<PacketRow, 'window' | 'windowScaled' | 'scale'>): string {
  if (row.window === null) return '';
  if (row.scale === -1) return `${grouped(row.window)} ?`;
  return grouped(row.windowScaled ?? row.window);
}
