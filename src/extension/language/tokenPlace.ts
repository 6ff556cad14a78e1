import type * as vscode from 'vscode';
import type { TextPosition } from '../../core/query/textApi';
import type { TextReading } from './textTraceModel';
import type { TextTraces } from './textTraces';

export interface TokenPlace {
  readonly reading: TextReading;
  readonly place: TextPosition;
}

/**
 * The packet and place under a position of a document. The newest finished reading answers for lines that were not
 * edited since; an edited line waits until the text is read again.
 */
export async function tokenPlace(traces: TextTraces, document: vscode.TextDocument, position: vscode.Position, token: vscode.CancellationToken): Promise<TokenPlace | null> {
  const model = traces.get(document);
  let reading = (await model?.latest(token)) ?? null;
  if (!model || !reading) return null;
  if (reading.map.toOld(position.line) === null) reading = await model.fresh(token);
  const record = reading?.placeOf(position.line);
  return reading && record ? { reading, place: { ...record, column: position.character } } : null;
}
