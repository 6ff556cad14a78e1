import * as vscode from 'vscode';
import type { TextTraces } from './textTraces';
import { tokenPlace } from './tokenPlace';

/** F12: from an acknowledgment to the segment that it acknowledges, from a retransmission to its original, from a SYN/ACK to the SYN. */
export class TextDefinitionProvider implements vscode.DefinitionProvider {
  constructor(private readonly traces: TextTraces) {}

  async provideDefinition(document: vscode.TextDocument, position: vscode.Position, token: vscode.CancellationToken): Promise<vscode.LocationLink[] | null> {
    const found = await tokenPlace(this.traces, document, position, token);
    if (!found) return null;
    const { reading, place } = found;
    const links = await reading.ask('textDefinition', place, token);
    const origin = links && reading.spanOf(place.packet, links.span);
    if (!links || !origin) return null;
    return links.targets.flatMap(({ packet }) => {
      const range = reading.rangeOf(packet);
      const first = reading.rangeOf(packet, true);
      return range && first ? [{ originSelectionRange: origin, targetUri: document.uri, targetRange: range, targetSelectionRange: first }] : [];
    });
  }
}
