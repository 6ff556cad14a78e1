/** The one door for user-visible text of core, worker, webview and CLI. Placeholders are {0} or {name}. */
export { t, config as configureL10n } from '@vscode/l10n';
