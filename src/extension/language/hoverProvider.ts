import * as vscode from 'vscode';
import { hoverMarkdown } from './markdown';
import type { TextTraces } from './textTraces';
import { tokenPlace } from './tokenPlace';

/** Hover on a token: what it means in this very packet. */
export class TextHoverProvider implements vscode.HoverProvider {
  /** How long the last hover took, in milliseconds: for tests. */
  lastMs = 0;

  constructor(private readonly traces: TextTraces) {}

  async provideHover(document: vscode.TextDocument, position: vscode.Position, token: vscode.CancellationToken): Promise<vscode.Hover | null> {
    const began = performance.now();
    const found = await tokenPlace(this.traces, document, position, token);
    if (!found) return null;
    const { reading, place } = found;
    const hover = await reading.ask('textHover', place, token);
    const range = hover && reading.spanOf(place.packet, hover.span);
    this.lastMs = performance.now() - began;
    return hover && range ? new vscode.Hover(hoverMarkdown(hover.cards, document.uri), range) : null;
  }
}
