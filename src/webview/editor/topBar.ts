import { grouped } from '../../core/explain/words';
import { t } from '../../core/l10n';
import type { TimeFormat } from '../../rpc/webviewMessages';
import { formatBytes, percent } from '../format/text';
import { TIME_FORMATS } from '../format/time';
import type { Session } from '../state/session';
import { el, iconButton } from '../shared/dom';
import { FindingButtons } from './findingButtons';

const timeNames = (): Readonly<Record<TimeFormat, string>> => ({
  relative: t('since the first packet'),
  delta: t('since the row above'),
  streamRelative: t('since the stream began'),
  streamDelta: t('since the stream\'s previous packet'),
  utc: t('date and time, UTC'),
  local: t('date and time, local'),
  epoch: t('seconds since 1970'),
});

/** What the capture is, how it is shown, and the buttons for walking through it. */
export class TopBar {
  readonly element = el('header', 'top-bar', { role: 'toolbar' });
  private readonly summary = el('span', 'summary');
  private readonly progress = el('span', 'progress', { role: 'progressbar', 'aria-valuemin': '0', 'aria-valuemax': '100' });
  private readonly bar = el('span', 'progress-bar');
  private readonly cancel: HTMLButtonElement;
  private readonly time = el('select', 'select');
  private readonly sequence = el('button', 'toggle', { type: 'button' });
  private readonly back: HTMLButtonElement;
  private readonly forward: HTMLButtonElement;
  private readonly findings: FindingButtons;

  constructor(private readonly session: Session) {
    this.element.setAttribute('aria-label', t('Capture'));
    this.progress.append(this.bar);
    this.progress.setAttribute('aria-label', t('Indexing'));
    this.cancel = iconButton('debug-stop', t('Stop indexing'), () => void session.control(this.studying ? 'cancelStudy' : 'cancelIndexing'));
    this.back = iconButton('arrow-left', t('Go back'), () => session.jumps.travel('back'));
    this.forward = iconButton('arrow-right', t('Go forward'), () => session.jumps.travel('forward'));
    const names = timeNames();
    for (const format of TIME_FORMATS) this.time.append(el('option', '', { value: format }, names[format]));
    this.time.title = t('What the Time column shows');
    this.time.setAttribute('aria-label', t('Time format'));
    this.time.addEventListener('change', () => session.setFormat({ timeFormat: this.time.value as TimeFormat }));
    this.sequence.addEventListener('click', () => session.setFormat({ sequenceFormat: session.viewState.sequenceFormat === 'relative' ? 'raw' : 'relative' }));
    const group = (...buttons: HTMLElement[]): HTMLElement => {
      const element = el('span', 'button-group');
      element.append(...buttons);
      return element;
    };
    this.findings = new FindingButtons(session);
    this.element.append(
      this.summary,
      this.progress,
      this.cancel,
      el('span', 'spacer'),
      this.findings.element,
      group(this.back, this.forward),
      group(
        iconButton('chevron-up', t('Previous packet of the stream'), () => session.jumps.inStream('previousInStream')),
        iconButton('chevron-down', t('Next packet of the stream'), () => session.jumps.inStream('nextInStream')),
        iconButton('arrow-swap', t('Next packet of the other direction'), () => session.jumps.inStream('nextOtherDirection')),
        iconButton('triangle-up', t('First packet of the stream (SYN)'), () => session.jumps.inStream('firstOfStream')),
        iconButton('triangle-down', t('Last packet of the stream'), () => session.jumps.inStream('lastOfStream')),
      ),
      group(
        iconButton('symbol-number', t('Go to packet... (Ctrl+G)'), () => session.host.run('goToPacket')),
        iconButton('list-selection', t('Go to stream...'), () => session.host.run('goToStream')),
        iconButton('question', t('Explain this packet: TCP Explain'), () => session.host.run('openExplain')),
      ),
      this.time,
      this.sequence,
    );
    session.events.on(['state', 'format', 'selection', 'view'], () => this.update());
    this.update();
  }

  private get studying(): boolean {
    const { phase, study } = this.session.state;
    return phase === 'done' && study.phase === 'running';
  }

  private update(): void {
    const { state, viewState, history } = this.session;
    const busy = state.phase === 'indexing' || state.phase === 'inflating';
    const other = state.packets - state.tcpPackets;
    const packets = other > 0 ? t('{0} TCP of {1} packets', grouped(state.tcpPackets), grouped(state.packets)) : state.packets === 1 ? t('1 packet') : t('{0} packets', grouped(state.packets));
    const streams = state.streams === 1 ? t('1 stream') : t('{0} streams', grouped(state.streams));
    this.summary.textContent = state.phase === 'inflating' ? t('Unpacking...') : `${packets}, ${streams}`;
    this.summary.title = [state.description, formatBytes(state.bytes), ...state.interfaces.map((i) => `${i.name ? `${i.name}: ` : ''}${i.linkName}`), ...state.comments].filter(Boolean).join('\n');
    const done = busy ? state.progress : state.study.progress;
    this.progress.hidden = this.cancel.hidden = !busy && !this.studying;
    this.progress.setAttribute('aria-label', busy ? t('Indexing') : t('Looking for findings'));
    this.progress.title = busy ? t('Indexing') : t('Looking for findings');
    this.cancel.title = busy ? t('Stop indexing') : t('Stop looking for findings');
    this.cancel.setAttribute('aria-label', this.cancel.title);
    this.progress.setAttribute('aria-valuenow', String(percent(done)));
    this.bar.style.width = `${done * 100}%`;
    this.findings.update();
    this.time.value = viewState.timeFormat;
    const raw = viewState.sequenceFormat === 'raw';
    this.sequence.textContent = raw ? t('Seq: raw') : t('Seq: relative');
    this.sequence.title = raw ? t('Sequence numbers as sent. Click for relative ones.') : t('Sequence numbers count from the start of each connection. Click for raw ones.');
    this.sequence.setAttribute('aria-pressed', String(raw));
    this.back.disabled = !history.canGoBack;
    this.forward.disabled = !history.canGoForward;
  }
}
