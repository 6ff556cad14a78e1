import type { StateHistory } from '../../core/engineApi';
import type { CardDocument } from '../../core/explain/card';
import { configureL10n, t } from '../../core/l10n';
import type { ExplainFromHost, ExplainToHost } from '../../rpc/webviewMessages';
import { cardBody, headline } from '../cards/rich';
import { el, iconButton } from '../shared/dom';
import { statesNow, stateView } from './stateView';

declare function acquireVsCodeApi(): { postMessage(message: ExplainToHost): void; getState(): unknown; setState(state: ExplainState): void };

/** Cards that a person closed or opened, by id: kept from packet to packet. */
interface ExplainState {
  readonly open: Readonly<Record<string, boolean>>;
}

/** Sections of their own: commands ask for them by these names. */
const STATE_DIAGRAM = 'state-diagram';
const PARAMETERS = 'kernel-parameters';

const vscode = acquireVsCodeApi();
const root = document.getElementById('app')!;
const open = new Map(Object.entries((vscode.getState() as ExplainState | undefined)?.open ?? {}));

const goToPacket = (packet: number): void => vscode.postMessage({ kind: 'goToPacket', packet });

/** Something that opens and closes; how a person left it is kept from packet to packet. */
function disclosure(id: string, summary: HTMLElement, body: () => HTMLElement, openAtFirst: boolean, tool: HTMLElement | null = null): HTMLElement {
  const details = el('details', 'explain-card');
  details.dataset.card = id;
  details.open = open.get(id) ?? openAtFirst;
  const head = el('summary', 'explain-summary');
  head.append(summary);
  details.append(head);
  // What is closed is not built before it is opened.
  let built = false;
  const build = (): void => {
    if (built || !details.open) return;
    built = true;
    details.append(body());
  };
  build();
  details.addEventListener('toggle', () => {
    build();
    if (details.open === (open.get(id) ?? openAtFirst)) return;
    open.set(id, details.open);
    vscode.setState({ open: Object.fromEntries([...open].slice(-300)) });
  });
  if (!tool) return details;
  // A control inside the summary would be nested in another one: it stands over its corner.
  const row = el('div', 'explain-row');
  row.append(details, tool);
  return row;
}

function section(card: CardDocument, index: number): HTMLElement {
  const copy = iconButton('copy', t('Copy the value'), () => vscode.postMessage({ kind: 'copy', text: card.copy }));
  // The packet itself, its labels and flags are read first; header fields open on demand.
  return disclosure(card.id, headline(card, goToPacket), () => cardBody(card, goToPacket), index < 4, copy);
}

function stateSection(states: StateHistory): HTMLElement {
  const line = el('div', 'card-headline');
  line.append(el('strong', '', {}, t('State diagram')), `: ${statesNow(states)}`);
  return disclosure(STATE_DIAGRAM, line, () => stateView(states, goToPacket), false);
}

/** What the whole stream tells of the settings of its hosts. */
function parameterSection(cards: readonly CardDocument[]): HTMLElement {
  const line = el('div', 'card-headline');
  line.append(el('strong', '', {}, t('Kernel parameters of this stream')), `: ${cards.length}`);
  const body = (): HTMLElement => {
    const list = el('div', 'explain-nested');
    list.append(...cards.map((card) => section(card, Infinity)));
    return list;
  };
  return disclosure(PARAMETERS, line, body, false);
}

function show(message: Extract<ExplainFromHost, { kind: 'cards' }>): void {
  if (message.packet === null || message.cards.length === 0) {
    root.replaceChildren(el('p', 'pane-empty', {}, t('Select a packet in a capture to have it explained here.')));
    return;
  }
  const top = root.scrollTop;
  const focused = document.activeElement instanceof Element ? document.activeElement.closest<HTMLElement>('[data-card]')?.dataset.card : undefined;
  const sections = message.cards.map(section);
  // Second: after what the packet is, before its parts.
  if (message.states) sections.splice(1, 0, stateSection(message.states));
  if (message.parameters.length > 0) sections.splice(message.states ? 2 : 1, 0, parameterSection(message.parameters));
  root.replaceChildren(...sections);
  const find = (id: string): HTMLDetailsElement | null => root.querySelector<HTMLDetailsElement>(`[data-card="${CSS.escape(id)}"]`);
  // A packet that was reached by a link in the panel leaves the focus there.
  if (focused !== undefined) find(focused)?.querySelector<HTMLElement>('summary')?.focus({ preventScroll: true });
  const focus = message.focusNode ? find(message.focusNode) : null;
  if (focus) {
    focus.open = true;
    focus.scrollIntoView({ block: focus.dataset.card === STATE_DIAGRAM || focus.dataset.card === PARAMETERS ? 'start' : 'nearest' });
  } else root.scrollTop = top;
}

window.addEventListener('message', (event: MessageEvent<ExplainFromHost>) => {
  const message = event.data;
  if (message.kind === 'init') {
    if (message.l10n) configureL10n({ contents: message.l10n });
    show({ kind: 'cards', packet: null, title: '', cards: [], states: null, parameters: [], focusNode: null });
  } else show(message);
});
vscode.postMessage({ kind: 'ready' });
