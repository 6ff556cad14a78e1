import { t } from '../../core/l10n';
import type { StateHistory, StateStep } from '../../core/engineApi';
import { arrowCause, arrowLine, DIAGRAM, STATE_ARROWS, STATE_PLACES, placeOf } from '../../core/knowledge/stateDiagram';
import { findState } from '../../core/knowledge/states';
import { STATE_NAMES } from '../../core/stream/endpointStates';
import { el } from '../shared/dom';

const SVG = 'http://www.w3.org/2000/svg';
/** How far the arrows of client and server stay apart. */
const APART = 4;
/** Rows of the list that are shown. */
const MOST_LISTED = 200;

type End = 'client' | 'server';
type GoTo = (packet: number) => void;

/** One arrow that an end of this stream took. */
interface Taken {
  readonly end: End;
  readonly from: number;
  readonly to: number;
  /** The first packet that took it, and the last one up to the selected packet. */
  readonly step: StateStep;
  readonly current: boolean;
}

const name = (state: number): string => STATE_NAMES[state] ?? '?';
const endName = (end: End): string => (end === 'client' ? t('client') : t('server'));

/** "client ESTABLISHED, server SYN-RECEIVED": where both ends stand after the packet. */
export function statesNow(history: StateHistory): string {
  return t('client {0}, server {1}', name(history.client), name(history.server));
}

/** The diagram of RFC 9293 with the ways of this stream's ends, and the same as a list. */
export function stateView(history: StateHistory, goToPacket: GoTo): HTMLElement {
  const view = el('div', 'states');
  const drawing = el('div', 'states-drawing');
  drawing.append(diagram(history, goToPacket));
  view.append(legend(), drawing, list(history, goToPacket));
  return view;
}

function legend(): HTMLElement {
  const line = el('p', 'states-legend');
  line.append(el('span', 'states-key client', {}, t('client')), el('span', 'states-key server', {}, t('server')), el('span', 'dim', {}, t('Thick: this packet. Dashed: RST.')));
  return line;
}

function svg<K extends keyof SVGElementTagNameMap>(tag: K, attributes: Readonly<Record<string, string | number>>, className = ''): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, tag);
  if (className) element.setAttribute('class', className);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/** Arrows taken, one for each end and pair of states: the last one up to the selected packet, else the first. */
function takenArrows(history: StateHistory): Taken[] {
  const found = new Map<string, Taken>();
  for (const step of history.steps) {
    for (let k = 1; k < step.path.length; k++) {
      const [from, to] = [step.path[k - 1]!, step.path[k]!];
      const key = `${step.end} ${from} ${to}`;
      if (found.has(key) && step.packet > history.packet) continue;
      found.set(key, { end: step.end, from, to, step, current: step.packet === history.packet });
    }
  }
  return [...found.values()];
}

function diagram(history: StateHistory, goToPacket: GoTo): SVGSVGElement {
  const root = svg('svg', { viewBox: `0 0 ${DIAGRAM.width} ${DIAGRAM.height}`, role: 'group', 'aria-label': t('State diagram: {0}', statesNow(history)) }, 'states-diagram');
  const markers = svg('defs', {});
  for (const kind of ['plain', 'client', 'server']) {
    const marker = svg('marker', { id: `arrow-${kind}`, viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, markerUnits: 'userSpaceOnUse', orient: 'auto' });
    marker.append(svg('path', { d: 'M0 0 L8 4 L0 8 z' }, `head ${kind}`));
    markers.append(marker);
  }
  root.append(markers);
  const taken = takenArrows(history);
  const lit = new Set(taken.map((arrow) => `${arrow.from} ${arrow.to}`));
  for (const { from, to, cause } of STATE_ARROWS) {
    if (lit.has(`${from} ${to}`)) continue;
    const line = svg('line', { ...arrowLine(from, to, 0), 'marker-end': 'url(#arrow-plain)' }, 'arrow');
    line.append(title(`${name(from)} → ${name(to)}: ${cause}`));
    root.append(line);
  }
  for (const arrow of taken) root.append(...takenArrow(arrow, taken, goToPacket));
  for (const place of STATE_PLACES) root.append(stateBox(place, history, taken));
  return root;
}

function title(text: string): SVGTitleElement {
  const element = svg('title', {});
  element.textContent = text;
  return element;
}

/** The arrow, which is a link, and the number of its packet beside it. */
function takenArrow(arrow: Taken, all: readonly Taken[], goToPacket: GoTo): SVGElement[] {
  const { end, from, to, step, current } = arrow;
  const both = all.some((other) => other.end !== end && ((other.from === from && other.to === to) || (other.from === to && other.to === from)));
  const line = arrowLine(from, to, both ? (end === 'client' ? APART : -APART) : 0);
  const cause = arrowCause(from, to, step.observed);
  const words = t('{0}: {1} → {2} on packet #{3} ({4})', endName(end), name(from), name(to), step.packet + 1, cause);
  const group = svg('g', { role: 'link', tabindex: 0, 'aria-label': words, ...(current ? { 'aria-current': 'step' } : {}) }, `taken ${end}${current ? ' current' : ''}${cause.includes('RST') ? ' reset' : ''}`);
  group.append(title(words), svg('line', { ...line }, 'catch'), svg('line', { ...line, 'marker-end': `url(#arrow-${end})` }, 'arrow'));
  // Away from the middle of the drawing, where most boxes are; beside each other when both ends took the arrow.
  const [x, y] = [(line.x1 + line.x2) / 2, (line.y1 + line.y2) / 2];
  const left = both ? end === 'client' : x < DIAGRAM.width / 2;
  const level = Math.abs(line.y1 - line.y2) < 8;
  const label = svg('text', { x: x + (left ? -5 : 5), y: y + (level ? (left ? -6 : 13) : 3), 'text-anchor': left ? 'end' : 'start', 'aria-hidden': 'true' }, `arrow-packet ${end}${current ? ' current' : ''}`);
  label.textContent = `#${step.packet + 1}`;
  const go = (): void => goToPacket(step.packet);
  group.addEventListener('click', go);
  group.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    go();
  });
  return [group, label];
}

function stateBox(place: { readonly state: number; readonly x: number; readonly y: number }, history: StateHistory, taken: readonly Taken[]): SVGGElement {
  const { state, x, y } = place;
  const { boxWidth, boxHeight } = DIAGRAM;
  const here = (['client', 'server'] as const).filter((end) => history[end] === state && standsAt(place, end, history));
  const visited = here.length > 0 || taken.some((arrow) => placeOf(arrow.from, arrow.to, false) === place || placeOf(arrow.to, arrow.from, true) === place);
  const group = svg('g', {}, `state${visited ? ' visited' : ''}${here.map((end) => ` at-${end}`).join('')}`);
  const spec = findState(state);
  group.append(title(spec ? `${name(state)}: ${t(spec.doc)} ${t(spec.story)}` : name(state)));
  group.append(svg('rect', { x: x - boxWidth / 2, y: y - boxHeight / 2, width: boxWidth, height: boxHeight, rx: 4 }));
  here.forEach((end) => group.append(svg('rect', { x: end === 'client' ? x - boxWidth / 2 : x + boxWidth / 2 - 6, y: y - boxHeight / 2, width: 6, height: boxHeight, rx: 2 }, `tag ${end}`)));
  const label = svg('text', { x, y: y + 4, 'text-anchor': 'middle' });
  label.textContent = name(state);
  group.append(label);
  return group;
}

/** Of the two boxes of CLOSED, the one to which the last step of this end led. */
function standsAt(place: { readonly state: number }, end: End, history: StateHistory): boolean {
  const last = history.steps.findLast((step) => step.end === end && step.packet <= history.packet);
  if (!last) return placeOf(history[end], -1, false) === place;
  return placeOf(last.path.at(-1)!, last.path.at(-2)!, true) === place;
}

/** "SYN-SENT → ESTABLISHED", broken between names only. */
function pathOf(path: readonly number[]): HTMLElement {
  const line = el('span', 'states-path');
  path.forEach((state, i) => line.append(i > 0 ? ' → ' : '', el('span', '', {}, name(state))));
  return line;
}

function list(history: StateHistory, goToPacket: GoTo): HTMLElement {
  const rows = el('ol', 'states-list', { 'aria-label': t('Changes of state') });
  // The part around the selected packet, where there are very many.
  const at = history.steps.findIndex((step) => step.packet >= history.packet);
  const first = Math.max(0, Math.min((at < 0 ? history.steps.length : at) - MOST_LISTED / 2, history.steps.length - MOST_LISTED));
  for (const step of history.steps.slice(first, first + MOST_LISTED)) {
    const current = step.packet === history.packet;
    const row = el('li', current ? 'current' : '', current ? { 'aria-current': 'step' } : {});
    const link = el('button', 'link', { type: 'button', title: t('Go to packet {0}', step.packet + 1) }, `#${step.packet + 1}`);
    link.addEventListener('click', () => goToPacket(step.packet));
    const causes = step.path.slice(1).map((state, k) => arrowCause(step.path[k]!, state, step.observed));
    row.append(
      link,
      el('span', `tone-${step.end}`, {}, endName(step.end)),
      pathOf(step.path),
      el('span', 'dim', {}, `${causes.join('; ')} · ${step.observed ? t('observed') : t('inferred')}`),
    );
    rows.append(row);
  }
  const box = el('div', 'states-changes');
  box.append(rows);
  if (history.dropped > 0 || history.steps.length > MOST_LISTED) box.append(el('p', 'dim', {}, t('{0} more changes are not shown.', history.dropped + Math.max(0, history.steps.length - MOST_LISTED))));
  return box;
}
