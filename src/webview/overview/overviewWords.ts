import { duration, grouped } from '../../core/explain/words';
import { t } from '../../core/l10n';
import type { OverviewFinding } from '../../core/overviewApi';
import { formatBytes } from '../format/text';
import type { Session } from '../state/session';
import type { OverviewModel } from './overviewModel';
import { timeText, type TimeScale } from './timeScale';
import type { TimeRange } from './timeRange';

/** What lies at a place of the overview, in words. */
export class OverviewWords {
  constructor(
    private readonly session: Session,
    private readonly model: OverviewModel,
    private readonly scale: () => TimeScale,
  ) {}

  time(time: number, step: number): string {
    return timeText(time, step, this.session.viewState.timeFormat, this.session.state);
  }

  /** A time with as many digits as one pixel is worth. */
  exact(time: number): string {
    const { from, to, width } = this.scale();
    return this.time(time, Math.max(1, (to - from) / width));
  }

  /** The bucket at a time, or -1. */
  bucketAt(time: number): number {
    const { overview } = this.model;
    if (!overview) return -1;
    const b = Math.floor((time - overview.from) / overview.width);
    return b >= 0 && b < overview.packets.length ? b : -1;
  }

  at(time: number): string {
    const { overview } = this.model;
    const b = this.bucketAt(time);
    if (!overview || b < 0) return this.exact(time);
    const packets = overview.packets[b]!;
    const again = overview.resent[b]! > 0 ? `, ${t('{0} sent again', grouped(overview.resent[b]!))}` : '';
    const count = packets === 0 ? t('no packets') : packets === 1 ? t('1 packet') : t('{0} packets', grouped(packets));
    return `${this.exact(time)}: ${count}${packets > 0 ? `, ${formatBytes(overview.bytes[b]!)}` : ''}${again} ${t('in {0}', duration(overview.width))}`;
  }

  range({ from, to }: TimeRange): string {
    const { overview } = this.model;
    let packets = 0;
    let bytes = 0;
    if (overview) {
      const first = Math.max(0, Math.floor((from - overview.from) / overview.width));
      const last = Math.min(overview.packets.length - 1, Math.floor((to - overview.from) / overview.width));
      for (let b = first; b <= last; b++) {
        packets += overview.packets[b]!;
        bytes += overview.bytes[b]!;
      }
    }
    return t('{0} to {1} ({2}): about {3} packets, {4}', this.exact(from), this.exact(to), duration(to - from), grouped(packets), formatBytes(bytes));
  }

  finding({ title, count, time, severity, stream }: OverviewFinding): string {
    const kind = severity === 'error' ? t('Error') : severity === 'warning' ? t('Warning') : t('Note');
    const where = stream === null ? t('the capture') : t('stream {0}', stream);
    const more = count > 1 ? t(' ({0} findings here)', grouped(count)) : '';
    return `${kind}: ${title}, ${where}, ${this.exact(time)}${more}`;
  }
}
