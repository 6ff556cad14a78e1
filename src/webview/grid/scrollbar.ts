import { el } from '../shared/dom';
import type { ScrollModel } from './scrollModel';

const MIN_THUMB = 24;

/** The grid's own scrollbar: its thumb stands for a row number. The grid's keys do the same, so it is hidden from assistive technology. */
export class Scrollbar {
  readonly element = el('div', 'grid-track', { 'aria-hidden': 'true' });
  private readonly thumb = el('div', 'grid-thumb');
  private height = 0;

  constructor(
    private readonly model: ScrollModel,
    private readonly changed: () => void,
  ) {
    this.element.append(this.thumb);
    this.element.addEventListener('pointerdown', (event) => this.start(event));
  }

  update(height: number): void {
    this.height = height;
    const { start, size } = this.model.thumb(height, MIN_THUMB);
    this.element.classList.toggle('idle', size === 0);
    this.thumb.style.height = `${size}px`;
    this.thumb.style.transform = `translateY(${start}px)`;
  }

  private start(event: PointerEvent): void {
    if (event.button !== 0) return;
    event.preventDefault();
    const box = this.element.getBoundingClientRect();
    const at = event.clientY - box.top;
    const { start, size } = this.model.thumb(this.height, MIN_THUMB);
    // Beside the thumb: it comes to the pointer, as in VS Code's own lists.
    const grip = at >= start && at <= start + size ? at - start : size / 2;
    const move = (to: number): void => {
      if (this.model.scrollTo(this.model.topOfThumb(to - grip, this.height, MIN_THUMB))) this.changed();
    };
    move(at);
    this.element.setPointerCapture(event.pointerId);
    this.element.classList.add('dragging');
    const onMove = (e: PointerEvent): void => move(e.clientY - box.top);
    const onEnd = (): void => {
      this.element.classList.remove('dragging');
      this.element.removeEventListener('pointermove', onMove);
      this.element.removeEventListener('lostpointercapture', onEnd);
    };
    this.element.addEventListener('pointermove', onMove);
    this.element.addEventListener('lostpointercapture', onEnd);
  }
}
