/** Which columns a table shows, in their order: its own ones by id, further fields of packets by filter name. */

export type ColumnTable = 'packets' | 'streams';

/** Columns of tables that are not as they are at first. */
export type ColumnChoice = Readonly<Partial<Record<ColumnTable, readonly string[]>>>;

export const COLUMN_TABLES: readonly ColumnTable[] = ['packets', 'streams'];

/** Ids of a table's own columns, in the order in which they stand at first. */
export const OWN_COLUMNS: Readonly<Record<ColumnTable, readonly string[]>> = {
  packets: ['number', 'time', 'direction', 'source', 'destination', 'protocol', 'flags', 'seq', 'ack', 'window', 'length', 'info'],
  streams: ['stream', 'lane', 'client', 'server', 'verdict', 'status', 'packets', 'bytesClient', 'bytesServer', 'start', 'duration', 'rtt', 'retransmitted'],
};

export const MOST_COLUMNS = 40;

/** A filter name: what is no own column must look like one. */
const FIELD = /^[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)*$/i;

/** A list of columns from elsewhere (settings, storage, a webview), without what can be none; null when nothing is left of it. */
export function checkColumns(value: unknown, table: ColumnTable): readonly string[] | null {
  if (!Array.isArray(value)) return null;
  const own = OWN_COLUMNS[table];
  const sound = (value as unknown[]).filter((id): id is string => typeof id === 'string' && id.length <= 100 && (own.includes(id) || (table === 'packets' && FIELD.test(id))));
  const list = [...new Set(sound)].slice(0, MOST_COLUMNS);
  return list.length > 0 ? list : null;
}

/** The list with a column put before another one; `before` null: at the end. */
export function moved(columns: readonly string[], column: string, before: string | null): readonly string[] {
  const rest = columns.filter((id) => id !== column);
  const at = before === null ? rest.length : rest.indexOf(before);
  return at < 0 || !columns.includes(column) ? columns : [...rest.slice(0, at), column, ...rest.slice(at)];
}

/** The packets table's own columns that one stream does without: there an arrow tells who sends. */
export const ONE_STREAM_HIDES: readonly string[] = ['source', 'destination', 'protocol'];

/** The list with a column put past its next neighbour to the left (-1) or right (1), not counting those that are `hidden` now. */
export function stepped(columns: readonly string[], column: string, step: 1 | -1, hidden: readonly string[]): readonly string[] {
  const shown = columns.filter((id) => id === column || !hidden.includes(id));
  const neighbour = shown[shown.indexOf(column) + step];
  if (neighbour === undefined || !columns.includes(column)) return columns;
  return step < 0 ? moved(columns, column, neighbour) : moved(columns, column, columns[columns.indexOf(neighbour) + 1] ?? null);
}

/** The list with fields added: before the column that takes the room left, so that they are in sight. */
export function added(columns: readonly string[], fields: readonly string[]): readonly string[] {
  const fresh = fields.filter((field) => !columns.includes(field));
  const at = columns.at(-1) === 'info' ? columns.length - 1 : columns.length;
  return [...columns.slice(0, at), ...fresh, ...columns.slice(at)].slice(0, MOST_COLUMNS);
}
