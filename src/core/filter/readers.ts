import { MAX_EXACT } from '../bytes/farTime';
import type { PacketIndex } from '../bytes/units';
import type { CaptureModel } from '../query/captureModel';
import { META_DIRECTION_B, META_MORE_HEADERS, META_TCP, type PacketBlock } from '../table/packetTable';
import type { ColdRow } from './coldRow';
import type { BytesOf, FilterField, NumberColumn, ValueColumn } from './fields/field';
import { filterField } from './fields/fields';
import { SEGMENT_VALUES } from './fields/segmentFields';
import type { Value } from './values';

/** The row that is being tested. One object serves all rows. */
export interface Row {
  block: PacketBlock;
  /** Place in the block. */
  i: number;
  packet: PacketIndex;
  /** The row's record, once it was read again. */
  cold: ColdRow | null;
}

/** Values that a row has of something; null: the tables do not tell, the record must be read. */
export type Reader = (row: Row) => readonly Value[] | null;

const NOTHING: readonly Value[] = [];

/** All headers that matter for the row are the ones in the tables. */
export function isPlain(row: Row): boolean {
  return (row.block.meta[row.i]! & (META_TCP | META_MORE_HEADERS)) === META_TCP;
}

/** The column of a field whose values the tables hold for every row, as one number; null where it is not so simple. */
export function plainColumn(field: FilterField, model: CaptureModel): NumberColumn | null {
  return field.columns && (field.scope === 'frame' || field.scope === 'tcp') ? field.columns(model) : null;
}

/** How a field's values are read. */
export function fieldReader(field: FilterField, model: CaptureModel): Reader {
  if (field.members) return joined(field.members.map((name) => fieldReader(filterField(name)!, model)));
  const { ofRecord, ofRow, bytesOf, rowLists } = field;
  if (rowLists) {
    const lists = rowLists(model);
    return (row) => lists(row.block, row.i, row.packet);
  }
  if (ofRow) return (row) => (row.cold ? ofRow(row.cold) : null);
  if (ofRecord) return (row) => (row.cold ? ofRecord(row.cold.record) : null);
  if (bytesOf) return bytesReader(field, bytesOf);
  const own = ownValue(field, model);
  return own ? tableReader(field, own, model) : treeReader(field);
}

function joined(readers: readonly Reader[]): Reader {
  return (row) => {
    const values: Value[] = [];
    for (const read of readers) {
      const some = read(row);
      if (some === null) return null;
      values.push(...some);
    }
    return values;
  };
}

/** The value that the tables hold for a row, or null when they hold none for any. */
function ownValue(field: FilterField, model: CaptureModel): ValueColumn | null {
  if (field.columns) {
    const column = field.columns(model);
    const rests = field.rests?.(model);
    return (block, i, packet) => {
      const value = column(block, i, packet);
      if (Number.isNaN(value)) return null;
      const rest = rests && Math.abs(value) > MAX_EXACT ? rests(block, i, packet) : 0;
      return rest === 0 ? value : BigInt(value) + BigInt(rest);
    };
  }
  if (field.rowValues) return field.rowValues(model);
  if (!field.ofStream) return null;
  const value = field.ofStream(model);
  const { streams } = model;
  return (block, i) => value(streams.row(block.stream[i]!), (block.meta[i]! & META_DIRECTION_B) as 0 | 1);
}

function tableReader(field: FilterField, own: ValueColumn, model: CaptureModel): Reader {
  const { name, type, scope, madeOf } = field;
  const isText = model.reader.info.text !== undefined;
  const other = field.other?.(model);
  return (row) => {
    const meta = row.block.meta[row.i]!;
    const more = (meta & META_MORE_HEADERS) !== 0;
    const tcp = (meta & META_TCP) !== 0;
    if (scope === 'network' && !isText && (more || !tcp)) return row.cold ? (madeOf ? row.cold.values(madeOf.name, madeOf.type).map(madeOf.of) : row.cold.values(name, type)) : null;
    const value = scope === 'frame' || tcp ? own(row.block, row.i, row.packet) : null;
    if (scope === 'frame' || !more) return value === null ? NOTHING : [value];
    if (other) {
      const second = other(row.packet);
      return [...(value === null ? [] : [value]), ...(Number.isNaN(second) ? [] : [second])];
    }
    if (!row.cold) return null;
    const others = row.cold.values(name, type, tcp);
    return value === null ? others : [value, ...others];
  };
}

function treeReader(field: FilterField): Reader {
  const { name, type, mayHave } = field;
  const ofSegment = SEGMENT_VALUES[name];
  return (row) => {
    if (mayHave && !(row.block.meta[row.i]! & META_MORE_HEADERS) && !mayHave(row.block, row.i)) return NOTHING;
    if (!row.cold) return null;
    const segment = ofSegment && isPlain(row) ? row.cold.segment : null;
    if (!segment) return row.cold.values(name, type);
    const value = ofSegment!(segment);
    return Number.isNaN(value) ? NOTHING : [value];
  };
}

function bytesReader(field: FilterField, what: BytesOf): Reader {
  const { name, mayHave } = field;
  const ofFrame = what === 'frame' || what === 'headers';
  return (row) => {
    const meta = row.block.meta[row.i]!;
    const more = (meta & META_MORE_HEADERS) !== 0;
    if (!ofFrame && !more && (!(meta & META_TCP) || (mayHave && !mayHave(row.block, row.i)))) return NOTHING;
    if (!row.cold) return null;
    if (!ofFrame && more) return row.cold.values(name, 'header');
    const bytes = row.cold.bytesOf(what);
    return bytes === null ? NOTHING : [bytes];
  };
}

/** A field's values in the layers of certain numbers, counted from 1, from the end when negative. */
export function layerReader(field: FilterField, inLayer: (layer: number, last: number) => boolean): Reader {
  const names = field.members ?? [field.name];
  return (row) => {
    if (!row.cold) return null;
    const found = names.flatMap((name) => row.cold!.layered(name, field.type));
    const last = found.reduce((most, { layer }) => Math.max(most, layer), 0);
    return found.filter(({ layer }) => inLayer(layer, last)).map(({ value }) => value);
  };
}

/** Whether a row has the field: its value is not looked for where its presence is known. */
export function presenceReader(field: FilterField, model: CaptureModel): Reader {
  const read = field.bytesOf === 'frame' ? (): readonly Value[] => [1] : fieldReader(field, model);
  const present = field.present?.(model);
  if (!present) return read;
  const { scope } = field;
  return (row) => {
    const meta = row.block.meta[row.i]! & (META_TCP | META_MORE_HEADERS);
    if (meta === META_TCP || (meta & META_TCP && scope === 'tcp')) return present(row.block, row.i) ? [1] : meta === META_TCP ? NOTHING : read(row);
    return scope === 'tcp' && meta === 0 ? NOTHING : read(row);
  };
}
