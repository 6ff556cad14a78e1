import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A text, the oracle rows of the capture it was printed from (null when there is none), and what kind of text it is. */
export interface TextPair {
  readonly file: string;
  readonly oracle: string | null;
  /** Other oracles that it may be of: some texts were printed from several captures under one name. */
  readonly alternative: string | null;
  /** "tcpdump-4.99.3 -n -v", "recordings nvve": a row of the table. */
  readonly variant: string;
  /** Seconds that the printed clock is ahead of UTC, null when not known. */
  readonly zone: number | null;
}

interface GroundTruth {
  readonly captures: readonly { readonly file: string; readonly texts?: Readonly<Record<string, unknown>> }[];
}

/** Every text of the corpora. */
export function textPairs(root: string): TextPair[] {
  return [...corpusTexts(path.join(root, 'corpus/text')), ...craftedTexts(path.join(root, 'spec/crafted')), ...recordingTexts(path.join(root, 'recordings'))];
}

function corpusTexts(folder: string): TextPair[] {
  const [head, ...rows] = readFileSync(path.join(folder, 'INDEX.tsv'), 'utf8').trimEnd().split('\n').map((line) => line.split('\t'));
  const column = (row: readonly string[], name: string): string => row[head!.indexOf(name)] ?? '';
  return rows.map((row) => {
    const oracle = column(row, 'oracle');
    const kind = column(row, 'kind');
    return {
      file: path.join(folder, column(row, 'name')),
      oracle: oracle === '' || !existsSync(path.join(folder, oracle)) ? null : path.join(folder, oracle),
      alternative: null,
      variant: kind.startsWith('wild') ? 'wild' : kind === 'generated' ? /gen__([^_]+(?:__[^_]+)?)__/.exec(column(row, 'name'))?.[1]?.replace('__', ' ') ?? kind : `${column(row, 'tool')} ${column(row, 'version')}`,
      zone: null,
    };
  });
}

function craftedTexts(folder: string): TextPair[] {
  return readdirSync(folder)
    .filter((name) => /\.(tcpdump|tshark).*\.txt$/.test(name))
    .sort()
    .map((name) => {
      const oracle = path.join(folder, `${name.split('.')[0]!}.tsv`);
      return { file: path.join(folder, name), oracle: existsSync(oracle) ? oracle : null, alternative: null, variant: `crafted ${name.split('.').slice(1, -1).join('.')}`, zone: 0 };
    });
}

function recordingTexts(folder: string): TextPair[] {
  const out = new Map<string, TextPair>();
  for (const scenario of readdirSync(folder, { withFileTypes: true }).filter((e) => e.isDirectory() && e.name !== 'oracle').map((e) => e.name).sort()) {
    const truth = JSON.parse(readFileSync(path.join(folder, scenario, 'ground-truth.json'), 'utf8')) as GroundTruth;
    for (const capture of truth.captures) {
      const oracle = path.join(folder, 'oracle', `${scenario}__${capture.file}.tsv`);
      for (const text of Object.keys(capture.texts ?? {})) {
        const file = path.join(folder, scenario, text);
        if (!existsSync(file)) continue;
        const before = out.get(file);
        const variant = text.split('.').slice(-2, -1)[0]!;
        out.set(file, { file, oracle: existsSync(oracle) ? oracle : null, alternative: before?.oracle ?? null, variant: `recorded ${variant}`, zone: 0 });
      }
    }
    for (const name of readdirSync(path.join(folder, scenario)).filter((n) => n.endsWith('.txt'))) {
      const file = path.join(folder, scenario, name);
      if (!out.has(file)) out.set(file, { file, oracle: null, alternative: null, variant: `recorded ${name.split('.').slice(-2, -1)[0]!}`, zone: 0 });
    }
  }
  return [...out.values()];
}
