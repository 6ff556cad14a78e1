import { marksSeverity } from '../../core/analysis/badges';
import { RST } from '../../core/decode/segment';
import { t } from '../../core/l10n';
import type { TimelineBuckets } from '../../core/timelineApi';
import { el } from '../shared/dom';
import type { Theme } from './theme';

/** The whole stream small: who sent how much, where labels are; the part on screen is dragged. */
export class Minimap {
  readonly element = el('div', 'minimap', { 'aria-hidden': 'true' });
  private readonly canvas = el('canvas');
  private readonly slider = el('div', 'minimap-slider');
  private readonly mark = el('div', 'minimap-mark');
  private buckets: TimelineBuckets | null = null;

  /** `go` centres the ladder on a part of the stream, 0..1. */
  constructor(go: (part: number) => void) {
    this.element.title = t('The whole stream. Click or drag to go there.');
    this.element.append(this.canvas, this.slider, this.mark);
    this.element.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      this.element.setPointerCapture(event.pointerId);
      const move = (e: PointerEvent): void => {
        const box = this.element.getBoundingClientRect();
        go(Math.max(0, Math.min(1, (e.clientY - box.top) / box.height)));
      };
      move(event);
      this.element.addEventListener('pointermove', move);
      this.element.addEventListener('lostpointercapture', () => this.element.removeEventListener('pointermove', move), { once: true });
    });
  }

  setBuckets(buckets: TimelineBuckets | null): void {
    this.buckets = buckets;
  }

  /** The part that is on screen, and where the selected segment lies, all 0..1. */
  place(from: number, to: number, selected: number | null): void {
    this.slider.style.top = `${from * 100}%`;
    this.slider.style.height = `max(4px, ${(to - from) * 100}%)`;
    this.mark.hidden = selected === null;
    if (selected !== null) this.mark.style.top = `${selected * 100}%`;
  }

  paint(theme: Theme): void {
    const { clientWidth: width, clientHeight: height } = this.element;
    const ratio = devicePixelRatio;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    const { buckets } = this;
    const ctx = this.canvas.getContext('2d');
    if (!ctx || !buckets || width === 0) return;
    ctx.scale(ratio, ratio);
    const n = buckets.ranks.length;
    const step = height / n;
    let most = 1;
    // Segments without payload count a little, so that a conversation of bare ACKs shows as well.
    const size = (bytes: number, segments: number): number => Math.sqrt(bytes + 60 * segments);
    for (let b = 0; b < n; b++) most = Math.max(most, size(buckets.clientBytes[b]!, buckets.clientSegments[b]!), size(buckets.serverBytes[b]!, buckets.serverSegments[b]!));
    const half = (width - 8) / 2;
    for (let b = 0; b < n; b++) {
      const top = b * step;
      const thick = Math.max(0.5, step);
      ctx.fillStyle = theme.client;
      if (buckets.clientSegments[b]) ctx.fillRect(half - (half * size(buckets.clientBytes[b]!, buckets.clientSegments[b]!)) / most, top, (half * size(buckets.clientBytes[b]!, buckets.clientSegments[b]!)) / most, thick);
      ctx.fillStyle = theme.server;
      if (buckets.serverSegments[b]) ctx.fillRect(half + 1, top, (half * size(buckets.serverBytes[b]!, buckets.serverSegments[b]!)) / most, thick);
      const reset = buckets.flags[b]! & RST;
      if (reset || marksSeverity({ labels: buckets.labels[b]!, verdict: buckets.verdicts[b]! }) === 'warning') {
        ctx.fillStyle = reset ? theme.error : theme.warning;
        ctx.fillRect(width - 5, top - (reset ? 1 : 0), 4, Math.max(2, thick));
      }
    }
  }
}
