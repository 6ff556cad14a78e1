import { hexBytes } from '../bytes/read';
import { utf8Bytes } from '../bytes/utf8';
import type { FollowChunk, FollowFindRequest } from './followApi';
import { LARGEST_FOLLOW_PAGE, type StreamFollower } from './followStream';

/** Longest pattern. */
const LONGEST_PATTERN = 4096;

/**
 * Looks through a followed stream page by page. Resolves to the position of the nearest match, or null. Runs of one side without a
 * hole are searched as one: a match may lie across segments.
 */
export async function findInFollowed(follower: StreamFollower, request: FollowFindRequest, signal: { readonly aborted: boolean }): Promise<number | null> {
  const { backwards, from } = request;
  const ignoreCase = request.ignoreCase && request.form === 'text';
  const pattern = request.form === 'text' ? utf8Bytes(request.pattern) : hexBytes(request.pattern);
  if (pattern.length === 0 || pattern.length > LONGEST_PATTERN) return null;
  const wanted = ignoreCase ? pattern.map(lower) : pattern;
  // Pages overlap by a pattern, so that a match across two of them is found.
  const overlap = pattern.length - 1;
  const step = LARGEST_FOLLOW_PAGE - overlap;
  let start = backwards ? Math.max(0, from - step) : Math.max(0, from);
  for (;;) {
    if (signal.aborted) return null;
    const page = await follower.page({ stream: request.stream, side: request.side, start, bytes: LARGEST_FOLLOW_PAGE }, signal);
    let best: number | null = null;
    for (const run of runsOf(page.chunks)) {
      const bytes = ignoreCase ? run.bytes.map(lower) : run.bytes;
      for (let at = indexOf(bytes, wanted, 0); at >= 0; at = indexOf(bytes, wanted, at + 1)) {
        const place = run.position + at;
        if (backwards ? place >= from : place < from) continue;
        if (!backwards) return place;
        best = place;
      }
    }
    if (best !== null) return best;
    if (backwards ? start === 0 : page.end >= page.total) return null;
    start = backwards ? Math.max(0, start - step) : start + step;
  }
}

interface Run {
  readonly position: number;
  readonly bytes: Uint8Array;
}

/** Neighbouring data of one side, joined. */
function runsOf(chunks: readonly FollowChunk[]): Run[] {
  const runs: Run[] = [];
  let open: FollowChunk[] = [];
  const close = (): void => {
    if (open.length === 0) return;
    const bytes = new Uint8Array(open.reduce((sum, c) => sum + c.length, 0));
    let at = 0;
    for (const chunk of open) {
      bytes.set(chunk.bytes!, at);
      at += chunk.length;
    }
    runs.push({ position: open[0]!.position, bytes });
    open = [];
  };
  for (const chunk of chunks) {
    if (chunk.kind !== 'data' || (open.length > 0 && open[0]!.side !== chunk.side)) close();
    if (chunk.kind === 'data') open.push(chunk);
  }
  close();
  return runs;
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte;
}

function indexOf(bytes: Uint8Array, pattern: Uint8Array, from: number): number {
  const last = bytes.length - pattern.length;
  for (let at = bytes.indexOf(pattern[0]!, from); at >= 0 && at <= last; at = bytes.indexOf(pattern[0]!, at + 1)) {
    let i = 1;
    while (i < pattern.length && bytes[at + i] === pattern[i]) i++;
    if (i === pattern.length) return at;
  }
  return -1;
}
