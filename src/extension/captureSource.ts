import * as vscode from 'vscode';
import type { WorkerSource } from '../rpc/workerMessages';
import { formatBytes } from './texts';

/** The capture cannot be read; the message is for the user. */
export class CaptureSourceError extends Error {
  constructor(
    message: string,
    /** As in FormatError: "too-large", "unreadable". */
    readonly looksLike: string,
  ) {
    super(message);
    this.name = 'CaptureSourceError';
  }
}

/** The text document of this URI whose buffer differs from the disk, if there is one. */
export function unsavedDocument(uri: vscode.Uri): vscode.TextDocument | undefined {
  const key = uri.toString();
  return vscode.workspace.textDocuments.find((document) => (document.isDirty || document.isUntitled) && document.uri.toString() === key);
}

/**
 * Where the engine shall read: the unsaved buffer of an open text document, else the file, else (not on a disk that the
 * extension host can reach) all bytes through VS Code's file system, up to `maxReadWholeBytes`.
 */
export async function captureSource(uri: vscode.Uri, untitled: Uint8Array | undefined, maxReadWholeBytes: number): Promise<WorkerSource> {
  const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
  if (untitled) return { kind: 'bytes', bytes: exact(untitled), name };
  const document = unsavedDocument(uri);
  if (document) return { kind: 'bytes', bytes: new TextEncoder().encode(document.getText()), name };
  if (uri.scheme === 'file') return { kind: 'file', path: uri.fsPath };
  try {
    checkSize((await vscode.workspace.fs.stat(uri)).size, maxReadWholeBytes);
    const bytes = await vscode.workspace.fs.readFile(uri);
    checkSize(bytes.length, maxReadWholeBytes);
    return { kind: 'bytes', bytes: exact(bytes), name };
  } catch (error) {
    if (error instanceof CaptureSourceError) throw error;
    throw new CaptureSourceError(vscode.l10n.t('The file could not be read: {0}', error instanceof Error ? error.message : String(error)), 'unreadable');
  }
}

function checkSize(size: number, most: number): void {
  if (size <= most) return;
  throw new CaptureSourceError(
    vscode.l10n.t(
      'The file has {0}. A capture that is not on a local disk is read whole into memory, and only up to {1}. To open it, raise the setting "tcpTrace.maxReadWholeBytes" to at least {2} and reload, or copy the file to a disk.',
      formatBytes(size),
      formatBytes(most),
      size,
    ),
    'too-large',
  );
}

/** The same bytes in a buffer of their own size: a message carries the whole buffer of a view. */
function exact(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}
