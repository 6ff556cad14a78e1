import * as vscode from 'vscode';
import { Disposer } from '../dispose';
import { TextCodeLensProvider } from './codeLensProvider';
import { TextDefinitionProvider } from './definitionProvider';
import { TextFoldingProvider } from './foldingProvider';
import { TextHighlightProvider } from './highlightProvider';
import { TextHoverProvider } from './hoverProvider';
import { TextInlayHintsProvider } from './inlayHintsProvider';
import { TextReferenceProvider } from './referenceProvider';
import { TextSymbolProvider } from './symbolProvider';
import { TextDiagnostics } from './textDiagnostics';
import { LANGUAGE_ID, type TextTraces } from './textTraces';

const SELECTOR: vscode.DocumentSelector = { language: LANGUAGE_ID };

/** Registers what the language of text captures offers in VS Code's text editor. */
export class LanguageFeatures extends Disposer {
  readonly hovers: TextHoverProvider;

  constructor(traces: TextTraces) {
    super();
    this.hovers = new TextHoverProvider(traces);
    const { languages } = vscode;
    this.own(languages.registerHoverProvider(SELECTOR, this.hovers));
    this.own(languages.registerDefinitionProvider(SELECTOR, new TextDefinitionProvider(traces)));
    this.own(languages.registerReferenceProvider(SELECTOR, new TextReferenceProvider(traces)));
    this.own(languages.registerDocumentHighlightProvider(SELECTOR, new TextHighlightProvider(traces)));
    this.own(languages.registerDocumentSymbolProvider(SELECTOR, new TextSymbolProvider(traces), { label: 'TCP Trace' }));
    this.own(languages.registerCodeLensProvider(SELECTOR, this.own(new TextCodeLensProvider(traces))));
    this.own(languages.registerFoldingRangeProvider(SELECTOR, this.own(new TextFoldingProvider(traces))));
    this.own(languages.registerInlayHintsProvider(SELECTOR, this.own(new TextInlayHintsProvider(traces))));
    this.own(new TextDiagnostics(traces));
  }
}
