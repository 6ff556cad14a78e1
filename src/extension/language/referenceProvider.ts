import * as vscode from 'vscode';
import type { TextTraces } from './textTraces';
import { tokenPlace } from './tokenPlace';

/** Shift+F12: who acknowledged this, other copies of the range, or the packets of the stream. */
export class TextReferenceProvider implements vscode.ReferenceProvider {
  constructor(private readonly traces: TextTraces) {}

  async provideReferences(document: vscode.TextDocument, position: vscode.Position, context: vscode.ReferenceContext, token: vscode.CancellationToken): Promise<vscode.Location[] | null> {
    const found = await tokenPlace(this.traces, document, position, token);
    if (!found) return null;
    const { reading, place } = found;
    const links = await reading.ask('textReferences', place, token);
    if (!links) return null;
    return links.targets.flatMap(({ packet, relation }) => {
      const range = relation === 'self' && !context.includeDeclaration ? null : reading.rangeOf(packet, true);
      return range ? [new vscode.Location(document.uri, range)] : [];
    });
  }
}
