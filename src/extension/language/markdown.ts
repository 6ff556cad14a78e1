import * as vscode from 'vscode';
import type { CardDocument } from '../../core/explain/card';
import { cardMarkdown } from '../cardMarkdown';

/** The only command that a hover's links may run; it checks its arguments. */
export const GO_TO_PACKET = 'tcpTrace.text.goToPacket';

/** Cards as a native hover, whose links lead to packets of the same document only. */
export function hoverMarkdown(cards: readonly CardDocument[], uri: vscode.Uri): vscode.MarkdownString[] {
  return cards.map((card) => {
    const markdown = cardMarkdown(card, (packet) => packetLink(uri, packet));
    markdown.isTrusted = { enabledCommands: [GO_TO_PACKET] };
    return markdown;
  });
}

/** A link that goes to a packet of the document. */
function packetLink(uri: vscode.Uri, packet: number): string {
  return vscode.Uri.from({ scheme: 'command', path: GO_TO_PACKET, query: JSON.stringify([uri.toString(), packet]) }).toString();
}
