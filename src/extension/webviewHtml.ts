import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** Where webviews may load from. */
export function resourceRoots(extensionUri: vscode.Uri): vscode.Uri[] {
  return [vscode.Uri.joinPath(extensionUri, 'dist', 'webview'), vscode.Uri.joinPath(extensionUri, 'media', 'webview')];
}

/** The page of a webview: one module script, its style sheets, nothing else may load or run. */
export function webviewHtml(webview: vscode.Webview, extensionUri: vscode.Uri, page: 'editor' | 'explain', title: string): string {
  const nonce = randomBytes(18).toString('base64url');
  const resource = (...path: string[]): string => webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, ...path)).toString();
  const styles = ['common', page, ...(page === 'editor' ? ['overview'] : [])].map((name) => `<link rel="stylesheet" href="${resource('media', 'webview', `${name}.css`)}">`);
  const from = webview.cspSource;
  // cspSource for scripts lets the module import its chunks, which carry no nonce.
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}' ${from}`,
    `style-src ${from}`,
    `font-src ${from}`,
    `img-src ${from}`,
    `connect-src 'none'`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escapeHtml(vscode.env.language)}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1.0">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" id="vscode-codicon-stylesheet" href="${resource('dist', 'webview', 'codicon.css')}">
${styles.join('\n')}
</head>
<body>
<div id="app"></div>
<script type="module" nonce="${nonce}" src="${resource('dist', 'webview', `${page}.js`)}"></script>
</body>
</html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
