import * as vscode from 'vscode';
import type { PacketPosition } from '../core/engineApi';
import { Disposer } from './dispose';
import type { FollowedCapture } from './followedCapture';
import { isBusy, percent, positionText } from './texts';

/** "stream 3/120 - packet 45/1000" while a capture editor or a text capture is active; in the former a click asks for a packet number. */
export class StatusBar extends Disposer {
  private readonly item: vscode.StatusBarItem;
  private shown = false;

  constructor(private readonly followed: FollowedCapture) {
    super();
    this.item = this.own(vscode.window.createStatusBarItem('tcpTrace.position', vscode.StatusBarAlignment.Right, 100));
    this.item.name = vscode.l10n.t('TCP Trace Position');
    this.own(followed.onChange(() => this.update()));
    this.update();
  }

  /** What the user sees; empty while hidden. */
  get text(): string {
    return this.shown ? this.item.text : '';
  }

  private update(): void {
    const { current } = this.followed;
    this.shown = current !== null && this.followed.hasFocus;
    if (!current || !this.shown) {
      this.item.hide();
      return;
    }
    const { state, position } = current;
    const parts: string[] = [];
    if (position) {
      const now = { ...position, packets: Math.max(position.packets, state.packets), streams: Math.max(position.streams, state.streams) };
      parts.push(positionText(now, { withStream: vscode.l10n.t('stream {stream}/{streams} - packet {packet}/{packets}'), packetOnly: vscode.l10n.t('packet {packet}/{packets}') }));
    } else if (state.phase !== 'failed') parts.push(vscode.l10n.t('{0} streams - {1} packets', state.streams, state.packets));
    if (state.phase === 'inflating') parts.push(vscode.l10n.t('$(sync~spin) unpacking {0}%', percent(state.progress)));
    else if (isBusy(state)) parts.push(vscode.l10n.t('$(sync~spin) reading {0}%', percent(state.progress)));
    else if (state.phase === 'cancelled') parts.push(vscode.l10n.t('$(circle-slash) stopped at {0}%', percent(state.progress)));
    this.item.text = parts.join('  ');
    this.item.command = current.isText ? undefined : 'tcpTrace.goToPacket';
    this.item.tooltip = position ? this.tooltip(position, current.isText) : current.isText ? undefined : vscode.l10n.t('Go to packet...');
    if (parts.length > 0) this.item.show();
    else {
      this.shown = false;
      this.item.hide();
    }
  }

  private tooltip(position: PacketPosition, isText: boolean): string {
    if (isText) {
      return position.stream === null || position.rankInStream === null || position.streamPackets === null
        ? vscode.l10n.t('Not a TCP segment.')
        : vscode.l10n.t('tcp.stream {0} (counted from 0), packet {1} of {2} in this stream.', position.stream, position.rankInStream + 1, position.streamPackets);
    }
    if (position.stream === null || position.rankInStream === null || position.streamPackets === null) return vscode.l10n.t('Not a TCP segment. Click to go to a packet.');
    return vscode.l10n.t(
      'tcp.stream {0} (counted from 0), packet {1} of {2} in this stream. Click to go to a packet.',
      position.stream,
      position.rankInStream + 1,
      position.streamPackets,
    );
  }
}
