import * as vscode from 'vscode';
import type { EditorConfig, SequenceFormat, TimeFormat } from '../rpc/webviewMessages';
import type { WorkerOptions } from '../rpc/workerMessages';
import { SEQUENCE_FORMATS, TIME_FORMATS } from './messageChecks';

export const SECTION = 'tcpTrace';

const GIB = 1024 ** 3;
const DEFAULT_READ_WHOLE = 256 * 1024 ** 2;

function settings(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration(SECTION);
}

/** A setting's number in range, or the default: settings.json is edited by hand. */
function numberSetting(key: string, standard: number, least: number, most: number): number {
  const value = settings().get<unknown>(key);
  return typeof value === 'number' && Number.isFinite(value) ? Math.min(most, Math.max(least, Math.round(value))) : standard;
}

export function workerOptions(): WorkerOptions {
  const split = settings().get<unknown>('streams.splitBy');
  const splitStreamsBy = (['vlan', 'tunnel'] as const).filter((by) => Array.isArray(split) && split.includes(by));
  return { maxInflatedBytes: numberSetting('gzip.maxInflatedBytes', 4 * GIB, 1, Number.MAX_SAFE_INTEGER), splitStreamsBy, l10n: l10nContents() };
}

export function maxReadWholeBytes(): number {
  return numberSetting('maxReadWholeBytes', DEFAULT_READ_WHOLE, 0, 2 * GIB);
}

export function editorConfig(fileName: string, filters: Pick<EditorConfig, 'filters' | 'filterHistory' | 'columns'>): EditorConfig {
  const time = settings().get<TimeFormat>('timeFormat', 'relative');
  const sequence = settings().get<SequenceFormat>('sequenceNumbers', 'relative');
  return {
    timeFormat: TIME_FORMATS.includes(time) ? time : 'relative',
    sequenceFormat: SEQUENCE_FORMATS.includes(sequence) ? sequence : 'relative',
    hoverDelayMs: numberSetting('hover.delay', 300, 0, 10_000),
    l10n: l10nContents(),
    fileName,
    names: { hosts: settings().get<unknown>('names.hosts') !== false, ports: settings().get<unknown>('names.ports') === true },
    ...filters,
  };
}

/** The strings of the display language; null for English. Entries with comments carry the text in `message`. */
export function l10nContents(): Record<string, string> | null {
  return vscode.l10n.bundle ?? null;
}
