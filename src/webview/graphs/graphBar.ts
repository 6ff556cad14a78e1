import { t } from '../../core/l10n';
import { GRAPH_KINDS, type GraphKind } from '../../core/seriesApi';
import { el, iconButton } from '../shared/dom';
import { linkButton } from '../shared/linkButton';
import type { Session } from '../state/session';
import { graphName } from './graphStyle';

export type Side = 'client' | 'server';
export type Axis = 'time' | 'seq';
export type ImageType = 'png' | 'svg' | 'csv';

const ZOOM_STEP = 1.5;

/** What the toolbar asks of the pane. */
export interface GraphBarHost {
  choose(graph: GraphKind): void;
  turn(side: Side): void;
  along(axis: Axis): void;
  zoom(factor: number): void;
  showAll(): void;
  save(type: ImageType): void;
}

/** The toolbar of the graphs: which graph, whose data, what lies along it, zoom, saving. */
export class GraphBar {
  readonly element = el('div', 'timeline-bar', { role: 'toolbar', 'aria-label': t('Graph') });
  private readonly kind = el('select', 'select');
  private readonly sides: Readonly<Record<Side, HTMLButtonElement>>;
  private readonly axes: Readonly<Record<Axis, HTMLButtonElement>>;
  private readonly axisGroup: HTMLElement;

  constructor(session: Session, host: GraphBarHost) {
    for (const kind of GRAPH_KINDS) this.kind.append(el('option', '', { value: kind }, graphName(kind)));
    this.kind.setAttribute('aria-label', t('Graph'));
    this.kind.addEventListener('change', () => host.choose(this.kind.value as GraphKind));
    this.sides = {
      client: button(t('Client'), t('What the client sends'), () => host.turn('client')),
      server: button(t('Server'), t('What the server sends'), () => host.turn('server')),
    };
    this.axes = {
      time: button(t('By time'), t('Time along the graph'), () => host.along('time')),
      seq: button(t('By sequence number'), t('Sequence number that was acknowledged along the graph'), () => host.along('seq')),
    };
    this.axisGroup = group(t('What lies along the graph'), this.axes.time, this.axes.seq);
    this.element.append(
      this.kind,
      group(t('Whose data'), this.sides.client, this.sides.server),
      this.axisGroup,
      iconButton('zoom-in', t('Zoom in (+)'), () => host.zoom(1 / ZOOM_STEP)),
      iconButton('zoom-out', t('Zoom out (-)'), () => host.zoom(ZOOM_STEP)),
      iconButton('screen-full', t('Show all of it (0)'), () => host.showAll()),
      linkButton(session),
      el('span', 'spacer'),
      group(
        t('Save the graph'),
        button('PNG', t('Save the graph as a PNG image'), () => host.save('png')),
        button('SVG', t('Save the graph as an SVG image'), () => host.save('svg')),
        button('CSV', t('Save every point as CSV'), () => host.save('csv')),
      ),
    );
  }

  show(graph: GraphKind, side: Side, axis: Axis): void {
    this.kind.value = graph;
    for (const [name, one] of Object.entries(this.sides)) one.setAttribute('aria-pressed', String(name === side));
    for (const [name, one] of Object.entries(this.axes)) one.setAttribute('aria-pressed', String(name === axis));
    this.axisGroup.hidden = graph !== 'rtt';
  }
}

function button(label: string, title: string, run: () => void): HTMLButtonElement {
  const element = el('button', 'segment-button', { type: 'button', title }, label);
  element.addEventListener('click', run);
  return element;
}

function group(label: string, ...buttons: readonly HTMLButtonElement[]): HTMLElement {
  const element = el('span', 'segmented', { role: 'group', 'aria-label': label });
  element.append(...buttons);
  return element;
}
