import type { Browser, LaunchOptions } from 'playwright-core';

export interface Server {
  /** http://127.0.0.1:PORT */
  readonly origin: string;
  readonly authority: string;
  readonly port: number;
  readonly dataFolder: string;
  /** Writes user and machine settings over the quiet defaults; a running VS Code takes them up by itself. */
  writeSettings(values: Record<string, unknown>): void;
  /** Everything the server printed, the last 200 000 characters. */
  output(): string;
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly settings?: Record<string, unknown>;
  readonly env?: Record<string, string>;
  readonly vsix?: readonly string[];
  readonly port?: number;
  readonly log?: (line: string) => void;
  readonly timeoutMs?: number;
}

export function cacheFolder(): string;
export function installVscodeWeb(log?: (line: string) => void): Promise<string>;
export function startServer(options?: ServerOptions): Promise<Server>;
export function workbenchUrl(server: Server, what: { folder?: string; extension?: string; tests?: string; openFile?: string }): string;
export function launchBrowser(options?: { log?: (line: string) => void; launch?: LaunchOptions }): Promise<Browser>;
export function isNoise(text: string): boolean;
export const QUIET_SETTINGS: Readonly<Record<string, unknown>>;
