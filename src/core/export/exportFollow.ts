import { payloadText, wholeCharacters } from '../bytes/payloadText';
import { hex } from '../bytes/read';
import { utf8Bytes } from '../bytes/utf8';
import { t } from '../l10n';
import { SourceError } from '../capture/byteSource';
import type { FollowChunk, FollowView } from '../query/followApi';
import { LARGEST_FOLLOW_PAGE, type StreamFollower } from '../query/followStream';
import type { ByteOutput } from './byteOutput';
import type { ExportControl } from './exportControl';

export type FollowForm = 'raw' | 'text' | 'hex';

export interface FollowExportResult {
  readonly bytes: number;
  /** Bytes that the capture does not hold: raw output has nothing in their place. */
  readonly missing: number;
}

/**
 * Writes what a stream carried. raw: the bytes alone; text: bytes as UTF-8 text with control characters shown and holes named;
 * hex: one line a segment, the server's indented by a tab.
 */
export async function exportFollow(follower: StreamFollower, stream: number, side: FollowView, form: FollowForm, output: ByteOutput, control: ExportControl): Promise<FollowExportResult> {
  let bytes = 0;
  let missing = 0;
  let start = 0;
  const text = new ChunkText();
  for (;;) {
    const page = await follower.page({ stream, side, start, bytes: LARGEST_FOLLOW_PAGE }, control.signal);
    if (control.signal.aborted) throw new SourceError(t('Cancelled.'), 'ECANCELED');
    for (const chunk of page.chunks) {
      if (chunk.kind === 'data') bytes += chunk.length;
      else missing += chunk.length;
    }
    const last = page.end >= page.total;
    const piece = form === 'raw' ? joined(page.chunks) : utf8Bytes(form === 'hex' ? hexLines(page.chunks) : text.add(page.chunks, last));
    if (piece.length > 0) await output.write(piece);
    if (last) return { bytes, missing };
    start = page.end;
    control.progress?.(start / page.total);
    await control.yield?.();
  }
}

function joined(chunks: readonly FollowChunk[]): Uint8Array {
  const data = chunks.filter((c) => c.bytes !== null);
  const all = new Uint8Array(data.reduce((sum, c) => sum + c.bytes!.length, 0));
  let at = 0;
  for (const { bytes } of data) {
    all.set(bytes!, at);
    at += bytes!.length;
  }
  return all;
}

function holeText(chunk: FollowChunk): string {
  return chunk.kind === 'gap' ? t('[{0} bytes are in no packet of the capture]', chunk.length) : t('[{0} bytes were not captured]', chunk.length);
}

function hexLines(chunks: readonly FollowChunk[]): string {
  let lines = '';
  for (const chunk of chunks) lines += `${chunk.side === 'server' ? '\t' : ''}${chunk.bytes ? hex(chunk.bytes) : holeText(chunk)}\n`;
  return lines;
}

/** Bytes as text across chunks: a character may lie in two segments of one side. */
class ChunkText {
  private rest: { side: FollowChunk['side']; bytes: Uint8Array } | null = null;

  add(chunks: readonly FollowChunk[], last: boolean): string {
    let text = '';
    for (const chunk of chunks) {
      if (this.rest && (this.rest.side !== chunk.side || !chunk.bytes)) text += this.flush();
      if (!chunk.bytes) {
        text += `\n${holeText(chunk)}\n`;
        continue;
      }
      let { bytes } = chunk;
      if (this.rest) {
        const both = new Uint8Array(this.rest.bytes.length + bytes.length);
        both.set(this.rest.bytes);
        both.set(bytes, this.rest.bytes.length);
        bytes = both;
      }
      const whole = wholeCharacters(bytes);
      text += payloadText(bytes.subarray(0, whole), 'utf8');
      this.rest = whole < bytes.length ? { side: chunk.side, bytes: bytes.slice(whole) } : null;
    }
    return last ? text + this.flush() : text;
  }

  private flush(): string {
    const text = this.rest ? payloadText(this.rest.bytes, 'utf8') : '';
    this.rest = null;
    return text;
  }
}
