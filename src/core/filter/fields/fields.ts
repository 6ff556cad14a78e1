import { ADDRESS_FIELDS } from './addressFields';
import type { FilterField } from './field';
import { FRAME_FIELDS } from './frameFields';
import { headerFields } from './headerFields';
import { STUDY_FIELDS } from './studyFields';
import { TCP_FIELDS } from './tcpFields';

/** Tables of fields, in order of precedence: of two fields with one name the first one counts. Add further groups here. */
const TABLES: readonly (readonly FilterField[])[] = [FRAME_FIELDS, TCP_FIELDS, ADDRESS_FIELDS, STUDY_FIELDS];

let fields: ReadonlyMap<string, FilterField> | null = null;

/** All fields that a filter may name, by name. */
export function filterFields(): ReadonlyMap<string, FilterField> {
  if (fields) return fields;
  const map = new Map<string, FilterField>();
  for (const table of [...TABLES, headerFields()]) {
    for (const field of table) {
      const known = map.get(field.name);
      if (!known) map.set(field.name, field);
      // The decoder's own tables know names of values that a column's entry need not repeat.
      else if (field.values && !known.values) map.set(field.name, { ...known, values: field.values });
    }
  }
  return (fields = map);
}

export function filterField(name: string): FilterField | undefined {
  return filterFields().get(name);
}
