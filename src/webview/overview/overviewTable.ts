import { NO_PACKET } from '../../core/bytes/units';
import { grouped } from '../../core/explain/words';
import { t } from '../../core/l10n';
import type { CaptureOverview } from '../../core/overviewApi';
import { formatBytes } from '../format/text';
import { formatSeconds } from '../format/time';
import { el } from '../shared/dom';
import type { TimeRange } from './timeRange';

/** Rows that are listed: many buckets are told together. */
const MOST_ROWS = 60;

/** What the overview draws, as a table: for those who do not see it, and for tests. */
export class OverviewTable {
  readonly element = el('table', 'visually-hidden overview-table');

  private shown: CaptureOverview | null = null;

  show(overview: CaptureOverview, shown: TimeRange): void {
    if (overview === this.shown) return;
    this.shown = overview;
    const { packets, from, width, findings } = overview;
    const per = Math.max(1, Math.ceil(packets.length / MOST_ROWS));
    const head = el('thead');
    const titles = el('tr');
    for (const title of [t('From (s)'), t('To (s)'), t('Packets'), t('Bytes'), t('Sent again'), t('First packet'), t('Findings')]) titles.append(el('th', '', { scope: 'col' }, title));
    head.append(titles);
    const body = el('tbody');
    for (let first = 0; first < packets.length; first += per) {
      const sums = { packets: 0, bytes: 0, resent: 0, first: NO_PACKET };
      for (let b = first; b < Math.min(packets.length, first + per); b++) {
        sums.packets += packets[b]!;
        sums.bytes += overview.bytes[b]!;
        sums.resent += overview.resent[b]!;
        sums.first = Math.min(sums.first, overview.first[b]!);
      }
      const begin = from + first * width;
      const end = begin + per * width;
      const here = findings.filter(({ time }) => time >= begin && time < end);
      if (sums.packets === 0) continue;
      const row = el('tr', '', { 'data-packets': String(sums.packets), 'data-bytes': String(sums.bytes), 'data-resent': String(sums.resent) });
      const cells = [formatSeconds(begin, 6), formatSeconds(end, 6), grouped(sums.packets), formatBytes(sums.bytes), grouped(sums.resent), String(sums.first + 1), here.map((f) => (f.count > 1 ? `${f.title} (${f.count})` : f.title)).join(', ')];
      row.append(...cells.map((cell) => el('td', '', {}, cell)));
      body.append(row);
    }
    this.element.replaceChildren(el('caption', '', {}, t('Packets, bytes and findings over time')), head, body);
    Object.assign(this.element.dataset, { from: String(shown.from), to: String(shown.to), width: String(width), start: String(overview.start), end: String(overview.end) });
  }
}
