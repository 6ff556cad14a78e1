import * as vscode from 'vscode';
import type { ActiveCapture } from './activeCapture';
import { CapturePanel, type PanelServices } from './capturePanel';
import { CaptureSession } from './captureSession';
import { SessionPool, type Lease } from './sessionPool';

export const VIEW_TYPE = 'tcpTrace.capture';
/** The same editor, offered for files that may be something else: VS Code knows one priority per view type. */
export const OPTIONAL_VIEW_TYPE = 'tcpTrace.captureOptional';

/** A tab that moves to another group or window part closes and opens within this time. */
const GRACE_MS = 5000;

/** VS Code's document: a share in the session of its URI. */
class CaptureDocument implements vscode.CustomDocument {
  constructor(
    readonly uri: vscode.Uri,
    private readonly lease: Lease<CaptureSession>,
  ) {}

  get session(): CaptureSession {
    return this.lease.value;
  }

  dispose(): void {
    this.lease.release();
  }
}

export class CaptureEditorProvider implements vscode.CustomReadonlyEditorProvider<CaptureDocument> {
  private readonly pool = new SessionPool<CaptureSession>(GRACE_MS);

  constructor(
    private readonly services: PanelServices,
    private readonly active: ActiveCapture,
  ) {}

  register(): vscode.Disposable {
    const options = { supportsMultipleEditorsPerDocument: true, webviewOptions: { retainContextWhenHidden: false, enableFindWidget: false } };
    return vscode.Disposable.from(
      vscode.window.registerCustomEditorProvider(VIEW_TYPE, this, options),
      vscode.window.registerCustomEditorProvider(OPTIONAL_VIEW_TYPE, this, options),
    );
  }

  openCustomDocument(uri: vscode.Uri, context: vscode.CustomDocumentOpenContext): CaptureDocument {
    const create = (): CaptureSession => new CaptureSession(uri, this.services.extensionUri, this.services.log, context.untitledDocumentData);
    return new CaptureDocument(uri, this.pool.acquire(uri.toString(), create));
  }

  resolveCustomEditor(document: CaptureDocument, webviewPanel: vscode.WebviewPanel): void {
    const panel = new CapturePanel(document.session, webviewPanel, this.services);
    webviewPanel.onDidDispose(() => panel.dispose());
    this.active.add(panel);
  }

  /** Starts every worker anew: a setting that shapes the tables has changed. */
  async restartAll(): Promise<void> {
    await Promise.all(this.pool.values().map((session) => session.restart()));
  }

  /** Closes everything and lets the workers delete their temporary files. */
  end(): Promise<void> {
    return this.pool.end();
  }
}
