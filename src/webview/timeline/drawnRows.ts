import { NO_PACKET } from '../../core/bytes/units';
import { pathText } from '../../core/explain/stateWords';
import { STATE_NAMES } from '../../core/stream/endpointStates';
import * as api from '../../core/timelineApi';
import { t } from '../../core/l10n';
import type { SequenceFormat } from '../../rpc/webviewMessages';
import { el } from '../shared/dom';
import type { TimelineStore } from '../state/timelineStore';
import type { DrawnSegment } from './layout';
import { fromServer, links, segmentWords } from './segmentWords';

const MOST_ROWS = 150;

/** What is drawn, as rows of a grid that assistive technology (and a test) can read. Column names are those of the packets table. */
export class DrawnRows {
  readonly element = el('div', 'visually-hidden drawn-rows', { role: 'rowgroup' });
  readonly header = el('div', 'visually-hidden', { role: 'row', 'aria-rowindex': '1' });
  private shown = '';

  constructor(private readonly store: TimelineStore) {
    for (const name of [t('No.'), t('Time'), t('Direction'), t('Flags'), t('Seq'), t('Ack'), t('Len'), t('Window'), 'SACK', t('Labels'), t('Client state'), t('Server state'), t('Sent before or again')])
      this.header.append(el('span', '', { role: 'columnheader' }, name));
  }

  /** Shows the rows of what was drawn; `selected` gets the id that the grid names as its active one. */
  update(drawn: readonly DrawnSegment[], selected: number | null, format: SequenceFormat, time: (rank: number) => string): void {
    const chosen = drawn.length <= MOST_ROWS ? drawn : around(drawn, selected);
    const key = `${selected} ${format} ${chosen.map(({ rank, ref, y }) => `${rank}${ref ? `v${ref.columns.verdicts[ref.i]!}` : '?'}${Math.round(y)}`).join()}`;
    if (key === this.shown) return;
    this.shown = key;
    this.element.replaceChildren(...chosen.flatMap((segment) => (segment.ref ? [this.row(segment, selected, format, time(segment.rank))] : [])));
  }

  private row({ rank, ref, y }: DrawnSegment, selected: number | null, format: SequenceFormat, time: string): HTMLElement {
    const { columns: c, i } = ref!;
    const words = segmentWords(ref!, format);
    const row = el('div', '', { role: 'row', id: `segment-${rank}`, 'aria-rowindex': String(rank + 2), 'aria-selected': String(rank === selected) });
    row.dataset.rank = String(rank);
    row.dataset.packet = String(c.packet[i]!);
    row.dataset.y = String(Math.round(y));
    const state = (shift: number, end: api.StateChange['end'], observed: number): string => {
      const change = this.store.changesAt(rank).find((one) => one.end === end);
      const name = change ? pathText(change.path) : (STATE_NAMES[(c.states[i]! >> shift) & 0x0f] ?? '?');
      return c.marks[i]! & observed ? name : t('{0} (inferred)', name);
    };
    const closed = [c.marks[i]! & api.MARK_CLOSED_CLIENT ? t('client window closed') : '', c.marks[i]! & api.MARK_CLOSED_SERVER ? t('server window closed') : ''];
    const number = (other: number): number | null => {
      const at = other === NO_PACKET ? undefined : this.store.at(other);
      return at ? at.columns.packet[at.i]! + 1 : null;
    };
    const cells = [
      `#${c.packet[i]! + 1}`,
      time,
      fromServer(ref!) ? t('server to client') : t('client to server'),
      words.flags,
      words.seq,
      words.ack,
      words.length,
      words.window,
      words.sack,
      [...words.badges.map((badge) => badge.text), ...closed, c.marks[i]! & api.MARK_IDLE ? t('after idle time') : ''].filter(Boolean).join(', '),
      state(0, 'client', api.MARK_OBSERVED_CLIENT),
      state(4, 'server', api.MARK_OBSERVED_SERVER),
      links(ref!, number),
    ];
    row.append(...cells.map((text) => el('span', '', { role: 'gridcell' }, text)));
    return row;
  }
}

function around(drawn: readonly DrawnSegment[], selected: number | null): readonly DrawnSegment[] {
  const at = Math.max(0, drawn.findIndex(({ rank }) => rank === selected));
  const from = Math.max(0, Math.min(drawn.length - MOST_ROWS, at - MOST_ROWS / 2));
  return drawn.slice(from, from + MOST_ROWS);
}
