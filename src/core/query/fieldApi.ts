import type { CardDocument } from '../explain/card';
import type { StudyWait } from '../engineApi';
import type { FieldType } from '../filter/values';

/** Any field by its filter name, for columns that a person adds. Types only. */

export interface FieldInfo {
  readonly name: string;
  readonly type: FieldType;
  /** Its numbers have names. */
  readonly named: boolean;
  /** One line on what it is. */
  readonly doc: string;
}

export interface FieldValuesRequest {
  /** Packet indices, at most MOST_VALUE_PACKETS. */
  readonly packets: readonly number[];
  /** Filter names, at most MOST_VALUE_FIELDS. */
  readonly fields: readonly string[];
}

export interface FieldValues {
  readonly revision: number;
  /** Per packet, per field: the values as text, joined by commas; empty when the packet does not have the field, null while it is not known. */
  readonly cells: readonly (readonly (string | null)[])[];
  /** What the cells that are not known wait for. */
  readonly waits: StudyWait | null;
  /** Why they cannot be known. */
  readonly problem: string | null;
}

export const MOST_VALUE_PACKETS = 256;
export const MOST_VALUE_FIELDS = 64;

export interface FieldApi {
  /** All fields that filters and columns may name. */
  fields(): readonly FieldInfo[];
  fieldValues(request: FieldValuesRequest): FieldValues;
  /** What a field is, with a packet's own value. */
  fieldCard(request: { readonly packet: number; readonly field: string }): CardDocument | null;
}
