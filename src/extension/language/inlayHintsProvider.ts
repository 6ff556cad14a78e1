import * as vscode from 'vscode';
import type { PacketHint, TextTokenData } from '../../core/query/textApi';
import { Disposer } from '../dispose';
import { SECTION } from '../settings';
import { formatDuration } from '../texts';
import type { TextReading } from './textTraceModel';
import type { TextTraces } from './textTraces';

const SETTING = 'text.inlayHints';
/** Most packets that one window of text gets hints for. */
const MOST_PACKETS = 300;

interface Wanted {
  readonly relativeTime: boolean;
  readonly rtt: boolean;
  readonly state: boolean;
}

/** Beside the text: time in the stream, the round-trip time of an acknowledgment, the states that a packet leads to. */
export class TextInlayHintsProvider extends Disposer implements vscode.InlayHintsProvider {
  private readonly changeEmitter = this.own(new vscode.EventEmitter<void>());
  readonly onDidChangeInlayHints = this.changeEmitter.event;

  constructor(private readonly traces: TextTraces) {
    super();
    this.own(traces.onRead(() => this.changeEmitter.fire()));
    this.own(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(`${SECTION}.${SETTING}`)) this.changeEmitter.fire();
      }),
    );
  }

  async provideInlayHints(document: vscode.TextDocument, range: vscode.Range, token: vscode.CancellationToken): Promise<vscode.InlayHint[] | null> {
    const settings = vscode.workspace.getConfiguration(SECTION, document);
    const wanted: Wanted = {
      relativeTime: settings.get<boolean>(`${SETTING}.relativeTime`, false),
      rtt: settings.get<boolean>(`${SETTING}.roundTripTime`, false),
      state: settings.get<boolean>(`${SETTING}.state`, true),
    };
    if (!wanted.relativeTime && !wanted.rtt && !wanted.state) return null;
    const reading = await this.traces.get(document)?.latest(token);
    if (!reading || reading.packets === 0) return null;
    const first = reading.packetBefore(range.start.line) ?? 0;
    const last = reading.packetBefore(range.end.line);
    if (last === null) return null;
    const found = await reading.ask('packetHints', { start: first, count: Math.min(MOST_PACKETS, last - first + 1) }, token);
    const hints: vscode.InlayHint[] = [];
    for (const hint of found ?? []) {
      if (token.isCancellationRequested) return null;
      if (isWanted(hint, wanted)) hints.push(...(await hintsOf(reading, hint, wanted, token)));
    }
    return hints.filter((hint) => range.contains(hint.position));
  }
}

function isWanted(hint: PacketHint, wanted: Wanted): boolean {
  return (wanted.relativeTime && hint.streamTime !== null) || (wanted.rtt && hint.rtt !== null) || (wanted.state && hint.states.length > 0);
}

async function hintsOf(reading: TextReading, hint: PacketHint, wanted: Wanted, token: vscode.CancellationToken): Promise<vscode.InlayHint[]> {
  const tokens = (await reading.ask('textTokens', { packet: hint.packet }, token)) ?? [];
  const hints: vscode.InlayHint[] = [];
  const add = (kinds: readonly TextTokenData['kind'][], label: string, tooltip: string): void => {
    const at = kinds.map((kind) => tokens.find((t) => t.kind === kind)).find((t) => t !== undefined);
    const span = at && reading.spanOf(hint.packet, at);
    if (!span) return;
    // Behind the bracket that closes the flags, not inside it.
    const closed = reading.document.lineAt(span.end.line).text[span.end.character] === ']';
    const made = new vscode.InlayHint(span.end.translate(0, closed ? 1 : 0), label);
    made.tooltip = tooltip;
    made.paddingLeft = true;
    hints.push(made);
  };
  if (wanted.relativeTime && hint.streamTime !== null) add(['time'], `+${formatDuration(hint.streamTime)}`, vscode.l10n.t('Since the first packet of the stream'));
  if (wanted.rtt && hint.rtt !== null) add(['ack'], vscode.l10n.t('after {0}', formatDuration(hint.rtt)), vscode.l10n.t('Time since the acknowledged segment passed the capture point'));
  if (wanted.state && hint.states.length > 0) add(['flags', 'dstPort'], hint.states.map(stateText).join(', '), stateTooltip(hint));
  return hints;
}

function stateText({ end, state }: PacketHint['states'][number]): string {
  return `${end === 'client' ? vscode.l10n.t('client') : vscode.l10n.t('server')} ${state}`;
}

function stateTooltip(hint: PacketHint): string {
  return hint.states
    .map((change) => (change.observed ? vscode.l10n.t('{0}: shown by what it sends (RFC 9293 3.3.2)', stateText(change)) : vscode.l10n.t('{0}: inferred, if this segment arrives (RFC 9293 3.3.2)', stateText(change))))
    .join('\n');
}
