import * as vscode from 'vscode';
import { Disposer } from '../dispose';
import { TextDefinitionProvider } from './definitionProvider';
import { TextHoverProvider } from './hoverProvider';
import { TextReferenceProvider } from './referenceProvider';
import { registerTextCommands } from './textCommands';
import { LANGUAGE_ID, type TextTraces } from './textTraces';

const SELECTOR: vscode.DocumentSelector = { language: LANGUAGE_ID };

/** Registers what the language of text captures offers in VS Code's text editor. */
export class LanguageFeatures extends Disposer {
  constructor(traces: TextTraces) {
    super();
    const { languages } = vscode;
    this.own(registerTextCommands(traces));
    this.own(languages.registerHoverProvider(SELECTOR, new TextHoverProvider(traces)));
    this.own(languages.registerDefinitionProvider(SELECTOR, new TextDefinitionProvider(traces)));
    this.own(languages.registerReferenceProvider(SELECTOR, new TextReferenceProvider(traces)));
  }
}
