import { wheelRows, type ScrollModel } from './scrollModel';

export interface PointerHost {
  readonly model: ScrollModel;
  readonly rowHeight: number;
  scrolled(): void;
  press(row: number, column: number, event: MouseEvent): void;
  activate(row: number): void;
  place(target: EventTarget | null): { readonly row: number; readonly column: number } | null;
}

/** Speed in rows per millisecond below which a flick ends. */
const REST = 0.002;
const FAST = 5;

/** Wheel, touch, and clicks on the rows. */
export function listenToPointer(body: HTMLElement, host: PointerHost): void {
  body.addEventListener(
    'wheel',
    (event) => {
      // Zoom, and sideways scrolling, are the browser's.
      if (event.ctrlKey || event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return;
      const rows = wheelRows(event.deltaY, event.deltaMode, host.model.visible) * (event.altKey ? FAST : 1);
      if (host.model.scrollBy(rows)) host.scrolled();
      // At the ends too: the page around must not move instead.
      if (host.model.maxTop > 0) event.preventDefault();
    },
    { passive: false },
  );
  body.addEventListener('mousedown', (event) => {
    const place = host.place(event.target);
    if (!place || event.button === 1) return;
    // The right button selects too: the menu is about this cell.
    event.preventDefault();
    host.press(place.row, place.column, event);
  });
  body.addEventListener('dblclick', (event) => {
    const place = host.place(event.target);
    if (place) host.activate(place.row);
  });
  listenToTouch(body, host);
}

function listenToTouch(body: HTMLElement, host: PointerHost): void {
  let last = { y: 0, time: 0 };
  let speed = 0;
  let flick = 0;
  const stop = (): void => cancelAnimationFrame(flick);
  const scrollBy = (rows: number): boolean => {
    const moved = host.model.scrollBy(rows);
    if (moved) host.scrolled();
    return moved;
  };
  body.addEventListener(
    'touchstart',
    (event) => {
      stop();
      speed = 0;
      last = { y: event.touches[0]!.clientY, time: event.timeStamp };
    },
    { passive: true },
  );
  body.addEventListener(
    'touchmove',
    (event) => {
      if (event.touches.length !== 1) return;
      const y = event.touches[0]!.clientY;
      const rows = (last.y - y) / host.rowHeight;
      const time = Math.max(1, event.timeStamp - last.time);
      speed = 0.7 * (rows / time) + 0.3 * speed;
      last = { y, time: event.timeStamp };
      scrollBy(rows);
    },
    { passive: true },
  );
  body.addEventListener('touchend', () => {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    let time = performance.now();
    const glide = (now: number): void => {
      const passed = Math.max(0, now - time);
      time = now;
      speed *= Math.exp(-passed / 325);
      if (Math.abs(speed) > REST && scrollBy(speed * passed)) flick = requestAnimationFrame(glide);
    };
    flick = requestAnimationFrame(glide);
  });
}
