import { hex } from '../bytes/read';
import type { PacketIndex } from '../bytes/units';
import { SourceError, type ByteSource } from '../capture/byteSource';
import { openReader } from '../capture/detect';
import { compileFilter } from '../filter/compile';
import { FilterRun, type RunHost } from '../filter/filterRun';
import { FrameDecoder } from '../decode/frameDecoder';
import { FAMILY_NONE } from '../decode/segment';
import type { CopyTextRequest, CopiedText, ExportDone, ExportRequest, PacketSelection, PayloadExportRequest, RowsOfView } from './exportApi';
import { t } from '../l10n';
import type { CaptureModel } from '../query/captureModel';
import { StreamFollower } from '../query/followStream';
import { readRecord, reassemble } from '../query/packetDetail';
import { META_REASSEMBLED } from '../table/packetTable';
import type { ByteOutput } from './byteOutput';
import { PacketSet, type ExportControl, type PacketPick } from './exportControl';
import { exportFollow } from './exportFollow';
import { exportPcapng } from './exportPcapng';
import { exportText, lineFormat } from './exportText';
import { tcpdumpLine } from './tcpdumpText';

/** An output that becomes visible when it is complete, or not at all. */
export interface FinishedOutput extends ByteOutput {
  finish(): Promise<void>;
  discard(): Promise<void>;
}

/** Most lines that go to the clipboard. */
const MOST_COPIED = 10_000;
const MOST_CHARS = 30 << 20;

/** Carries out exports over one open capture. Throws RangeError for streams or packets that do not exist. */
export class CaptureExports {
  constructor(
    private readonly model: CaptureModel,
    private readonly source: ByteSource,
    private readonly host: RunHost,
  ) {}

  async packets(request: ExportRequest, output: FinishedOutput, control: ExportControl): Promise<ExportDone> {
    return finishing(output, async () => {
      const pick = await this.pick(request.what, control.signal);
      // A reader of its own: the index may still be growing.
      const input = { reader: await openReader(this.source), size: this.source.size };
      return request.format === 'text' ? exportText(input, pick, output, control) : exportPcapng(input, pick, output, { payload: request.payload }, control);
    });
  }

  async payload(request: PayloadExportRequest, output: FinishedOutput, control: ExportControl): Promise<ExportDone> {
    return finishing(output, async () => {
      const { bytes, missing } = await exportFollow(new StreamFollower(this.model), request.stream, request.side, request.form, output, control);
      return { packets: bytes, leftOut: missing };
    });
  }

  /** Lines for the clipboard, at most 10 000 of them. */
  async text(request: CopyTextRequest, signal: { readonly aborted: boolean }): Promise<CopiedText> {
    const list = await this.list(request.what, signal);
    let text = '';
    let lines = 0;
    let looked = 0;
    for (; looked < list.length && lines < MOST_COPIED && !signal.aborted; looked++) {
      const line = await (request.form === 'hex' ? this.hexDump(list[looked]!) : this.line(list[looked]!));
      if (line === null) continue;
      text += `${line}\n`;
      lines++;
      if (text.length > MOST_CHARS) {
        looked++;
        break;
      }
    }
    return { text, lines, leftOut: looked - lines, more: looked < list.length };
  }

  /** A packet's captured bytes: offset, then 16 of them in hex; null where the source has no bytes. */
  private async hexDump(packet: PacketIndex): Promise<string | null> {
    const { record } = await readRecord(this.model, packet);
    if (record.textSegment || record.otherProtocol >= 0 || record.end <= record.start) return null;
    const lines: string[] = [];
    for (let at = record.start; at < record.end; at += 16) {
      const bytes = hex(record.bytes, at, Math.min(16, record.end - at)).replace(/(..)(?=.)/g, '$1 ');
      lines.push(`${(at - record.start).toString(16).padStart(6, '0')}  ${bytes}`);
    }
    return `${lines.join('\n')}\n`;
  }

  private async line(packet: PacketIndex): Promise<string | null> {
    const { model } = this;
    const { record, text, tokens } = await readRecord(model, packet);
    const { info } = model.reader;
    const time = record.hasTime ? record : null;
    if (record.textSegment) {
      if (record.textSegment.family === FAMILY_NONE) return null;
      return tcpdumpLine({ segment: record.textSegment, time, bytes: null, text: text && tokens ? { text, tokens } : null, info }, lineFormat(info));
    }
    if (!model.packets.isTcp(packet)) return null;
    const decoder = new FrameDecoder();
    const fragments = model.packets.meta(packet) & META_REASSEMBLED ? model.packets.fragments.get(packet) : undefined;
    if (fragments) {
      await reassemble(model, fragments, decoder);
    } else decoder.decode(record, packet);
    const segment = decoder.row >= 0 ? decoder.segments[decoder.row]! : null;
    if (!segment) return null;
    const { datagram } = decoder;
    return tcpdumpLine({ segment, time, bytes: datagram ? { b: datagram, start: 0, end: datagram.length } : { b: record.bytes, start: record.start, end: record.end }, text: null, info }, lineFormat(info));
  }

  /** The packets of a selection, sorted. */
  private async list(what: PacketSelection, signal: { readonly aborted: boolean }): Promise<Uint32Array> {
    const { packets, streamPackets } = this.model;
    if (what.kind === 'packets') {
      for (const packet of what.packets) if (!(packet >= 0 && packet < packets.length)) throw new RangeError(t('There is no packet {0}.', packet + 1));
      return Uint32Array.from(new Set(what.packets)).sort();
    }
    const { view } = what;
    if (what.kind === 'rows') return this.rows(what, signal);
    if (view.filter) return this.filtered(view.filter, view.kind === 'stream' ? view.stream : null, signal);
    if (view.kind === 'stream') return streamPackets.of(view.stream);
    return Uint32Array.from({ length: packets.length }, (_, i) => i);
  }

  /** Rows of a view; of ranges that overlap, each row once. */
  private async rows({ view, ranges }: RowsOfView, signal: { readonly aborted: boolean }): Promise<Uint32Array> {
    const all = view.kind === 'all' && !view.filter ? null : await this.list({ kind: 'view', view }, signal);
    const total = all ? all.length : this.model.packets.length;
    const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
    const parts: RowsOfView['ranges'][number][] = [];
    let next = 0;
    for (const [first, last] of sorted) {
      const [from, to] = [Math.max(first, next), Math.min(last, total - 1)];
      if (from > to) continue;
      parts.push([from, to]);
      next = to + 1;
    }
    const list = new Uint32Array(parts.reduce((sum, [from, to]) => sum + to - from + 1, 0));
    let n = 0;
    for (const [from, to] of parts) for (let row = from; row <= to; row++) list[n++] = all ? all[row]! : row;
    return list;
  }

  /** All packets that pass a filter: the whole capture is looked at, whatever a view has found by now. */
  private async filtered(filter: string, stream: number | null, signal: { readonly aborted: boolean }): Promise<Uint32Array> {
    const compiled = compileFilter(filter, this.model);
    if (!compiled.ok) throw new RangeError(compiled.fault.message);
    const run = new FilterRun(this.model, compiled.value, stream, this.host);
    await run.run(signal);
    if (signal.aborted) throw new SourceError(t('Cancelled.'), 'ECANCELED');
    return run.matches;
  }

  /** Null for all packets. A stream's fragments go with the packets that they made up. */
  private async pick(what: PacketSelection, signal: { readonly aborted: boolean }): Promise<PacketPick | null> {
    if (what.kind === 'view' && what.view.kind === 'all' && !what.view.filter) return null;
    const picked = new PacketSet();
    const { fragments } = this.model.packets;
    for (const packet of await this.list(what, signal)) {
      picked.add(packet);
      for (const fragment of fragments.get(packet) ?? []) picked.add(fragment);
    }
    return picked;
  }
}

async function finishing<T>(output: FinishedOutput, write: () => Promise<T>): Promise<T> {
  try {
    const result = await write();
    await output.finish();
    return result;
  } catch (error) {
    await output.discard();
    throw error;
  }
}
