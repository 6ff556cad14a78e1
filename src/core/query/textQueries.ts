import { NO_STREAM } from '../bytes/units';
import type { Explainer } from '../explain/explain';
import type { RunHost } from '../filter/filterRun';
import type { CaptureModel } from './captureModel';
import type { DecodedPacket } from './packetDetail';
import { problems } from './problems';
import { packetHints, streamOutlines } from './streamOutline';
import type { StreamReplays } from './streamReplays';
import type { StreamOutlineRequest, TextApi, TextIndex, TextPosition, TextTokenData } from './textApi';
import { textHover } from './textHover';
import { textDefinition, textReferences } from './textLinks';
import { TextPlaces } from './textPlaces';

export type TextMethod = keyof TextApi;

const METHODS: ReadonlySet<string> = new Set<TextMethod>([
  'textIndex', 'textTokens', 'textHover', 'textDefinition', 'textReferences', 'streamOutlines', 'packetHints', 'problems', 'lineOfPacket', 'packetAtLine',
]);

export function isTextMethod(method: string): method is TextMethod {
  return METHODS.has(method);
}

/** Answers what is asked about a text capture as a document. */
export class TextQueries {
  constructor(
    private readonly model: CaptureModel,
    private readonly explainer: Explainer,
    private readonly replays: StreamReplays,
    /** Decodes a packet; throws RangeError when there is none. */
    private readonly decode: (params: unknown) => Promise<DecodedPacket>,
    private readonly host: RunHost,
  ) {}

  async answer(method: TextMethod, params: unknown, signal: { readonly aborted: boolean }): Promise<unknown> {
    const { model } = this;
    switch (method) {
      case 'textIndex':
        return textIndex(model);
      case 'textTokens':
        return textTokens(await this.decode(params));
      case 'textHover':
        return await textHover(model, this.explainer, await this.decode(params), params as TextPosition);
      case 'textDefinition':
        return await textDefinition(model, await this.decode(params), params as TextPosition);
      case 'textReferences':
        return await textReferences(model, await this.decode(params), params as TextPosition);
      case 'streamOutlines':
        return await streamOutlines(model, params as StreamOutlineRequest, this.host, signal);
      case 'packetHints': {
        const { start, count } = params as { start: number; count: number };
        return packetHints(model, this.replays, start, count);
      }
      case 'problems':
        return model.studied().then(() => problems(model, (params as { most: number }).most));
      case 'lineOfPacket': {
        const line = model.reader.lineOf?.((params as { packet: number }).packet) ?? 0;
        return line > 0 ? line - 1 : null;
      }
      case 'packetAtLine':
        return packetAtLine(model, (params as { line: number }).line);
    }
  }
}

function textIndex(model: CaptureModel): TextIndex {
  const { packets, streams, reader } = model;
  const line = new Uint32Array(packets.length);
  const lineCount = new Uint16Array(packets.length);
  const stream = new Uint32Array(packets.length).fill(NO_STREAM);
  for (let p = 0; p < packets.length; p++) {
    line[p] = Math.max(0, (reader.lineOf?.(p) ?? 0) - 1);
    lineCount[p] = Math.max(1, reader.lineCountOf?.(p) ?? 1);
    if (packets.isTcp(p)) stream[p] = packets.stream(p);
  }
  return { revision: model.revision, line, lineCount, stream, firstPacket: Uint32Array.from({ length: streams.length }, (_, i) => streams.row(i).firstPacket) };
}

function packetAtLine({ reader }: CaptureModel, line: number): number | null {
  const packet = reader.recordOfLine?.(line + 1) ?? -1;
  if (packet < 0) return null;
  const first = (reader.lineOf?.(packet) ?? 0) - 1;
  return line < first + (reader.lineCountOf?.(packet) ?? 1) ? packet : null;
}

function textTokens({ text, tokens }: DecodedPacket): readonly TextTokenData[] {
  if (!text || !tokens) return [];
  const places = new TextPlaces(text);
  return tokens.map((token) => places.token(token));
}
