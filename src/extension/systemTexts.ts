import path from 'node:path';
import * as vscode from 'vscode';
import { ssCardAt, checkSs } from '../core/knowledge/ssText';
import { checkSysctls } from '../core/knowledge/sysctlCheck';
import { sysctlCard } from '../core/knowledge/sysctlCard';
import { parseSysctlLine, parseSysctlText } from '../core/knowledge/sysctlText';
import { cardMarkdown } from './cardMarkdown';
import { Disposer } from './dispose';

/** Languages of kernel settings and of the output of ss. */
export const SYSCTL_LANGUAGE = 'tcptrace-sysctl';
export const SS_LANGUAGE = 'tcptrace-ss';

const DEBOUNCE_MS = 200;
const MOST_DIAGNOSTICS = 200;

/** Hovers and diagnostics in sysctl files, in the output of `sysctl -a`, and in the output of `ss`. */
export class SystemTexts extends Disposer {
  private readonly diagnostics = this.own(vscode.languages.createDiagnosticCollection('tcp-trace-system'));
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor() {
    super();
    this.own(vscode.languages.registerHoverProvider({ language: SYSCTL_LANGUAGE }, { provideHover: sysctlHover }));
    this.own(vscode.languages.registerHoverProvider({ language: SS_LANGUAGE }, { provideHover: ssHover }));
    this.own(vscode.workspace.onDidOpenTextDocument((document) => this.check(document)));
    this.own(vscode.workspace.onDidChangeTextDocument((event) => this.checkSoon(event.document)));
    this.own(vscode.workspace.onDidCloseTextDocument((document) => this.forget(document.uri)));
    for (const document of vscode.workspace.textDocuments) this.check(document);
  }

  private checkSoon(document: vscode.TextDocument): void {
    if (!isOurs(document)) return;
    const key = document.uri.toString();
    clearTimeout(this.timers.get(key));
    this.timers.set(key, setTimeout(() => this.check(document), DEBOUNCE_MS));
  }

  private check(document: vscode.TextDocument): void {
    if (!isOurs(document) || document.isClosed) return;
    this.timers.delete(document.uri.toString());
    const found = document.languageId === SYSCTL_LANGUAGE ? sysctlDiagnostics(document) : ssDiagnostics(document);
    this.diagnostics.set(document.uri, found.slice(0, MOST_DIAGNOSTICS));
  }

  /** The document closed, or has another language now. */
  private forget(uri: vscode.Uri): void {
    const key = uri.toString();
    clearTimeout(this.timers.get(key));
    this.timers.delete(key);
    this.diagnostics.delete(uri);
  }

  override dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    super.dispose();
  }
}

function isOurs(document: vscode.TextDocument): boolean {
  return document.languageId === SYSCTL_LANGUAGE || document.languageId === SS_LANGUAGE;
}

function* linesOf(document: vscode.TextDocument): Generator<string> {
  for (let line = 0; line < document.lineCount; line++) yield document.lineAt(line).text;
}

function sysctlHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | null {
  const setting = parseSysctlLine(document.lineAt(position.line).text, position.line);
  if (!setting?.spec || position.character < setting.keyStart || position.character > setting.valueEnd) return null;
  return new vscode.Hover(cardMarkdown(sysctlCard(setting.spec, setting.value)), new vscode.Range(position.line, setting.keyStart, position.line, setting.valueEnd));
}

function ssHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | null {
  const found = ssCardAt(document.lineAt(position.line).text, position.line, position.character);
  return found && new vscode.Hover(cardMarkdown(found.card), new vscode.Range(position.line, found.start, position.line, found.end));
}

const SEVERITY = { warning: vscode.DiagnosticSeverity.Warning, info: vscode.DiagnosticSeverity.Information } as const;

function diagnostic(range: vscode.Range, message: string, severity: 'warning' | 'info', code: string): vscode.Diagnostic {
  const made = new vscode.Diagnostic(range, message, SEVERITY[severity]);
  made.source = 'TCP Trace';
  made.code = code;
  return made;
}

function sysctlDiagnostics(document: vscode.TextDocument): vscode.Diagnostic[] {
  // Output of `sysctl -a` only shows values; a configuration sets them.
  const name = path.posix.basename(document.uri.path);
  const configuration = name.endsWith('.conf') || document.uri.path.includes('/sysctl.d/');
  return checkSysctls(parseSysctlText(linesOf(document)), configuration).map((finding) => {
    const { setting } = finding;
    const [start, end] = finding.at === 'key' ? [setting.keyStart, setting.keyEnd] : [setting.valueStart, setting.valueEnd];
    const made = diagnostic(new vscode.Range(setting.line, start, setting.line, end), finding.message, finding.severity, finding.code);
    if (finding.code === 'removed' || finding.code === 'inert') made.tags = [vscode.DiagnosticTag.Deprecated];
    made.relatedInformation = finding.related.map(
      (other) => new vscode.DiagnosticRelatedInformation(new vscode.Location(document.uri, new vscode.Range(other.line, other.keyStart, other.line, other.valueEnd)), `${other.key} = ${other.value}`),
    );
    return made;
  });
}

function ssDiagnostics(document: vscode.TextDocument): vscode.Diagnostic[] {
  return checkSs(linesOf(document)).map((f) => diagnostic(new vscode.Range(f.line, f.start, f.line, f.end), f.message, f.severity, f.code));
}
