import type { Direction, PacketIndex } from '../../bytes/units';
import type { RecordDetail } from '../../capture/captureReader';
import type { CaptureModel } from '../../query/captureModel';
import type { PacketBlock } from '../../table/packetTable';
import type { StreamRow } from '../../table/streamTable';
import type { ColdRow } from '../coldRow';
import type { StudyNeed } from '../../study/studyColumns';
import type { FieldType, Value } from '../values';

/** Reads one number of a row from the tables; NaN: the row does not have the field. `i` is the row's place in its block. */
export type NumberColumn = (block: PacketBlock, i: number, packet: PacketIndex) => number;

/** Reads text or bytes of a row from the tables; null: the row does not have the field. */
export type ValueColumn = (block: PacketBlock, i: number, packet: PacketIndex) => Value | null;

/** A value that may be offered while it is typed, and what it means. */
export interface ValueChoice {
  readonly text: string;
  readonly doc: string;
}

/**
 * To which rows the tables' values apply. `frame`: to every row, and nothing else has the field. `tcp`: to TCP rows; further TCP headers
 * of the frame (quoted, tunnelled) may have it too. `network`: to TCP rows; any other frame may have it as well, but the tables do not tell.
 */
export type FieldScope = 'frame' | 'tcp' | 'network';

/** Which bytes of a record a field is. `headers`: those before the TCP payload. */
export type BytesOf = 'frame' | 'headers' | 'tcp' | 'payload';

/**
 * A field that filters may name. Where its values come from, first match: `columns`, `rowValues`, `rowLists`, `ofStream` read the tables; `members` stand for
 * the fields that are meant together ("tcp.port"); else the record is decoded again and the nodes of that filter name are taken.
 * To add a field, put an entry into a table of fields.ts.
 */
export interface FilterField {
  /** As people write it: "tcp.window_size". */
  readonly name: string;
  readonly type: FieldType;
  /** One line for completion lists. */
  readonly doc: string;
  /** Names of values ("TCP" for ip.proto 6). */
  readonly values?: Readonly<Record<number, string>>;
  /** Width of a number in bits: what is larger is refused. */
  readonly bits?: number;
  readonly scope: FieldScope;
  readonly columns?: (model: CaptureModel) => NumberColumn;
  /** What rounding took from the number in `columns`: of times more than 104 days apart (farTime.ts). */
  readonly rests?: (model: CaptureModel) => NumberColumn;
  readonly rowValues?: (model: CaptureModel) => ValueColumn;
  /** As `rowValues`, for fields that a row may have more than once. */
  readonly rowLists?: (model: CaptureModel) => (block: PacketBlock, i: number, packet: PacketIndex) => readonly Value[];
  /** Same for all packets of a stream in one direction. */
  readonly ofStream?: (model: CaptureModel) => (row: StreamRow, direction: Direction) => Value | null;
  /** Told by the study of the capture: this part of it must be ready before values are asked for. */
  readonly needs?: StudyNeed;
  /** The values that it can have, where they are few. */
  readonly choices?: () => readonly ValueChoice[];
  /** Values of earlier packets may change as the capture is read on: filters on it are run anew then. */
  readonly changes?: boolean;
  /** The value that another header of the row's frame has, where the tables know that too; NaN: none. */
  readonly other?: (model: CaptureModel) => (packet: PacketIndex) => number;
  /** Where the record is decoded again: made of the values of another field. */
  readonly madeOf?: { readonly name: string; readonly type: FieldType; readonly of: (value: Value) => Value };
  readonly members?: readonly string[];
  /** Cheap test on the tables before the record is read: false means that the row's own header cannot have the field. */
  readonly mayHave?: (block: PacketBlock, i: number) => boolean;
  /** Whether a row whose headers are all in the tables has the field, where its value needs the record and its presence does not. */
  readonly present?: (model: CaptureModel) => (block: PacketBlock, i: number) => boolean;
  /** Read from the record's bytes by place, without building its tree. */
  readonly bytesOf?: BytesOf;
  /** Read from the record and its tree. */
  readonly ofRow?: (row: ColdRow) => readonly Value[];
  /** Read from the record as the file keeps it. */
  readonly ofRecord?: (record: RecordDetail) => readonly Value[];
}
