import { payloadText, wholeCharacters } from '../../core/bytes/payloadText';
import type { FollowChunk } from '../../core/query/followApi';
import { grouped } from '../../core/explain/words';
import { t } from '../../core/l10n';
import { asciiByte, hexByte, hexOffset } from '../format/text';
import { el } from '../shared/dom';

export type PayloadForm = 'utf8' | 'latin1' | 'hex' | 'base64';
export const PAYLOAD_FORMS: readonly PayloadForm[] = ['utf8', 'latin1', 'hex', 'base64'];

/** Bytes that a page holds, by form: what a browser lays out without a pause. */
export const PAGE_BYTES: Readonly<Record<PayloadForm, number>> = { utf8: 65_536, latin1: 65_536, hex: 16_384, base64: 65_536 };

/** Byte positions [from, to) that a search has found. */
export interface Mark {
  readonly from: number;
  readonly to: number;
}

const HEX_ROW = 16;
const BASE64_LINE = 76;

/** Chunks as elements: neighbours of one side make a block; each chunk in it leads to its packet (`data-packet`). */
export function payloadRows(chunks: readonly FollowChunk[], form: PayloadForm, mark: Mark | null): HTMLElement[] {
  const blocks: HTMLElement[] = [];
  for (let from = 0; from < chunks.length; ) {
    let to = from + 1;
    while (to < chunks.length && chunks[to]!.side === chunks[from]!.side) to++;
    blocks.push(block(chunks.slice(from, to), form, mark));
    from = to;
  }
  return blocks;
}

function block(chunks: readonly FollowChunk[], form: PayloadForm, mark: Mark | null): HTMLElement {
  const { side } = chunks[0]!;
  const name = side === 'client' ? t('Client') : t('Server');
  const element = el('div', `payload-block from-${side}`, { role: 'group', 'aria-label': name });
  element.append(el('div', `payload-side tone-${side}`, { 'aria-hidden': 'true' }, name));
  const body = el('div', `payload-body payload-${form}`);
  // A character may lie in two segments: its first bytes are shown with the rest.
  let rest = new Uint8Array(0);
  chunks.forEach((chunk, i) => {
    if (!chunk.bytes) {
      body.append(hole(chunk));
      return;
    }
    const span = chunkElement(chunk);
    if (form === 'hex') span.append(...hexRows(chunk, mark));
    else if (form === 'base64') span.append(base64Lines(chunk.bytes));
    else {
      const follows = chunks[i + 1]?.bytes;
      const bytes = joined(rest, chunk.bytes);
      const whole = form === 'utf8' && follows ? wholeCharacters(bytes) : bytes.length;
      span.append(...marked(bytes.subarray(0, whole), chunk.position - rest.length, form, mark));
      rest = bytes.slice(whole);
    }
    body.append(span);
  });
  element.append(body);
  return element;
}

function chunkElement(chunk: FollowChunk): HTMLElement {
  const label = t('Packet {0}: {1} bytes', grouped(chunk.packet + 1), grouped(chunk.length));
  return el('span', 'payload-chunk', { 'data-packet': String(chunk.packet), title: label, tabindex: '-1' });
}

/** Bytes that are not there. */
function hole(chunk: FollowChunk): HTMLElement {
  const words = chunk.kind === 'gap' ? t('{0} bytes are in no packet of the capture', grouped(chunk.length)) : t('{0} bytes were not captured', grouped(chunk.length));
  return el('span', `payload-chunk payload-hole payload-${chunk.kind}`, { 'data-packet': String(chunk.packet), tabindex: '-1' }, words);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

/** Text of bytes that start at a position, with what was found set apart. */
function marked(bytes: Uint8Array, position: number, encoding: 'utf8' | 'latin1', mark: Mark | null): (Node | string)[] {
  const from = mark ? Math.max(0, mark.from - position) : 0;
  const to = mark ? Math.min(bytes.length, mark.to - position) : 0;
  if (to <= from) return [payloadText(bytes, encoding)];
  return [payloadText(bytes.subarray(0, from), encoding), el('mark', '', {}, payloadText(bytes.subarray(from, to), encoding)), payloadText(bytes.subarray(to), encoding)];
}

function hexRows(chunk: FollowChunk, mark: Mark | null): HTMLElement[] {
  const bytes = chunk.bytes!;
  const rows: HTMLElement[] = [];
  for (let at = 0; at < bytes.length; at += HEX_ROW) {
    const row = el('span', 'payload-hex-row');
    const part = bytes.subarray(at, at + HEX_ROW);
    row.append(el('span', 'dim', {}, `${hexOffset(chunk.position + at, chunk.position + bytes.length)}  `));
    let hex = '';
    const flush = (found: boolean): void => {
      if (hex) row.append(found ? el('mark', '', {}, hex) : hex);
      hex = '';
    };
    let inside = false;
    part.forEach((byte, i) => {
      const place = chunk.position + at + i;
      const found = mark !== null && place >= mark.from && place < mark.to;
      if (found !== inside) flush(inside);
      inside = found;
      hex += `${hexByte(byte)}${i === 7 ? '  ' : ' '}`;
    });
    flush(inside);
    row.append(`${' '.repeat((HEX_ROW - part.length) * 3 + (part.length <= 7 ? 1 : 0))} `, el('span', 'payload-ascii', {}, [...part].map(asciiByte).join('')));
    rows.push(row);
  }
  return rows;
}

function base64Lines(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += 4096) binary += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return btoa(binary).replace(new RegExp(`.{${BASE64_LINE}}`, 'g'), '$&\n') + '\n';
}
