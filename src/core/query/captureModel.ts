import { shownLabels, type ShownMarks } from '../analysis/badges';
import { LABEL_KEEP_ALIVE_ACK } from '../analysis/segmentAnalysis';
import { VERDICT_UNKNOWN, VERDICT_WINDOW_PROBE } from '../analysis/segmentVerdict';
import { formatAddress, type HostNames } from '../bytes/address';
import { escapeText } from '../bytes/escape';
import { NO_PACKET, type PacketIndex, type StreamIndex } from '../bytes/units';
import type { CaptureReader } from '../capture/captureReader';
import type { Indexer } from '../index/indexer';
import { StudyColumns } from '../study/studyColumns';
import type { StudyIndex } from '../study/studyIndex';
import { META_NO_TIME, type PacketTable } from '../table/packetTable';
import type { StreamRow, StreamTable } from '../table/streamTable';
import type { VerdictTable } from '../table/verdictTable';
import { StreamPackets } from './streamPackets';
import { t } from '../l10n';
import { portName } from '../explain/ports';
import type { EndNames, StudyWait } from '../engineApi';

/** How far back the segment that another answers is looked for. */
const NEAR = 16;

/** What queries read: the tables of one revision of a capture, and the reader to look at single records again. */
export class CaptureModel {
  readonly packets: PacketTable;
  readonly streams: StreamTable;
  readonly reader: CaptureReader;
  readonly streamPackets: StreamPackets;
  /** Our verdicts, once a study has judged the capture; null before. Packets from `judged` on came later and are not judged yet. */
  verdicts: VerdictTable | null = null;
  judged: PacketIndex = Infinity;
  /** Neither are streams from this one on: they were too many. */
  judgedStreams: StreamIndex = Infinity;
  /** What the study says by packet and stream, made when asked for; of one study. */
  columns: StudyColumns | null = null;
  /** Resolves once all of the capture is studied, and what is still to be read before. Rejects with RangeError where there can be none. */
  requireStudy: () => Promise<void> = () => Promise.reject(new RangeError(t('There is no study of this capture.')));
  studyWait: () => StudyWait | null = () => null;
  /** The capture is being read: its figures change with every slice. */
  growing: () => boolean = () => false;
  private found: StudyIndex | null = null;
  /** Resolves when no study is under way. */
  studied: () => Promise<void> = () => Promise.resolve();
  private readonly hostNames: HostNames;

  constructor(
    readonly indexer: Indexer,
    readonly revision: number,
  ) {
    this.packets = indexer.packets;
    this.streams = indexer.streams;
    this.reader = indexer.reader;
    this.streamPackets = new StreamPackets(this.packets, this.streams);
    const info = this.reader.info;
    this.hostNames = (id) => info.hostName?.(id) ?? `host#${id}`;
  }

  /** VERDICT_* bits of a packet, or VERDICT_UNKNOWN where no study has judged it; none judges what has no time. */
  verdict(packet: PacketIndex): number {
    const { verdicts, packets } = this;
    if (!verdicts || packet >= this.judged || packets.meta(packet) & META_NO_TIME) return VERDICT_UNKNOWN;
    return this.judgedStreams === Infinity || packets.stream(packet) < this.judgedStreams ? verdicts.get(packet) : VERDICT_UNKNOWN;
  }

  /** What the badges of a TCP segment tell. */
  marks(packet: PacketIndex): ShownMarks {
    const labels = this.packets.labels(packet);
    const verdict = this.verdict(packet);
    if (verdict & VERDICT_UNKNOWN || (labels === 0 && verdict === 0)) return { labels, verdict };
    return { labels: shownLabels(labels, verdict, (labels & LABEL_KEEP_ALIVE_ACK) !== 0 && this.answersProbe(packet)), verdict };
  }

  /** The last segment of the other side before this one is a window probe. */
  private answersProbe(packet: PacketIndex): boolean {
    const { packets } = this;
    const direction = packets.direction(packet);
    let p = packets.previous(packet);
    for (let n = 0; p !== NO_PACKET && n < NEAR; n++, p = packets.previous(p)) if (packets.direction(p) !== direction) return (this.verdict(p) & VERDICT_WINDOW_PROBE) !== 0;
    return false;
  }

  /** What the study found, once it has ended. */
  get study(): StudyIndex | null {
    return this.found;
  }

  set study(study: StudyIndex | null) {
    this.found = study;
    this.columns = study && new StudyColumns(study, this.packets, this.streams);
  }

  /** Address of endpoint A (0) or B (1) as text, already escaped. */
  address(row: StreamRow, end: 0 | 1): string {
    const a = row.address;
    const o = end * 4;
    return escapeText(formatAddress(row.family, a[o]!, a[o + 1]!, a[o + 2]!, a[o + 3]!, this.hostNames));
  }

  /** Port of endpoint A or B: its number, or the service name where a text capture shows one that is not known by number. */
  port(row: StreamRow, end: 0 | 1): string {
    const port = row.port[end];
    return escapeText(this.reader.info.portName?.(port) ?? String(port));
  }

  /** Names of an end, where the capture or the registry has any. */
  endNames(row: StreamRow, end: 0 | 1): EndNames | null {
    const address = this.address(row, end);
    const host = this.nameOf(address);
    const service = portName(row.port[end]);
    return host || service ? { address, port: this.port(row, end), host, service } : null;
  }

  /** The name that a name-resolution block gave an address, or the empty string. */
  nameOf(address: string): string {
    return escapeText(this.reader.info.names.get(address) ?? '');
  }
}
