import type { PacketIndex } from '../bytes/units';
import { SourceError } from '../capture/byteSource';
import type { CaptureReader } from '../capture/captureReader';
import { t } from '../l10n';

/** Which packets go out. */
export interface PacketPick {
  has(packet: PacketIndex): boolean;
}

/** A set of packets: one bit each up to the last one. */
export class PacketSet implements PacketPick {
  private bits = new Uint32Array(1024);
  size = 0;

  add(packet: PacketIndex): void {
    const at = packet >>> 5;
    if (at >= this.bits.length) {
      const wider = new Uint32Array(Math.max(this.bits.length * 2, at + 1));
      wider.set(this.bits);
      this.bits = wider;
    }
    if (this.has(packet)) return;
    this.bits[at]! |= 1 << (packet & 31);
    this.size++;
  }

  has(packet: PacketIndex): boolean {
    return ((this.bits[packet >>> 5] ?? 0) & (1 << (packet & 31))) !== 0;
  }
}

export interface ExportControl {
  readonly signal: { readonly aborted: boolean };
  /** Told the part of the source that is done, 0..1. */
  progress?(fraction: number): void;
  /** Gives way to other work between pieces. */
  yield?(): Promise<void>;
}

export interface ExportResult {
  /** Packets (or lines) written. */
  readonly packets: number;
  /** Picked records that the format cannot hold: blocks that are no packets, other traffic of a text, frames without TCP. */
  readonly leftOut: number;
}

/** A capture to read from its start. */
export interface ExportInput {
  readonly reader: CaptureReader;
  /** Bytes of the source, for telling progress. */
  readonly size: number;
}

const PIECE = 1 << 20;

/**
 * Reads a capture to its end: `read` takes the next piece, `flush` hands on what came of it. Gives way between pieces.
 * Rejects with SourceError ECANCELED when it is aborted.
 */
export async function pump({ reader, size }: ExportInput, control: ExportControl, read: (maxBytes: number) => Promise<boolean>, flush: () => Promise<void>): Promise<void> {
  for (;;) {
    const more = await read(PIECE);
    await flush();
    if (control.signal.aborted) throw new SourceError(t('Cancelled.'), 'ECANCELED');
    if (!more) return;
    if (size > 0) control.progress?.(Math.min(1, reader.position / size));
    await control.yield?.();
  }
}
