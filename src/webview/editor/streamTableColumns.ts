import type { StreamRowData } from '../../core/engineApi';
import { grouped } from '../../core/explain/words';
import { t } from '../../core/l10n';
import type { CellContent, Column } from '../grid/column';
import { isGroup, type StreamGroupRow, type StreamTableRow } from './groupedStreams';

/** The columns of the streams table, headings of groups included: a heading stands in the first column and covers all. */
export function streamTableColumns(columns: readonly Column<StreamRowData>[]): readonly Column<StreamTableRow>[] {
  return columns.map((column, i) => ({
    ...column,
    render: (row: StreamTableRow, index: number, previous: StreamTableRow | undefined) =>
      isGroup(row) ? (i === 0 ? headingCell(row) : '') : column.render(row, index, isGroup(previous) ? undefined : previous),
  }));
}

function headingCell({ group, open }: StreamGroupRow): CellContent {
  const { severity, title, count } = group;
  const streams = count === 1 ? t('1 stream') : t('{0} streams', grouped(count));
  return { text: `${title}  (${grouped(count)})`, label: `${title}, ${streams}`, title: streams, lead: open ? 'chevron-down' : 'chevron-right', icon: severity ?? 'pass', className: severity ? `severity-${severity}` : 'dim' };
}
