import * as vscode from 'vscode';
import type { CardDocument, Rich } from '../../core/explain/card';

/** The only command that a hover's links may run; it checks its arguments. */
export const GO_TO_PACKET = 'tcpTrace.text.goToPacket';

/** Cards as a native hover. Text goes through appendText, links lead to packets of the same document only. */
export function hoverMarkdown(cards: readonly CardDocument[], uri: vscode.Uri): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  markdown.isTrusted = { enabledCommands: [GO_TO_PACKET] };
  cards.forEach((card, i) => {
    if (i > 0) markdown.appendMarkdown('\n\n---\n\n');
    paragraph(markdown, card.headline, uri);
    for (const line of card.here) paragraph(markdown, line, uri);
    for (const line of card.story) paragraph(markdown, line, uri);
    if (card.sources.length > 0) {
      markdown.appendMarkdown('_');
      markdown.appendText(card.sources.join(', '));
      markdown.appendMarkdown('_\n\n');
    }
  });
  return markdown;
}

function paragraph(markdown: vscode.MarkdownString, rich: Rich, uri: vscode.Uri): void {
  for (const part of rich) {
    if (typeof part === 'string') markdown.appendText(part);
    else if ('strong' in part) {
      markdown.appendMarkdown('**');
      markdown.appendText(part.strong.trim());
      markdown.appendMarkdown('**');
    } else if ('code' in part) markdown.appendMarkdown(`\`${part.code.replace(/[`\r\n]/g, ' ')}\``);
    else markdown.appendMarkdown(`[${part.text.replace(/[^#\w. ]/g, '')}](${packetLink(uri, part.packet)})`);
  }
  markdown.appendMarkdown('\n\n');
}

/** A link that goes to a packet of the document. */
function packetLink(uri: vscode.Uri, packet: number): string {
  return vscode.Uri.from({ scheme: 'command', path: GO_TO_PACKET, query: JSON.stringify([uri.toString(), packet]) }).toString();
}
