import * as vscode from 'vscode';
import { Disposer } from '../dispose';
import { TextTraceModel, type TextReading } from './textTraceModel';

/** Id of the language of text captures. */
export const LANGUAGE_ID = 'tcpdump';

/** The documents of the language: one model each, made when a feature first asks, ended when the document closes. */
export class TextTraces extends Disposer {
  private readonly models = new Map<vscode.TextDocument, TextTraceModel>();
  private readonly readEmitter = this.own(new vscode.EventEmitter<{ readonly model: TextTraceModel; readonly reading: TextReading | null }>());
  private readonly closeEmitter = this.own(new vscode.EventEmitter<vscode.TextDocument>());

  /** A document was read anew. */
  readonly onRead = this.readEmitter.event;
  private readonly studyEmitter = this.own(new vscode.EventEmitter<TextReading>());
  /** The study of a document's reading has ended. */
  readonly onStudied = this.studyEmitter.event;
  /** A document was closed, or is of the language no more. */
  readonly onClose = this.closeEmitter.event;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    this.own(
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.models.get(document)?.edited(contentChanges);
      }),
    );
    this.own(
      vscode.workspace.onDidCloseTextDocument((document) => {
        const model = this.models.get(document);
        if (!model) return;
        this.models.delete(document);
        model.dispose();
        this.closeEmitter.fire(document);
      }),
    );
    this.own(vscode.window.onDidChangeVisibleTextEditors(() => this.seeVisible()));
    this.seeVisible();
  }

  /** The model of a document; null when it is not of the language or closed. */
  get(document: vscode.TextDocument): TextTraceModel | null {
    if (this.disposed || document.isClosed || document.languageId !== LANGUAGE_ID) return null;
    let model = this.models.get(document);
    if (!model) {
      const made = new TextTraceModel(document, this.extensionUri, this.log);
      model = made;
      this.models.set(document, made);
      made.onRead((reading) => this.readEmitter.fire({ model: made, reading }));
      made.onStudied((reading) => this.studyEmitter.fire(reading));
    }
    return model;
  }

  all(): TextTraceModel[] {
    return [...this.models.values()];
  }

  /** The model of an open document by its URI as text, as commands carry it. */
  find(uri: unknown): TextTraceModel | null {
    if (typeof uri !== 'string') return null;
    const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri);
    return document ? this.get(document) : null;
  }

  /** Reads every document anew: a setting that shapes the tables has changed. */
  async restartAll(): Promise<void> {
    await Promise.all([...this.models.values()].map((model) => model.restart()));
  }

  /** Problems are shown without being asked for: documents on the screen are read at once. */
  private seeVisible(): void {
    for (const { document } of vscode.window.visibleTextEditors) this.get(document);
  }

  override dispose(): void {
    for (const model of this.models.values()) model.dispose();
    this.models.clear();
    super.dispose();
  }
}
