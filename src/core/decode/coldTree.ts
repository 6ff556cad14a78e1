import { t } from '../l10n';
import type { FieldSpec, HeaderSpec } from '../protocol/fieldSpec';
import { formatField, placeOf, readNumber } from './coldFields';
import type { DecodeIssue, DetailNode } from './detail';

/** Bytes that a header may use: offsets in `bytes`, buffer `buffer` of the tree. */
export interface Span {
  readonly buffer: number;
  readonly bytes: Uint8Array;
  readonly at: number;
  /** Where the captured bytes of the layer end. */
  readonly captured: number;
  /** Where the layer itself ends; beyond `captured` when the capture cut it. */
  readonly wire: number;
  /** In an ICMP error or a lone first fragment: what is missing was never to be there. */
  readonly partial: boolean;
}

/** A node under construction; the tree hands it out as DetailNode. */
export type Node = Mutable<Omit<DetailNode, 'children'>> & { children: Node[] };
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What a header knows better than its table about one field. Undefined: as the table says. */
export interface FieldText {
  readonly value?: string;
  readonly raw?: number;
  readonly filter?: string;
}

/** Says more of a field than its table does. */
export type Describe = (name: string, raw: number) => FieldText | string | undefined;

/** Collects layers, buffers and issues of one packet. */
export class TreeBuilder {
  readonly layers: Node[] = [];
  readonly issues: DecodeIssue[] = [];
  readonly buffers: { readonly label: string; readonly bytes: Uint8Array }[] = [];
  private readonly counts = new Map<string, number>();

  /** "ipv4" the first time, then "ipv4#2" and so on. */
  layerId(base: string): string {
    const count = (this.counts.get(base) ?? 0) + 1;
    this.counts.set(base, count);
    return count === 1 ? base : `${base}#${count}`;
  }

  /** Index of a buffer among those of the tree, added when it is new. */
  bufferOf(bytes: Uint8Array, label: string): number {
    const index = this.buffers.findIndex((b) => b.bytes === bytes);
    return index >= 0 ? index : this.buffers.push({ label, bytes }) - 1;
  }

  /** Notes an issue and puts its node under `parent`, at the place where bytes are missing or wrong. */
  issue(parent: Node, kind: DecodeIssue['kind'], offset: number, need: number, have: number, message: string): void {
    const inParent = Math.min(Math.max(offset, parent.start), parent.start + parent.length);
    const issue: DecodeIssue = { kind, layer: parent.header?.label ?? parent.label, offset, need, have, message };
    this.issues.push(issue);
    const ordinal = parent.children.reduce((n, child) => (child.kind === 'issue' ? n + 1 : n), 1);
    parent.children.push({
      ...blank(`${parent.id}.issue.${ordinal}`, kind === 'cut' ? t('Cut') : t('Malformed'), message, inParent, 0, 'issue'),
      ...(parent.buffer === undefined ? {} : { buffer: parent.buffer }),
      issue,
    });
  }

  /**
   * Adds a header as a layer: every field whose bytes are captured, and an issue when some of its `length` bytes are not.
   * `length` is what the header itself says, or what its table needs.
   */
  header(spec: HeaderSpec, span: Span, length: number, describe?: Describe, value = '', base = spec.id): Node {
    const layer = this.open(spec, span, length, value, base);
    addFields(layer, spec, span, Math.min(span.at + length, span.captured), describe);
    this.close(layer, span, length);
    return layer;
  }

  /** A layer without fields as yet. */
  open(spec: HeaderSpec, span: Span, length: number, value: string, base = spec.id): Node {
    const have = Math.max(0, Math.min(length, span.captured - span.at));
    // A header that would start behind the last byte stands at the end.
    const start = Math.min(span.at, span.bytes.length);
    const layer: Node = { ...blank(this.layerId(base), t(spec.label), value, start, have, 'layer'), filter: spec.filter ?? '', header: spec };
    if (span.buffer !== 0) layer.buffer = span.buffer;
    this.layers.push(layer);
    return layer;
  }

  /** Notes what is missing of a header of `length` bytes. */
  close(layer: Node, span: Span, length: number): void {
    const have = Math.max(0, span.captured - span.at);
    if (have >= length) return;
    if (span.partial) {
      this.issue(layer, 'cut', span.captured, length, have, t('{0}: only {1} of {2} header bytes are quoted or in this fragment.', layer.label, have, length));
    } else if (span.at + length > span.wire) {
      this.issue(layer, 'malformed', span.captured, length, have, t('{0}: the header needs {1} bytes, the packet has {2} left.', layer.label, length, Math.max(0, span.wire - span.at)));
    } else {
      this.issue(layer, 'cut', span.captured, length, have, t('{0}: the capture holds {1} of {2} header bytes (snap length).', layer.label, have, length));
    }
  }
}

/** A node without spec, filter and children. */
export function blank(id: string, label: string, value: string, start: number, length: number, kind: DetailNode['kind']): Node {
  return { id, label, value, raw: null, start, length, filter: '', kind, spec: null, header: null, children: [] };
}

/** A node for `spec` at a place of its own. */
export function nodeFor(parent: Node, spec: FieldSpec, name: string, value: string, raw: number | null, start: number, length: number, kind: DetailNode['kind'] = spec.derived ? 'generated' : 'field'): Node {
  const node: Node = { ...blank(`${parent.id}.${name}`, t(spec.label), value, start, length, kind), raw, filter: spec.filter, spec, header: parent.header };
  if (parent.buffer !== undefined) node.buffer = parent.buffer;
  return node;
}

/** A computed number under `parent`, standing where its source stands. */
export function addDerived(parent: Node, header: HeaderSpec, name: string, value: string, raw: number | null, at = parent.start): Node | null {
  const spec = header.fields.find((f) => f.name === name);
  if (!spec) return null;
  const end = parent.start + parent.length;
  const start = Math.min(at + (spec.bit >> 3), end);
  const node = nodeFor(parent, spec, name, value, raw, start, Math.min((spec.bits + 7) >> 3, end - start));
  node.header = header;
  parent.children.push(node);
  return node;
}

/** Adds the fields of `spec` (or some of them) that lie within [span.at, end) to `parent`; parts ("flags.syn") go under their whole ("flags"). */
export function addFields(parent: Node, spec: HeaderSpec, span: Span, end: number, describe?: Describe, fields: readonly FieldSpec[] = spec.fields): void {
  const byName = new Map<string, Node>();
  for (const field of fields) {
    if (field.derived) continue;
    const place = placeOf(field, span.at, end);
    if (place.start + place.length > end || (field.bits === 0 && place.length === 0)) continue;
    const node = readField(parent, field, span, place, describe);
    node.header = spec;
    byName.set(field.name, node);
    const dot = field.name.indexOf('.');
    const whole = dot > 0 ? byName.get(field.name.slice(0, dot)) : undefined;
    if (whole) node.kind = 'flag';
    (whole ?? parent).children.push(node);
  }
}

function readField(parent: Node, field: FieldSpec, span: Span, place: { start: number; length: number; bit?: number; bits?: number }, describe?: Describe): Node {
  const raw = readNumber(field, span.bytes, place);
  const said = raw === null ? undefined : describe?.(field.name, raw);
  const text: FieldText = typeof said === 'string' ? { value: said } : (said ?? {});
  const node = nodeFor(parent, field, field.name, text.value ?? formatField(field, span.bytes, place, raw), text.raw ?? raw, place.start, place.length, field.format === 'bool' ? 'flag' : 'field');
  if (text.filter !== undefined) node.filter = text.filter;
  if (span.buffer !== 0) node.buffer = span.buffer;
  if (place.bits !== undefined) {
    node.bit = place.bit ?? 0;
    node.bits = place.bits;
  }
  return node;
}
