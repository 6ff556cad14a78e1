import type { StreamRowData } from '../../core/engineApi';
import { t } from '../../core/l10n';
import * as api from '../../core/overviewApi';
import { laneWords } from './laneWords';
import type { CellContent, CellPath } from '../grid/column';

/** Cells of the small timeline in a row of the streams table: also the width of its drawing; it is 16 high. */
export const ROW_LANE_CELLS = 60;

const made = new WeakMap<StreamRowData, CellContent>();

/** A stream's own time as a drawing: the client's segments above the line, the server's below, marks across. */
export function laneCell(row: StreamRowData): CellContent | string {
  if (!row.lane) return '';
  let cell = made.get(row);
  if (!cell) {
    const words = laneWords(row.lane);
    cell = { text: '', label: words || t('no marks'), ...(words ? { title: words } : {}), paths: lanePaths(row.lane) };
    made.set(row, cell);
  }
  return cell;
}

/** Paths in a box of `cells.length` by 16. */
export function lanePaths(cells: Uint8Array): readonly CellPath[] {
  const path = (className: string, want: (bits: number) => boolean, top: number, height: number): CellPath | null => {
    let d = '';
    for (let c = 0; c < cells.length; c++) {
      if (!want(cells[c]!)) continue;
      const from = c;
      while (c + 1 < cells.length && want(cells[c + 1]!)) c++;
      d += `M${from} ${top}h${c + 1 - from}v${height}h${from - c - 1}z`;
    }
    return d ? { className, d } : null;
  };
  const sent = (bit: number, data: boolean) => (bits: number): boolean => (bits & bit) !== 0 && ((bits & api.LANE_DATA) !== 0) === data;
  const has = (bit: number) => (bits: number): boolean => (bits & bit) !== 0;
  return [
    { className: 'lane-line', d: `M0 7.5h${cells.length}v1h${-cells.length}z` },
    path('tone-client', sent(api.LANE_CLIENT, false), 5, 3),
    path('tone-client', sent(api.LANE_CLIENT, true), 2, 6),
    path('tone-server', sent(api.LANE_SERVER, false), 8, 3),
    path('tone-server', sent(api.LANE_SERVER, true), 8, 6),
    path('lane-open', has(api.LANE_SYN), 1, 14),
    path('lane-close', has(api.LANE_FIN), 3, 10),
    path('lane-warning', has(api.LANE_CLOSED), 5, 6),
    path('lane-warning', has(api.LANE_RESENT), 1, 14),
    path('lane-error', has(api.LANE_RST), 0, 16),
  ].filter((one) => one !== null);
}
