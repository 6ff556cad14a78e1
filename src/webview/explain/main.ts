import type { CardDocument } from '../../core/explain/card';
import { configureL10n, t } from '../../core/l10n';
import type { ExplainFromHost, ExplainToHost } from '../../rpc/webviewMessages';
import { cardBody, headline } from '../cards/rich';
import { el, iconButton } from '../shared/dom';

declare function acquireVsCodeApi(): { postMessage(message: ExplainToHost): void; getState(): unknown; setState(state: ExplainState): void };

/** Cards that a person closed or opened, by id: kept from packet to packet. */
interface ExplainState {
  readonly open: Readonly<Record<string, boolean>>;
}

const vscode = acquireVsCodeApi();
const root = document.getElementById('app')!;
const open = new Map(Object.entries((vscode.getState() as ExplainState | undefined)?.open ?? {}));

const goToPacket = (packet: number): void => vscode.postMessage({ kind: 'goToPacket', packet });

function section(card: CardDocument, index: number): HTMLElement {
  const details = el('details', 'explain-card');
  details.dataset.card = card.id;
  // The packet itself, its labels and flags are read first; header fields open on demand.
  details.open = open.get(card.id) ?? index < 4;
  const summary = el('summary', 'explain-summary');
  summary.append(
    headline(card, goToPacket),
    iconButton('copy', t('Copy the value'), (event) => {
      event.preventDefault();
      vscode.postMessage({ kind: 'copy', text: card.copy });
    }),
  );
  details.append(summary, cardBody(card, goToPacket));
  details.addEventListener('toggle', () => {
    open.set(card.id, details.open);
    vscode.setState({ open: Object.fromEntries([...open].slice(-300)) });
  });
  return details;
}

function show(message: Extract<ExplainFromHost, { kind: 'cards' }>): void {
  if (message.packet === null || message.cards.length === 0) {
    root.replaceChildren(el('p', 'pane-empty', {}, t('Select a packet in a capture to have it explained here.')));
    return;
  }
  const top = root.scrollTop;
  root.replaceChildren(...message.cards.map(section));
  const focus = message.focusNode ? root.querySelector<HTMLDetailsElement>(`[data-card="${CSS.escape(message.focusNode)}"]`) : null;
  if (focus) {
    focus.open = true;
    focus.scrollIntoView({ block: 'nearest' });
  } else root.scrollTop = top;
}

window.addEventListener('message', (event: MessageEvent<ExplainFromHost>) => {
  const message = event.data;
  if (message.kind === 'init') {
    if (message.l10n) configureL10n({ contents: message.l10n });
    show({ kind: 'cards', packet: null, title: '', cards: [], focusNode: null });
  } else show(message);
});
vscode.postMessage({ kind: 'ready' });
