import { el } from '../shared/dom';

export interface SplitterOptions {
  readonly label: string;
  /** A vertical line is moved sideways. */
  readonly orientation: 'vertical' | 'horizontal';
  /** Percent of the container that the part before the line takes, before a person moves it. */
  readonly initial: number;
  readonly min: number;
  readonly max: number;
  /** Custom property on the container that holds the size ("--streams"). */
  readonly property: string;
  readonly container: HTMLElement;
  /** What `min` and `max` are parts of, when it is not the container as a whole; percent of it that lies before. */
  readonly before?: () => number;
  changed(size: number | null): void;
}

const STEP = 2;

/** A line between two panes: dragged, moved by arrow keys, put back by double click or Enter. */
export class Splitter {
  readonly element: HTMLElement;
  private size: number;

  constructor(private readonly options: SplitterOptions) {
    const { label, orientation, min, max } = options;
    this.element = el('div', `splitter ${orientation}`, {
      role: 'separator',
      'aria-label': label,
      'aria-orientation': orientation,
      'aria-valuemin': String(min),
      'aria-valuemax': String(max),
      tabindex: '0',
    });
    this.size = options.initial;
    this.set(this.size);
    this.element.addEventListener('pointerdown', (event) => this.drag(event));
    this.element.addEventListener('dblclick', () => this.reset());
    this.element.addEventListener('keydown', (event) => this.key(event));
  }

  set(size: number): void {
    const { container, property, min, max } = this.options;
    this.size = Math.min(max, Math.max(min, size));
    container.style.setProperty(property, `${this.size}%`);
    this.element.setAttribute('aria-valuenow', String(Math.round(this.size)));
  }

  private move(size: number): void {
    this.set(size);
    this.options.changed(this.size);
  }

  private reset(): void {
    this.set(this.options.initial);
    this.options.changed(null);
  }

  private drag(event: PointerEvent): void {
    if (event.button !== 0) return;
    event.preventDefault();
    this.element.focus({ preventScroll: true });
    const { container, orientation, before } = this.options;
    const box = container.getBoundingClientRect();
    const upright = orientation === 'vertical';
    this.element.setPointerCapture(event.pointerId);
    this.element.classList.add('dragging');
    const onMove = (e: PointerEvent): void => {
      const part = upright ? (e.clientX - box.left) / box.width : (e.clientY - box.top) / box.height;
      this.move(part * 100 - (before?.() ?? 0));
    };
    const onEnd = (): void => {
      this.element.classList.remove('dragging');
      this.element.removeEventListener('pointermove', onMove);
      this.element.removeEventListener('lostpointercapture', onEnd);
    };
    this.element.addEventListener('pointermove', onMove);
    this.element.addEventListener('lostpointercapture', onEnd);
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const upright = this.options.orientation === 'vertical';
    if (event.key === (upright ? 'ArrowLeft' : 'ArrowUp')) this.move(this.size - STEP);
    else if (event.key === (upright ? 'ArrowRight' : 'ArrowDown')) this.move(this.size + STEP);
    else if (event.key === 'Home') this.move(this.options.min);
    else if (event.key === 'End') this.move(this.options.max);
    else if (event.key === 'Enter') this.reset();
    else return;
    event.preventDefault();
  }

  get current(): number {
    return this.size;
  }
}
