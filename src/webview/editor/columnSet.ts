import type { EndNames, PacketRow } from '../../core/engineApi';
import { formatEndpoint } from '../../core/bytes/address';
import { t } from '../../core/l10n';
import type { FieldInfo } from '../../core/query/fieldApi';
import type { EditorConfig } from '../../rpc/webviewMessages';
import { columnKey, type CellContent, type Column } from '../grid/column';
import { waitText } from '../format/wait';
import { UNKNOWN, type FieldCells } from '../state/fieldCells';

/** Pixels of a character of a heading, roughly, and the most that a heading asks for. */
const CHAR = 7.3;
const MOST_TITLE = 190;

const NUMERIC: ReadonlySet<FieldInfo['type']> = new Set(['number', 'duration', 'epoch', 'ipv4']);
const WIDTHS: Readonly<Partial<Record<FieldInfo['type'], number>>> = { text: 170, bytes: 170, header: 170, ipv6: 210, mac: 130, ipv4: 120, duration: 104, epoch: 160, time: 210, label: 64, bool: 56 };

/** A table's own columns in the order chosen, with columns of fields among them. Own ones that no choice knows of stay where they are. */
export function chosenColumns<Row>(own: readonly Column<Row>[], chosen: readonly string[], known: readonly string[], field?: (name: string) => Column<Row>): readonly Column<Row>[] {
  const byKey = new Map(own.map((column) => [columnKey(column.id), column]));
  const list = chosen.flatMap((id): readonly Column<Row>[] => {
    const column = byKey.get(id);
    if (column) return [column];
    return field && !known.includes(id) ? [field(id)] : [];
  });
  own.forEach((column, at) => {
    if (known.includes(columnKey(column.id))) return;
    const before = list.indexOf(own[at - 1]!);
    list.splice(before + 1, 0, column);
  });
  // Of a choice that has nothing to show in this view at least the rows' names stay.
  return list.length > 0 ? list : own.slice(0, 1);
}

/** A column of any field, by filter name. */
export function fieldColumn(name: string, cells: FieldCells): Column<PacketRow> {
  const info = cells.info(name);
  const type = info?.type;
  const title = name.startsWith('tcp.') ? name.slice('tcp.'.length) : name;
  return {
    id: `field:${name}`,
    title,
    width: Math.max((type && WIDTHS[type]) ?? 90, Math.min(MOST_TITLE, Math.ceil(title.length * CHAR + 24))),
    align: type && NUMERIC.has(type) && !info.named ? 'right' : type === 'label' || type === 'bool' ? 'center' : 'left',
    tooltip: info ? `${name}\n${info.doc}` : cells.loaded ? t('There is no field "{0}".', name) : name,
    render: (row) => fieldCell(cells, row.packet, name),
  };
}

function fieldCell(cells: FieldCells, packet: number, name: string): CellContent | string {
  const text = cells.peek(packet, name);
  if (text === undefined) return { text: '', className: 'pending' };
  if (text === null) {
    const { waits, problem } = cells.why(name);
    const title = problem ?? (waits ? waitText(waits) : t('There is no field "{0}".', name));
    return { text: waits || problem ? UNKNOWN : '', className: 'dim', title, label: waits ? t('not known yet') : title };
  }
  return { text, title: text };
}

/** An end of a packet or stream by the names that are to be shown; the tooltip has all of it. */
export function endCell(names: EndNames | undefined, plain: string, show: EditorConfig['names']): { readonly text: string; readonly title: string } {
  if (!names) return { text: plain, title: plain };
  const { address, port, host, service } = names;
  const text = `${formatEndpoint(show.hosts && host ? host : address, port)}${show.ports && service ? ` (${service})` : ''}`;
  const title = `${formatEndpoint(address, port)}${service ? ` (${service})` : ''}${host ? `\n${host}` : ''}`;
  return { text, title };
}
