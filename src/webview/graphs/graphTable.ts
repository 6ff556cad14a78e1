import { grouped } from '../../core/explain/words';
import { t } from '../../core/l10n';
import type { SeriesLine, SeriesReply } from '../../core/seriesApi';
import { el } from '../shared/dom';
import type { Theme } from '../timeline/theme';
import { graphName, lineStyle, unitOf, valueText } from './graphStyle';

/** What a graph shows, as a table for assistive technology (and tests): a row for each line that is drawn. */
export class GraphTable {
  readonly element = el('table', 'visually-hidden graph-table');

  show(reply: SeriesReply, lines: readonly SeriesLine[], theme: Theme): void {
    const unit = unitOf(reply.graph);
    const caption = el('caption', '', {}, graphName(reply.graph));
    const head = el('tr');
    head.append(...[t('Line'), t('Points'), t('Drawn'), t('Least'), t('Most'), t('Last')].map((name) => el('th', '', { scope: 'col' }, name)));
    const rows = lines.map((line) => {
      const row = el('tr');
      row.dataset.line = line.id;
      const [least, most] = extremes(line);
      const last = line.y.at(-1) ?? 0;
      row.dataset.least = String(least);
      row.dataset.most = String(most);
      row.append(
        el('th', '', { scope: 'row' }, lineStyle(line.id, reply.of, theme).name),
        ...[grouped(line.total), grouped(line.x.length), valueText(least, unit), valueText(most, unit), valueText(last, unit)].map((text) => el('td', '', {}, text)),
      );
      return row;
    });
    const body = el('tbody');
    body.append(...rows);
    const top = el('thead');
    top.append(head);
    this.element.dataset.graph = reply.graph;
    this.element.dataset.from = String(reply.from);
    this.element.dataset.to = String(reply.to);
    this.element.replaceChildren(caption, top, body);
  }
}

function extremes({ y, high }: SeriesLine): readonly [number, number] {
  let least = Infinity;
  let most = -Infinity;
  for (let i = 0; i < y.length; i++) {
    least = Math.min(least, y[i]!);
    most = Math.max(most, high.length > 0 ? high[i]! : y[i]!);
  }
  return [least, most];
}
