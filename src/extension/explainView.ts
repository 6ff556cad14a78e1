import * as vscode from 'vscode';
import type { StateHistory } from '../core/engineApi';
import type { CardDocument } from '../core/explain/card';
import type { ExplainFromHost } from '../rpc/webviewMessages';
import type { ActiveCapture } from './activeCapture';
import { Disposer } from './dispose';
import { explainSubject, type ExplainSubject } from './explainSubject';
import type { TextCursor } from './language/textCursor';
import { checkExplainToHost } from './messageChecks';
import { l10nContents } from './settings';
import { resourceRoots, webviewHtml } from './webviewHtml';

/** Arrow keys held down pass many packets: only where one stays is explained. */
const DEBOUNCE_MS = 40;

/** What the view shows of a packet. */
interface Shown {
  readonly cards: readonly CardDocument[];
  readonly states: StateHistory | null;
  /** Cards of the kernel parameters that its stream tells of. */
  readonly parameters: readonly CardDocument[];
}

const NOTHING: Shown = { cards: [], states: null, parameters: [] };

/** The view "TCP Explain": explains the selected packet of the followed capture, or the one under the cursor of a text capture. */
export class ExplainView extends Disposer implements vscode.WebviewViewProvider {
  private view: vscode.WebviewView | null = null;
  private ready = false;
  private call: { cancel(): void } | null = null;
  private timer: NodeJS.Timeout | null = null;
  private shown: { readonly of: unknown; readonly packet: number | null; readonly revision: string; shows: Shown } | null = null;
  private shownNode: string | null = null;
  /** Section to open with the next cards. */
  private wanted: string | null = null;

  constructor(
    private readonly active: ActiveCapture,
    private readonly cursor: TextCursor,
    private readonly extensionUri: vscode.Uri,
  ) {
    super();
    this.own(vscode.window.registerWebviewViewProvider('tcpTrace.explain', this));
    this.own(active.onChange(() => this.follow()));
    this.own(vscode.commands.registerCommand('tcpTrace.showStateDiagram', () => this.showSection('state-diagram')));
    this.own(vscode.commands.registerCommand('tcpTrace.showParameters', () => this.showSection('kernel-parameters')));
    this.own(cursor.onChange(() => this.follow()));
  }

  /** Titles of the cards on show: for tests. */
  get cardTitles(): string[] {
    return (this.shown?.shows.cards ?? []).map((card) => card.title);
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.view = view;
    this.ready = false;
    view.webview.options = { enableScripts: true, localResourceRoots: resourceRoots(this.extensionUri) };
    view.webview.onDidReceiveMessage((message: unknown) => this.receive(message));
    view.onDidDispose(() => {
      if (this.view === view) this.view = null;
      this.ready = false;
    });
    view.onDidChangeVisibility(() => {
      if (view.visible) this.follow();
      else this.ready = false;
    });
    view.webview.html = webviewHtml(view.webview, this.extensionUri, 'explain', 'TCP Explain');
  }

  /** Brings the view to the front with one of its sections open. */
  private async showSection(id: string): Promise<void> {
    this.wanted = id;
    await vscode.commands.executeCommand('tcpTrace.explain.focus');
    const { shown } = this;
    if (this.ready && shown?.packet !== null && shown?.packet !== undefined && shown.shows.cards.length > 0) this.sendCards(shown.packet, shown.shows, null);
  }

  private receive(raw: unknown): void {
    const message = checkExplainToHost(raw);
    if (!message) return;
    if (message.kind === 'ready') {
      this.ready = true;
      this.shown = null;
      this.send({ kind: 'init', l10n: l10nContents() });
      this.follow();
    } else if (message.kind === 'copy') void vscode.env.clipboard.writeText(message.text);
    else void this.subject()?.goTo(message.packet);
  }

  private follow(): void {
    if (!this.ready) return;
    const subject = this.subject();
    const packet = subject?.packet ?? null;
    const revision = subject?.revision ?? '';
    const { shown } = this;
    if (shown?.of === (subject?.of ?? null) && shown.packet === packet && shown.revision === revision) {
      const node = subject?.node ?? null;
      if (node !== this.shownNode) this.sendCards(packet, shown.shows, node);
      return;
    }
    this.shown = { of: subject?.of ?? null, packet, revision, shows: NOTHING };
    this.call?.cancel();
    this.call = null;
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    if (!subject || packet === null) this.sendCards(null, NOTHING, null);
    else this.timer = setTimeout(() => void this.explain(subject, packet), DEBOUNCE_MS);
  }

  private subject(): ExplainSubject | null {
    return explainSubject(this.active, this.cursor);
  }

  private async explain(subject: ExplainSubject, packet: number): Promise<void> {
    const { source, stream } = subject;
    const cards = source.call('explainPacket', { packet });
    const states = source.call('stateHistory', { packet });
    const parameters = stream === null ? null : source.call('parameters', { stream });
    const call = { cancel: () => [cards, states, parameters].forEach((each) => each?.cancel()) };
    this.call = call;
    const [explained, history, inferred] = await Promise.all([cards.result, states.result, parameters?.result]);
    if (this.call !== call || !this.shown) return;
    const failures: CardDocument[] = [];
    if (!history.ok) failures.push(failureCard('failure-states', vscode.l10n.t('The states of this stream could not be told'), history.error.message));
    if (inferred?.ok === false) failures.push(failureCard('failure-parameters', vscode.l10n.t('The kernel parameters of this stream could not be told'), inferred.error.message));
    this.shown.shows = {
      cards: [...(explained.ok ? explained.value : [failureCard('failure', vscode.l10n.t('This packet could not be explained'), explained.error.message)]), ...failures],
      states: history.ok ? history.value : null,
      parameters: inferred?.ok ? inferred.value.map((parameter) => parameter.card) : [],
    };
    this.sendCards(packet, this.shown.shows, this.subject()?.node ?? null);
  }

  private sendCards(packet: number | null, shows: Shown, focusNode: string | null): void {
    this.shownNode = focusNode;
    const title = packet === null ? '' : vscode.l10n.t('packet {0}', packet + 1);
    if (this.view) this.view.description = title;
    this.send({ kind: 'cards', packet, title, ...shows, focusNode: this.wanted ?? focusNode });
    if (this.ready && shows.cards.length > 0) this.wanted = null;
  }

  private send(message: ExplainFromHost): void {
    if (this.ready) void this.view?.webview.postMessage(message);
  }

  override dispose(): void {
    if (this.timer) clearTimeout(this.timer);
    this.call?.cancel();
    super.dispose();
  }
}

/** An error told where the explanation would stand. */
function failureCard(id: string, title: string, message: string): CardDocument {
  return { id, title, headline: [message], here: [], story: [], sources: [], filter: '', copy: '' };
}
