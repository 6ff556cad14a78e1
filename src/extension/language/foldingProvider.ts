import * as vscode from 'vscode';
import { Disposer } from '../dispose';
import { foldsOf } from './folds';
import type { TextTraces } from './textTraces';

/** Most folds that are handed over; VS Code itself shows 5000 by default. */
const MOST_FOLDS = 20_000;

/** Folds packets of several lines and runs of packets of one stream. */
export class TextFoldingProvider extends Disposer implements vscode.FoldingRangeProvider {
  private readonly changeEmitter = this.own(new vscode.EventEmitter<void>());
  readonly onDidChangeFoldingRanges = this.changeEmitter.event;

  constructor(private readonly traces: TextTraces) {
    super();
    this.own(traces.onRead(() => this.changeEmitter.fire()));
  }

  async provideFoldingRanges(document: vscode.TextDocument, _context: vscode.FoldingContext, token: vscode.CancellationToken): Promise<vscode.FoldingRange[] | null> {
    const reading = await this.traces.get(document)?.latest(token);
    if (!reading) return null;
    const folds = foldsOf(reading.packets, (p) => reading.streamOf(p), (p) => reading.linesOf(p));
    return folds.slice(0, MOST_FOLDS).map(({ first, last }) => new vscode.FoldingRange(first, last, vscode.FoldingRangeKind.Region));
  }
}
