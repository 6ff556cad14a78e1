import { NO_PACKET, type Nanoseconds } from '../bytes/units';
import { FINDING_SPECS } from '../findings/findingSpecs';
import { t } from '../l10n';
import * as api from '../overviewApi';
import { SEVERITIES, type FindingEntry, type StudyIndex } from '../study/studyIndex';
import { BLOCK_ROWS } from '../table/packetTable';
import type { CaptureModel } from './captureModel';
import { isTimed, roundStep, TimeBins } from './timeBins';

/** Answers what the capture overview draws. The whole capture is counted once and on as it grows; of parts the last is kept. */
export class OverviewQuery {
  private readonly whole = TimeBins.whole();
  private part: TimeBins | null = null;
  private held: { readonly key: string; readonly study: StudyIndex | null; readonly findings: readonly api.OverviewFinding[] } | null = null;

  constructor(private readonly model: CaptureModel) {}

  answer(request: api.OverviewRequest): api.CaptureOverview {
    const { model, whole } = this;
    const { packets: table } = model;
    whole.extend(table, model);
    const some = whole.timed > 0;
    const start = some ? whole.start : 0;
    const end = some ? whole.end : 0;
    const count = Math.max(1, Math.min(api.MOST_OVERVIEW_BUCKETS, request.count));
    const from = request.from ?? start;
    const to = Math.max(from, request.to ?? end);
    // Room for the bucket that each edge cuts.
    const step = roundStep((to - from) / Math.max(1, count - 1));
    const isWhole = request.from === null && request.to === null;
    const width = isWhole ? Math.max(step, whole.width) : step;
    const origin = Math.floor(from / width) * width;
    const buckets = some ? Math.floor(to / width) - Math.floor(from / width) + 1 : 0;
    const fine = isWhole ? whole : this.partOf(origin, width, buckets);
    if (!isWhole) fine.extend(table, model);
    return {
      revision: model.revision,
      start,
      end,
      from: origin,
      width,
      ...(isWhole ? merge(fine, origin, width, buckets) : { packets: fine.packets.slice(0, buckets), bytes: fine.bytes.slice(0, buckets), resent: fine.resent.slice(0, buckets), first: fine.first.slice(0, buckets) }),
      timed: whole.timed,
      untimed: whole.untimed,
      findings: this.findings(from, to, request.marks),
    };
  }

  private partOf(origin: Nanoseconds, width: Nanoseconds, count: number): TimeBins {
    const { part } = this;
    if (part?.origin === origin && part.width === width && part.count === count) return part;
    return (this.part = TimeBins.part(origin, width, count));
  }

  /** The worst finding of each of `places` stretches of time. */
  private findings(from: Nanoseconds, to: Nanoseconds, places: number): readonly api.OverviewFinding[] {
    const { study } = this.model;
    if (!study) return [];
    const key = `${from} ${to} ${places}`;
    if (this.held?.key === key && this.held.study === study) return this.held.findings;
    const findings = markPlaces(this.model, study, from, to, places);
    this.held = { key, study, findings };
    return findings;
  }
}

/** Buckets of `width`, a multiple of the width of the bins, that begin at `origin`. */
function merge(bins: TimeBins, origin: Nanoseconds, width: Nanoseconds, count: number): Pick<api.CaptureOverview, 'packets' | 'bytes' | 'resent' | 'first'> {
  const out = { packets: new Uint32Array(count), bytes: new Float64Array(count), resent: new Uint32Array(count), first: new Uint32Array(count).fill(NO_PACKET) };
  for (let b = 0; b < bins.count; b++) {
    if (bins.packets[b] === 0) continue;
    const to = Math.max(0, Math.min(count - 1, Math.floor((bins.origin + (b + 0.5) * bins.width - origin) / width)));
    out.packets[to]! += bins.packets[b]!;
    out.bytes[to]! += bins.bytes[b]!;
    out.resent[to]! += bins.resent[b]!;
    out.first[to] = Math.min(out.first[to]!, bins.first[b]!);
  }
  return out;
}

function markPlaces(model: CaptureModel, study: StudyIndex, from: Nanoseconds, to: Nanoseconds, places: number): api.OverviewFinding[] {
  if (places < 1) return [];
  const table = model.packets;
  const span = Math.max(1, to - from);
  const worst: (FindingEntry | undefined)[] = [];
  const times = new Float64Array(places);
  const counts = new Uint32Array(places);
  for (const entry of study.entries) {
    const { packet } = entry;
    if (packet === NO_PACKET || packet >= table.length) continue;
    const block = table.block(packet);
    const i = packet & (BLOCK_ROWS - 1);
    if (!isTimed(block, i)) continue;
    const time = block.time[i]!;
    if (time < from || time > to) continue;
    const place = Math.min(places - 1, Math.floor(((time - from) / span) * places));
    counts[place]!++;
    const before = worst[place];
    if (before && (before.severity > entry.severity || (before.severity === entry.severity && before.packet <= packet))) continue;
    worst[place] = entry;
    times[place] = time;
  }
  const found: api.OverviewFinding[] = [];
  for (let place = 0; place < places; place++) {
    const entry = worst[place];
    if (!entry) continue;
    found.push({
      time: times[place]!,
      packet: entry.packet,
      stream: entry.stream,
      severity: SEVERITIES[entry.severity] ?? 'info',
      title: t(FINDING_SPECS[entry.rank]!.title),
      count: counts[place]!,
    });
  }
  return found;
}
