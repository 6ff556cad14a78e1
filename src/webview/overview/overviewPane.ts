import { duration } from '../../core/explain/words';
import { t } from '../../core/l10n';
import { Splitter } from '../panes/splitter';
import { el, icon, iconButton } from '../shared/dom';
import type { Session } from '../state/session';
import { onThemeChange, readTheme, type Theme } from '../timeline/theme';
import { LanesView } from './lanesView';
import { OverviewModel } from './overviewModel';
import { OverviewPlot } from './overviewPlot';

const ZOOM_STEP = 1.6;
/** Percent of the editor's height, without and with the lanes. */
const SIZES = { overview: 12, lanes: 40 } as const;
const MOST = { overview: 40, lanes: 75, low: 26 } as const;
/** In an editor that is lower than this the overview is folded until somebody opens it. */
const LOW = 520;
/** Height of the graph above lanes, and of what frames both, in pixels. */
const HEAD_AND_GRAPH = 84 + 30;

/** The capture over time, above everything: a graph with findings and a time filter, a lane per stream under it on demand. */
export class OverviewPane {
  readonly element = el('section', 'overview', { id: 'overview' });
  readonly plot: OverviewPlot;
  private readonly model: OverviewModel;
  private readonly lanes: LanesView;
  private readonly fold = el('button', 'overview-fold', { type: 'button', 'aria-controls': 'overview-body' });
  private readonly legend = el('span', 'overview-legend', { 'aria-hidden': 'true' });
  private readonly note = el('span', 'overview-note', { role: 'status', 'aria-live': 'polite' });
  private readonly chip = el('button', 'overview-chip', { type: 'button' });
  private readonly tools = el('span', 'button-group');
  private readonly lanesButton: HTMLButtonElement;
  private readonly body = el('div', 'overview-body', { id: 'overview-body' });
  private readonly sash: Splitter;
  private held: Theme | null = null;

  constructor(
    private readonly session: Session,
    private readonly root: HTMLElement,
  ) {
    this.element.setAttribute('aria-label', t('Capture overview'));
    this.model = new OverviewModel(session);
    const theme = (): Theme => (this.held ??= readTheme(this.element));
    const tell = (text: string | null): void => {
      this.note.textContent = text ?? '';
      this.legend.hidden = text !== null;
    };
    this.plot = new OverviewPlot(session, this.model, theme, tell);
    this.lanes = new LanesView(session, this.model, theme, tell);
    this.fold.append(icon('chevron-down'), t('Overview'));
    this.fold.addEventListener('click', () => this.show('open', !this.isOpen));
    for (const [name, text] of [['packets', t('packets')], ['bytes', t('bytes')], ['resent', t('sent again')]] as const) {
      const item = el('span', 'overview-key');
      item.append(el('span', `overview-swatch ${name}`), text);
      this.legend.append(item);
    }
    this.chip.addEventListener('click', () => {
      // Before the button goes, and its focus with it.
      if (this.body.hidden) this.fold.focus();
      else this.plot.focus();
      this.model.setRange(null);
    });
    this.lanesButton = iconButton('list-tree', t('A lane for every stream'), () => this.show('lanes', !this.withLanes));
    const around = (): number => {
      const { range, shown } = this.model;
      const at = range ?? shown;
      return (at.from + at.to) / 2;
    };
    this.tools.append(
      this.lanesButton,
      iconButton('zoom-in', t('Zoom in (+)'), () => this.model.zoomBy(1 / ZOOM_STEP, around())),
      iconButton('zoom-out', t('Zoom out (-)'), () => this.model.zoomBy(ZOOM_STEP, around())),
      iconButton('screen-full', t('Show the whole capture (0)'), () => this.model.setZoom(null)),
    );
    const head = el('div', 'overview-head');
    head.append(this.fold, this.legend, this.note, el('span', 'spacer'), this.chip, this.tools);
    this.body.append(this.plot.element, this.lanes.element, this.plot.table.element);
    this.sash = new Splitter({
      label: t('Height of the overview'), orientation: 'horizontal', initial: SIZES.overview, min: 8, max: MOST.lanes, property: '--overview', container: root,
      // Measured from the top of the editor: what lies above the body belongs to others.
      before: () => ((this.body.getBoundingClientRect().top - root.getBoundingClientRect().top) / Math.max(1, root.clientHeight)) * 100,
      changed: (size) => {
        session.setSize(this.withLanes ? 'overviewLanes' : 'overview', size);
        if (size === null) this.sash.set(this.size);
      },
    });
    this.element.append(head, this.body, this.sash.element);
    onThemeChange(() => {
      this.held = null;
      this.plot.repaint();
      this.lanes.repaint();
    });
    session.events.on(['state'], () => this.update());
    this.model.events.on(['data'], () => this.update());
    session.events.on(['view', 'format'], () => this.showChip());
    new ResizeObserver(() => this.update()).observe(root);
    this.update();
    this.showChip();
  }

  focus(): void {
    if (!this.isOpen) this.show('open', true);
    this.plot.focus();
  }

  /** Chosen by a person, else by the room there is. */
  private get isOpen(): boolean {
    const chosen = this.session.viewState.panes.overviewOpen;
    return chosen === undefined ? this.root.clientHeight >= LOW || this.root.clientHeight === 0 : chosen === 1;
  }

  private get withLanes(): boolean {
    return this.session.viewState.panes.lanesOpen === 1;
  }

  private get size(): number {
    const { panes } = this.session.viewState;
    const size = this.withLanes ? (panes.overviewLanes ?? this.lanesSize) : Math.min(MOST.overview, panes.overview ?? SIZES.overview);
    return this.root.clientHeight < LOW ? Math.min(MOST.low, size) : size;
  }

  /** Room for the graph and for the lanes that there are, up to the usual size. */
  private get lanesSize(): number {
    const needed = HEAD_AND_GRAPH + this.session.state.streams * this.lanes.row;
    return Math.min(SIZES.lanes, Math.max(SIZES.overview, (100 * needed) / Math.max(1, this.root.clientHeight)));
  }

  private show(what: 'open' | 'lanes', on: boolean): void {
    this.session.setSize(what === 'open' ? 'overviewOpen' : 'lanesOpen', on ? 1 : 0);
    if (what === 'lanes' && on) this.session.setSize('overviewOpen', 1);
    this.update();
  }

  private update(): void {
    const { state } = this.session;
    const { withLanes } = this;
    // Nothing to draw over: the line that says so is enough.
    const untimed = state.phase === 'done' && this.model.overview?.revision === state.revision && this.model.overview.timed === 0;
    const isOpen = this.isOpen && !untimed;
    this.fold.disabled = untimed;
    if (untimed) this.note.textContent = t('This capture shows no times: there is nothing to draw over them.');
    // Without packets the page below says why.
    this.element.hidden = state.packets === 0 || state.failure !== null;
    this.fold.setAttribute('aria-expanded', String(isOpen));
    this.fold.title = isOpen ? t('Fold the overview') : t('Unfold the overview');
    this.body.hidden = this.sash.element.hidden = this.legend.hidden = !isOpen;
    this.tools.hidden = !isOpen;
    this.element.classList.toggle('open', isOpen);
    this.element.classList.toggle('with-lanes', withLanes);
    this.element.classList.toggle('by-itself', this.session.viewState.panes.overviewOpen === undefined);
    this.lanesButton.setAttribute('aria-pressed', String(withLanes));
    this.lanesButton.disabled = state.streams === 0;
    this.lanes.setShown(isOpen && withLanes && state.streams > 0);
    this.sash.set(this.size);
  }

  private showChip(): void {
    const { range } = this.model;
    this.chip.hidden = range === null;
    this.element.classList.toggle('filters', range !== null);
    if (!range) return;
    const text = `${this.plot.exact(range.from)} – ${this.plot.exact(range.to)} (${duration(range.to - range.from)})`;
    this.chip.replaceChildren(icon('filter'), text, icon('close'));
    this.chip.title = t('Only packets of this time are shown. Click to show all of the time again.');
    this.chip.setAttribute('aria-label', t('Remove the time filter {0}', text));
  }
}
