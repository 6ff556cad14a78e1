import { MemorySource } from '../../../../src/core/capture/byteSource';
import type { CaptureReader } from '../../../../src/core/capture/captureReader';
import { openTextReader } from '../../../../src/core/capture/textReader';
import { FAMILY_IPV4, FAMILY_NAME, KNOWN_SEQ, Segment } from '../../../../src/core/decode/segment';
import { formatAddress } from '../../../../src/core/bytes/address';

/** A record as a test looks at it. */
export interface Seen {
  readonly segment: Segment | null;
  readonly protocol: number;
  readonly time: number | null;
  readonly offset: number;
  readonly text: string;
  readonly linkType: number;
  readonly bytes: Uint8Array;
  readonly originalLength: number;
  readonly labels: number;
  readonly interfaceName: string;
  /** "10.0.0.1:80 > 10.0.0.2:99", names for names. */
  readonly ends: string;
}

export interface Read {
  readonly reader: CaptureReader;
  readonly records: readonly Seen[];
}

export function copyOf(s: Segment): Segment {
  return Object.assign(new Segment(), s, { sackLeft: s.sackLeft.slice(), sackRight: s.sackRight.slice() });
}

/** Reads a text to its end, `step` bytes at a time. */
export async function readText(text: string | Uint8Array, step = 1 << 20): Promise<Read> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const reader = await openTextReader(new MemorySource(bytes));
  return { reader, records: await readAll(reader, step) };
}

export async function readAll(reader: CaptureReader, step = 1 << 20): Promise<Seen[]> {
  const records: Seen[] = [];
  const name = (id: number): string => reader.info.hostName?.(id) ?? '';
  while (
    await reader.read((r) => {
      const s = r.textSegment ? copyOf(r.textSegment) : null;
      const family = s?.family ?? FAMILY_IPV4;
      records.push({
        segment: s,
        protocol: r.otherProtocol,
        time: r.hasTime ? r.seconds + r.nanos / 1e9 : null,
        offset: r.offset,
        text: r.textSegment ? new TextDecoder().decode(r.bytes.subarray(r.start, r.end)) : '',
        linkType: r.linkType,
        bytes: r.bytes.slice(r.start, r.end),
        originalLength: r.originalLength,
        labels: r.textLabels,
        interfaceName: reader.info.interfaces[r.interfaceIndex]?.name ?? '',
        ends: s ? `${family === FAMILY_NAME ? name(s.src3) : formatAddress(family, s.src0, s.src1, s.src2, s.src3)}:${s.srcPort} > ${family === FAMILY_NAME ? name(s.dst3) : formatAddress(family, s.dst0, s.dst1, s.dst2, s.dst3)}:${s.dstPort}` : '',
      });
      return true;
    }, step)
  );
  return records;
}

/** Sequence number where the text shows it, null where it was carried on. */
export function shownSeq(s: Segment | null): number | null {
  return s && s.known & KNOWN_SEQ ? s.seq : null;
}
