import * as vscode from 'vscode';
import type { StreamOutline } from '../../core/query/textApi';
import { Disposer } from '../dispose';
import { SECTION } from '../settings';
import { streamSummary } from './symbolProvider';
import { SELECT_STREAM, SHOW_IN_CAPTURE } from './textCommands';
import type { TextTraces } from './textTraces';

/** Most streams that get a lens. */
const MOST_STREAMS = 1000;

/** Above each stream's first packet: its verdict (how it stands, until there is one), "open timeline", "select packets". */
export class TextCodeLensProvider extends Disposer implements vscode.CodeLensProvider {
  private readonly changeEmitter = this.own(new vscode.EventEmitter<void>());
  readonly onDidChangeCodeLenses = this.changeEmitter.event;

  constructor(private readonly traces: TextTraces) {
    super();
    this.own(traces.onRead(() => this.changeEmitter.fire()));
    this.own(traces.onStudied(() => this.changeEmitter.fire()));
    this.own(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(`${SECTION}.text.codeLens`)) this.changeEmitter.fire();
      }),
    );
  }

  async provideCodeLenses(document: vscode.TextDocument, token: vscode.CancellationToken): Promise<vscode.CodeLens[] | null> {
    if (!vscode.workspace.getConfiguration(SECTION, document).get<boolean>('text.codeLens', true)) return null;
    const reading = await this.traces.get(document)?.latest(token);
    const outlines = await reading?.ask('streamOutlines', { start: 0, count: MOST_STREAMS, phases: false }, token);
    if (!reading || !outlines) return null;
    const uri = document.uri.toString();
    return outlines.flatMap((outline) => {
      const range = reading.rangeOf(outline.firstPacket, true);
      if (!range) return [];
      const link = (title: string, command: string): vscode.CodeLens => new vscode.CodeLens(range, { title, command, arguments: [uri, outline.firstPacket] });
      return [
        new vscode.CodeLens(range, { title: verdictTitle(outline), tooltip: streamSummary(outline), command: '' }),
        link(vscode.l10n.t('open timeline'), SHOW_IN_CAPTURE),
        link(vscode.l10n.t('select packets'), SELECT_STREAM),
      ];
    });
  }
}

const SEVERITY_ICONS = { error: '$(error)', warning: '$(warning)', info: '$(info)' } as const;

/** "$(error) stream 3: Reset by the server after 2.1 s." Names of hosts do not stand in it. */
function verdictTitle(outline: StreamOutline): string {
  if (outline.verdict === '') return streamSummary(outline);
  const title = vscode.l10n.t('stream {0}: {1}', outline.stream, outline.verdict);
  return outline.severity ? `${SEVERITY_ICONS[outline.severity]}\u00a0${title}` : title;
}
