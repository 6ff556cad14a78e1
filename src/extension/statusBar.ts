import * as vscode from 'vscode';
import type { ActiveCapture } from './activeCapture';
import { Disposer } from './dispose';
import { isBusy, percent, positionText } from './texts';

/** "stream 3/120 - packet 45/1000" while a capture editor is active; a click asks for a packet number. */
export class StatusBar extends Disposer {
  private readonly item: vscode.StatusBarItem;
  private shown = false;

  constructor(private readonly active: ActiveCapture) {
    super();
    this.item = this.own(vscode.window.createStatusBarItem('tcpTrace.position', vscode.StatusBarAlignment.Right, 100));
    this.item.name = vscode.l10n.t('TCP Trace Position');
    this.item.command = 'tcpTrace.goToPacket';
    this.own(active.onChange(() => this.update()));
    this.update();
  }

  /** What the user sees; empty while hidden. */
  get text(): string {
    return this.shown ? this.item.text : '';
  }

  private update(): void {
    const panel = this.active.current;
    this.shown = panel !== null && this.active.hasFocus;
    if (!panel || !this.shown) {
      this.item.hide();
      return;
    }
    const { state } = panel.session;
    const { position } = panel.selection;
    const parts: string[] = [];
    if (position) {
      const now = { ...position, packets: Math.max(position.packets, state.packets), streams: Math.max(position.streams, state.streams) };
      parts.push(positionText(now, { withStream: vscode.l10n.t('stream {stream}/{streams} - packet {packet}/{packets}'), packetOnly: vscode.l10n.t('packet {packet}/{packets}') }));
    } else if (state.phase !== 'failed') parts.push(vscode.l10n.t('{0} streams - {1} packets', state.streams, state.packets));
    if (state.phase === 'inflating') parts.push(vscode.l10n.t('$(sync~spin) unpacking {0}%', percent(state.progress)));
    else if (isBusy(state)) parts.push(vscode.l10n.t('$(sync~spin) reading {0}%', percent(state.progress)));
    else if (state.phase === 'cancelled') parts.push(vscode.l10n.t('$(circle-slash) stopped at {0}%', percent(state.progress)));
    this.item.text = parts.join('  ');
    this.item.tooltip = position ? this.tooltip(position) : vscode.l10n.t('Go to packet...');
    if (parts.length > 0) this.item.show();
    else {
      this.shown = false;
      this.item.hide();
    }
  }

  private tooltip(position: { readonly stream: number | null; readonly rankInStream: number | null; readonly streamPackets: number | null }): string {
    if (position.stream === null || position.rankInStream === null || position.streamPackets === null) return vscode.l10n.t('Not a TCP segment. Click to go to a packet.');
    return vscode.l10n.t(
      'tcp.stream {0} (counted from 0), packet {1} of {2} in this stream. Click to go to a packet.',
      position.stream,
      position.rankInStream + 1,
      position.streamPackets,
    );
  }
}
