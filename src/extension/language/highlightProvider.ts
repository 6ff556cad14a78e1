import * as vscode from 'vscode';
import type { TextTokenData } from '../../core/query/textApi';
import type { TextReading } from './textTraceModel';
import type { TextTraces } from './textTraces';
import { tokenPlace } from './tokenPlace';

/** Most related packets and lines of the stream that are looked at: highlights appear as the cursor moves. */
const MOST_RELATED = 50;
const MOST_LINES = 2000;

/** With the cursor on seq or ack: what belongs to it. Elsewhere: the same token, or the two ends, in the packets of the same stream. */
export class TextHighlightProvider implements vscode.DocumentHighlightProvider {
  constructor(private readonly traces: TextTraces) {}

  async provideDocumentHighlights(document: vscode.TextDocument, position: vscode.Position, cancel: vscode.CancellationToken): Promise<vscode.DocumentHighlight[] | null> {
    const found = await tokenPlace(this.traces, document, position, cancel);
    if (!found) return null;
    const { reading, place } = found;
    const tokens = (await reading.ask('textTokens', { packet: place.packet }, cancel)) ?? [];
    const here = tokens.filter((t) => t.line === place.line && t.start <= place.column && place.column <= t.end).sort((a, b) => a.end - a.start - (b.end - b.start))[0];
    if (!here) return null;
    if (here.kind === 'seq' || here.kind === 'ack') return await this.related(reading, place, here, cancel);
    const stream = reading.streamOf(place.packet);
    if (stream === null) return null;
    const words = ENDS.has(here.kind) ? endpoints(document, reading, place.packet, tokens) : [textOf(document, reading, place.packet, here)];
    return sameWords(document, reading, stream, place.packet, words.filter((word) => word !== ''));
  }

  private async related(reading: TextReading, place: { readonly packet: number; readonly line: number; readonly column: number }, here: TextTokenData, cancel: vscode.CancellationToken): Promise<vscode.DocumentHighlight[]> {
    const own = reading.spanOf(place.packet, here);
    const highlights = own ? [new vscode.DocumentHighlight(own, vscode.DocumentHighlightKind.Text)] : [];
    const answers = await Promise.all([reading.ask('textDefinition', place, cancel), reading.ask('textReferences', place, cancel)]);
    const seen = new Set([place.packet]);
    for (const { packet, relation } of answers.flatMap((links) => links?.targets ?? [])) {
      if (seen.has(packet) || seen.size > MOST_RELATED) continue;
      seen.add(packet);
      const kind = relation === 'acknowledgedBy' ? 'ack' : 'seq';
      const tokens = (await reading.ask('textTokens', { packet }, cancel)) ?? [];
      const token = tokens.find((t) => t.kind === kind) ?? tokens.find((t) => t.kind === 'flags');
      const span = token && reading.spanOf(packet, token);
      if (span) highlights.push(new vscode.DocumentHighlight(span, kind === 'ack' ? vscode.DocumentHighlightKind.Read : vscode.DocumentHighlightKind.Write));
    }
    return highlights;
  }
}

/** Tokens on which the whole stream is meant. */
const ENDS: ReadonlySet<TextTokenData['kind']> = new Set<TextTokenData['kind']>(['srcHost', 'srcPort', 'dstHost', 'dstPort', 'time', 'number', 'network', 'interface', 'direction']);

function textOf(document: vscode.TextDocument, reading: TextReading, packet: number, token: TextTokenData): string {
  const span = reading.spanOf(packet, token);
  return span ? document.getText(span) : '';
}

/** "10.0.0.1.80" of both ends, as the text writes them. */
function endpoints(document: vscode.TextDocument, reading: TextReading, packet: number, tokens: readonly TextTokenData[]): string[] {
  const end = (host: TextTokenData['kind'], port: TextTokenData['kind']): string => {
    const first = tokens.find((t) => t.kind === host);
    const last = tokens.find((t) => t.kind === port) ?? first;
    if (!first || !last) return '';
    // tshark puts addresses and ports into columns of their own.
    const joined = last.line === first.line && last.start >= first.end && last.start - first.end <= 1;
    return textOf(document, reading, packet, joined ? { ...first, end: last.end } : first);
  };
  return [end('srcHost', 'srcPort'), end('dstHost', 'dstPort')];
}

/** All occurrences of the words in the packets of a stream, nearest packets first where there are too many. */
function sameWords(document: vscode.TextDocument, reading: TextReading, stream: number, packet: number, words: readonly string[]): vscode.DocumentHighlight[] {
  const packets = reading.packetsOf(stream);
  const rank = packets.indexOf(packet);
  const from = Math.max(0, Math.min(rank - MOST_LINES / 2, packets.length - MOST_LINES));
  const highlights: vscode.DocumentHighlight[] = [];
  for (const p of packets.slice(from, from + MOST_LINES)) {
    const lines = reading.linesOf(p);
    if (!lines) continue;
    for (let line = lines.first; line <= Math.min(lines.last, lines.first + 3); line++) {
      const { text } = document.lineAt(line);
      for (const word of new Set(words)) {
        for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
          if (!isWhole(text, at, at + word.length)) continue;
          highlights.push(new vscode.DocumentHighlight(new vscode.Range(line, at, line, at + word.length), vscode.DocumentHighlightKind.Text));
        }
      }
    }
  }
  return highlights;
}

/** No word character touches the ends: "win 5" is not in "win 50". */
function isWhole(text: string, start: number, end: number): boolean {
  const word = /\w/;
  return !(start > 0 && word.test(text[start - 1]!) && word.test(text[start]!)) && !(end < text.length && word.test(text[end]!) && word.test(text[end - 1]!));
}
