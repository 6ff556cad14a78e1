import * as vscode from 'vscode';
import type { CardDocument, Inline, Rich } from '../core/explain/card';

/**
 * A card as hover markdown. Every text goes through appendText, word by word: as a whole its blanks would become
 * no-break spaces, and the hover would not wrap. `packetLink` gives the command link of a packet, or null for plain text.
 */
export function cardMarkdown(card: CardDocument, packetLink: (packet: number) => string | null = () => null): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString('', true);
  const paragraph = (rich: Rich): void => {
    if (rich.length === 0) return;
    for (const part of rich) appendInline(markdown, part, packetLink);
    markdown.appendMarkdown('\n\n');
  };
  paragraph(card.headline);
  card.here.forEach(paragraph);
  if (card.story.length > 0) markdown.appendMarkdown('---\n\n');
  card.story.forEach(paragraph);
  if (card.sources.length > 0) {
    markdown.appendMarkdown('*');
    appendWords(markdown, card.sources.join(' · '));
    markdown.appendMarkdown('*');
  }
  return markdown;
}

/** What our own texts put into code spans: keys, calls, numbers. */
const PLAIN_CODE = /^[\w./ =:,()+…-]+$/;

function appendInline(markdown: vscode.MarkdownString, part: Inline, packetLink: (packet: number) => string | null): void {
  if (typeof part === 'string') {
    appendWords(markdown, part);
    return;
  }
  if ('strong' in part) {
    markdown.appendMarkdown('**');
    appendWords(markdown, part.strong.trim());
    markdown.appendMarkdown('**');
  } else if ('code' in part) {
    // A code span takes no escapes: only harmless text may stand in one.
    if (PLAIN_CODE.test(part.code)) markdown.appendMarkdown(`\`${part.code}\``);
    else appendWords(markdown, part.code);
  } else {
    const link = packetLink(part.packet);
    if (link === null) appendWords(markdown, part.text);
    else {
      markdown.appendMarkdown('[');
      appendWords(markdown, part.text);
      markdown.appendMarkdown(`](${link})`);
    }
  }
}

function appendWords(markdown: vscode.MarkdownString, text: string): void {
  text.split(/[ \n\t]+/).forEach((word, i) => {
    if (i > 0) markdown.appendMarkdown(' ');
    if (word !== '') markdown.appendText(word);
  });
}
