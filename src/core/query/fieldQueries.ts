import { formatIpv4, formatIpv6 } from '../bytes/address';
import { escapeText } from '../bytes/escape';
import { hex, u32be } from '../bytes/read';
import { NANOS_PER_SECOND } from '../bytes/units';
import type { DetailNode } from '../decode/detail';
import type { CardDocument } from '../explain/card';
import { formatSeconds, formatTimestamp } from '../fields/formatTime';
import type { FilterField } from '../filter/fields/field';
import { filterField, filterFields } from '../filter/fields/fields';
import { readCold, type RunHost } from '../filter/filterRun';
import { fieldReader, type Reader, type Row } from '../filter/readers';
import type { Value } from '../filter/values';
import { t } from '../l10n';
import type { FieldFormat } from '../protocol/fieldSpec';
import { HEADERS } from '../protocol/index';
import { StudyPreparation } from '../study/prepareStudy';
import type { StudyNeed } from '../study/studyColumns';
import { BLOCK_ROWS } from '../table/packetTable';
import type { CaptureModel } from './captureModel';
import type { FieldInfo, FieldValues, FieldValuesRequest } from './fieldApi';
import type { DecodedPacket } from './packetDetail';

/** How long a question waits for the study before it is answered with what there is, in milliseconds. */
const PATIENCE_MS = 40;
const MOST_BYTES = 64;
const MOST_CHARS = 300;

interface Signal {
  readonly aborted: boolean;
}

const METHODS: ReadonlySet<string> = new Set(['fields', 'fieldValues', 'fieldCard']);

export function isFieldMethod(method: string): method is 'fields' | 'fieldValues' | 'fieldCard' {
  return METHODS.has(method);
}

/** Values of any field of some packets, as text: what columns show that a person added. */
export class FieldQueries {
  private readonly study: StudyPreparation;

  constructor(
    private readonly model: CaptureModel,
    private readonly decode: (packet: number) => Promise<DecodedPacket>,
    private readonly nodeCard: (decoded: DecodedPacket, node: string) => CardDocument | null | Promise<CardDocument | null>,
    host: RunHost,
  ) {
    this.study = new StudyPreparation(model, host);
  }

  answer(method: 'fields' | 'fieldValues' | 'fieldCard', params: unknown, signal: Signal): unknown {
    switch (method) {
      case 'fields':
        return Array.from(filterFields().values(), ({ name, type, values, doc }): FieldInfo => ({ name, type, named: values !== undefined, doc: t(doc) }));
      case 'fieldValues':
        return this.values(params as FieldValuesRequest, signal);
      case 'fieldCard': {
        const { packet, field } = params as { packet: number; field: string };
        return this.card(packet, field, signal);
      }
    }
  }

  private async values({ packets, fields }: FieldValuesRequest, signal: Signal): Promise<FieldValues> {
    const { model } = this;
    for (const packet of packets) if (packet >= model.packets.length) throw new RangeError(t('There is no packet {0}.', packet + 1));
    const known = fields.map((name) => filterField(name));
    const needs = new Set<StudyNeed>(known.flatMap((field) => field?.needs ?? []));
    let waits: FieldValues['waits'] = null;
    let problem: string | null = null;
    try {
      if (needs.size > 0) waits = await this.study.ready(needs, PATIENCE_MS, signal);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      problem = error.message;
    }
    const isMissing = waits !== null || problem !== null;
    const readers = known.map((field) => (field && !(field.needs && isMissing) ? { field, read: fieldReader(field, model) } : null));
    const cells: (string | null)[][] = [];
    for (const packet of packets) {
      if (signal.aborted) break;
      const row: Row = { block: model.packets.block(packet), i: packet & (BLOCK_ROWS - 1), packet, cold: null };
      const line: (string | null)[] = [];
      for (const reader of readers) line.push(reader && (await this.text(reader.field, reader.read, row)));
      cells.push(line);
    }
    return { revision: model.revision, cells, waits, problem };
  }

  private async text(field: FilterField, read: Reader, row: Row): Promise<string> {
    let values = read(row);
    if (values === null) {
      // One reading of the record serves all fields of the row.
      row.cold ??= await readCold(this.model, row.packet);
      values = read(row);
    }
    const text = (values ?? []).map((value) => valueText(field, value, this.model)).join(', ');
    return text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS)}\u2026` : text;
  }

  private async card(packet: number, name: string, signal: Signal): Promise<CardDocument | null> {
    const field = filterField(name);
    if (!field) return null;
    const decoded = await this.decode(packet);
    const node = nodeOf(decoded.tree.layers, name);
    const own = node && (await this.nodeCard(decoded, node.id));
    if (own) return own;
    const { cells, waits, problem } = await this.values({ packets: [packet], fields: [name] }, signal);
    const value = cells[0]?.[0] ?? null;
    const shown = value === null ? (problem ?? (waits ? t('not known yet: the capture is being studied') : '')) : value === '' ? t('not in this packet') : value;
    return { id: `field:${name}`, title: name, headline: [{ strong: name }, ' ', shown], here: [[t(field.doc)]], story: [], sources: [], filter: name, copy: value ?? '' };
  }
}

function nodeOf(nodes: readonly DetailNode[], filter: string): DetailNode | null {
  for (const node of nodes) {
    if (node.filter === filter) return node;
    const found = nodeOf(node.children, filter);
    if (found) return found;
  }
  return null;
}

let formats: ReadonlyMap<string, FieldFormat> | null = null;

/** How the decoder's own tables write a field. */
function formatOf(name: string): FieldFormat | undefined {
  formats ??= new Map(HEADERS.flatMap((header) => header.fields.map((field) => [field.filter, field.format] as const)));
  return formats.get(name);
}

/** A value as a cell shows it: capture data escaped, names of numbers where the field has them. */
export function valueText(field: FilterField, value: Value, model: CaptureModel): string {
  const { type, name } = field;
  if (type === 'label' || type === 'header') return '\u2713';
  if (type === 'bool') return Number(value) === 0 ? '0' : '1';
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'object') {
    if (type === 'ipv6') return formatIpv6(u32be(value, 0), u32be(value, 4), u32be(value, 8), u32be(value, 12));
    if (type === 'mac') return hex(value).replace(/(..)(?=.)/g, '$1:');
    return value.length > MOST_BYTES ? `${hex(value.subarray(0, MOST_BYTES))}\u2026` : hex(value);
  }
  if (type === 'ipv4') return formatIpv4(Number(value));
  if (type === 'duration') {
    const nanos = Number(value);
    return typeof value === 'bigint' ? formatSeconds(nanos, Number(value - BigInt(nanos))) : formatSeconds(nanos);
  }
  if (type === 'epoch' || type === 'time') return momentText(type, BigInt(value), model);
  const named = field.values?.[Number(value)];
  if (named !== undefined) return t(named);
  const format = formatOf(name);
  const isHex = format === 'hex' || format === 'flags' || format === 'checksum';
  return isHex ? `0x${value.toString(16).padStart(Math.ceil((field.bits ?? 0) / 4), '0')}` : String(value);
}

function momentText(type: 'epoch' | 'time', offset: bigint, model: CaptureModel): string {
  const { baseSeconds, baseNanos } = model.indexer;
  const second = BigInt(NANOS_PER_SECOND);
  const total = BigInt(baseSeconds) * second + BigInt(baseNanos) + offset;
  const seconds = total / second - (total % second < 0n ? 1n : 0n);
  const nanos = Number(total - seconds * second);
  if (type === 'epoch') return formatTimestamp(Number(seconds), nanos);
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? formatTimestamp(Number(seconds), nanos) : date.toISOString().replace(/\.\d+Z$/, `.${String(nanos).padStart(9, '0')}Z`).replace('T', ' ');
}
