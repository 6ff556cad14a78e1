import * as vscode from 'vscode';
import type { Problem, TextTokenData } from '../../core/query/textApi';
import { Disposer } from '../dispose';
import { SECTION } from '../settings';
import type { TextReading, TextTraceModel } from './textTraceModel';
import type { TextTraces } from './textTraces';

/** Most entries of one document in the Problems panel. */
export const MOST_PROBLEMS = 200;
const SETTING = 'text.diagnostics';

/** Problems of text captures in the Problems panel: at most 200 a document, worst first, warning or lower. */
export class TextDiagnostics extends Disposer {
  private readonly collection = this.own(vscode.languages.createDiagnosticCollection('tcp-trace'));

  constructor(private readonly traces: TextTraces) {
    super();
    this.own(traces.onRead(({ model, reading }) => void this.show(model, reading)));
    this.own(traces.onClose((document) => this.collection.delete(document.uri)));
    this.own(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(`${SECTION}.${SETTING}`)) for (const model of traces.all()) void this.show(model, model.current);
      }),
    );
  }

  private async show(model: TextTraceModel, reading: TextReading | null): Promise<void> {
    const { document } = model;
    if (!reading || !isWanted(document)) {
      this.collection.delete(document.uri);
      return;
    }
    const problems = (await reading.ask('problems', { most: MOST_PROBLEMS })) ?? [];
    const diagnostics = await Promise.all(problems.map((problem) => diagnosticOf(reading, problem)));
    // A newer reading, or the end of the document, came in between.
    if (this.disposed || document.isClosed || model.current !== reading) return;
    this.collection.set(
      document.uri,
      diagnostics.filter((diagnostic) => diagnostic !== null),
    );
  }
}

/** Read-only versions (of a diff, of another commit) are not complained about. */
function isWanted(document: vscode.TextDocument): boolean {
  const writable = document.isUntitled || vscode.workspace.fs.isWritableFileSystem(document.uri.scheme) === true;
  return writable && document.uri.scheme !== 'git' && vscode.workspace.getConfiguration(SECTION, document).get<boolean>(SETTING, true);
}

/** What a problem underlines in its packet's text. */
const UNDERLINED: readonly (readonly [code: RegExp, kind: TextTokenData['kind']])[] = [
  [/window/, 'win'],
  [/ack/, 'ack'],
  [/retransmission|lost_segment|out_of_order|^loss\.|^order\./, 'seq'],
];

async function diagnosticOf(reading: TextReading, problem: Problem): Promise<vscode.Diagnostic | null> {
  const line = reading.rangeOf(problem.packet, true);
  if (!line) return null;
  const tokens = (await reading.ask('textTokens', { packet: problem.packet })) ?? [];
  const kind = UNDERLINED.find(([code]) => code.test(problem.code))?.[1];
  const token = tokens.find((t) => t.kind === kind) ?? tokens.find((t) => t.kind === 'flags');
  const range = (token && reading.spanOf(problem.packet, token)) ?? line;
  const severity = problem.severity === 'warning' ? vscode.DiagnosticSeverity.Warning : vscode.DiagnosticSeverity.Information;
  const diagnostic = new vscode.Diagnostic(range, problem.message, severity);
  diagnostic.source = 'TCP Trace';
  diagnostic.code = problem.code;
  diagnostic.relatedInformation = problem.related.flatMap(({ packet, message }) => {
    const place = reading.rangeOf(packet, true);
    return place ? [new vscode.DiagnosticRelatedInformation(new vscode.Location(reading.document.uri, place), message)] : [];
  });
  return diagnostic;
}
