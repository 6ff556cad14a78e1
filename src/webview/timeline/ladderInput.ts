import { NO_PACKET } from '../../core/bytes/units';
import type { Session } from '../state/session';
import type { TimelineStore } from '../state/timelineStore';
import type { Ladder } from './ladder';
import type { LadderCards } from './ladderCards';

export const ZOOM_STEP = 1.4;
const DRAG_FROM = 4;

/** What the input does to the pane around the ladder. */
export interface LadderHost {
  selectedRank(): number | null;
  /** A segment that is to be selected as soon as it has been read. */
  awaitedRank(): number | null;
  select(rank: number): void;
  zoom(factor: number, y?: number): void;
  fit(): void;
  panned(): void;
  hover(rank: number | null): void;
  showHover(): void;
}

/** Keys, wheel and pointer on the ladder. */
export class LadderInput {
  constructor(
    private readonly grid: HTMLElement,
    private readonly session: Session,
    private readonly store: TimelineStore,
    private readonly ladder: Ladder,
    private readonly cards: LadderCards,
    private readonly host: LadderHost,
  ) {
    grid.addEventListener('keydown', (event) => this.key(event));
    grid.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    grid.addEventListener('pointerdown', (event) => this.pointerDown(event));
    grid.addEventListener('pointermove', (event) => this.pointerMove(event));
    grid.addEventListener('pointerleave', () => host.hover(null));
    grid.addEventListener('dblclick', () => session.host.run('openExplain'));
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { store, ladder, host } = this;
    const total = store.head?.total ?? 0;
    if (total === 0) return;
    const at = host.awaitedRank() ?? host.selectedRank() ?? ladder.rankAtOrAfter(0) ?? 0;
    const go = (rank: number): void => host.select(Math.max(0, Math.min(total - 1, rank)));
    const ref = store.at(at);
    switch (event.key) {
      case 'ArrowDown':
        go(at + 1);
        break;
      case 'ArrowUp':
        go(at - 1);
        break;
      case 'Home':
        go(0);
        break;
      case 'End':
        go(total - 1);
        break;
      case 'PageDown':
        go(at + ladder.pageSize);
        break;
      case 'PageUp':
        go(at - ladder.pageSize);
        break;
      case 'ArrowLeft':
      case 'ArrowRight': {
        const other = ref?.columns[event.key === 'ArrowLeft' ? 'sentBefore' : 'sentAgain'][ref.i];
        if (other !== undefined && other !== NO_PACKET) go(other);
        break;
      }
      case '+':
      case '=':
        host.zoom(ZOOM_STEP);
        break;
      case '-':
        host.zoom(1 / ZOOM_STEP);
        break;
      case '0':
        host.fit();
        break;
      case 'Enter':
        this.session.host.run('openExplain');
        break;
      case ' ':
        host.showHover();
        break;
      default:
        return;
    }
    event.preventDefault();
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const { ladder, host } = this;
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 30 : event.deltaMode === WheelEvent.DOM_DELTA_PAGE ? ladder.height : 1;
    if (event.ctrlKey || event.metaKey) host.zoom(Math.exp((-event.deltaY * unit) / 300), event.clientY - this.grid.getBoundingClientRect().top);
    else {
      ladder.pan((event.shiftKey ? event.deltaX || event.deltaY : event.deltaY) * unit);
      host.hover(null);
      host.panned();
    }
  }

  private pointerDown(event: PointerEvent): void {
    if (event.button !== 0) return;
    const { grid, ladder, host } = this;
    const start = event.clientY;
    let last = start;
    let dragged = false;
    grid.setPointerCapture(event.pointerId);
    const move = (e: PointerEvent): void => {
      if (!dragged && Math.abs(e.clientY - start) < DRAG_FROM) return;
      dragged = true;
      grid.classList.add('panning');
      ladder.pan(last - e.clientY);
      last = e.clientY;
      host.panned();
    };
    grid.addEventListener('pointermove', move);
    grid.addEventListener(
      'lostpointercapture',
      () => {
        grid.removeEventListener('pointermove', move);
        grid.classList.remove('panning');
        if (dragged) return;
        const y = start - grid.getBoundingClientRect().top;
        const rank = ladder.summed ? ladder.rankAtOrAfter(y) : ladder.rankNear(y);
        if (rank !== null) host.select(rank);
      },
      { once: true },
    );
  }

  private pointerMove(event: PointerEvent): void {
    if (event.buttons !== 0) return;
    const { ladder, cards, host } = this;
    const box = this.grid.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    const run = ladder.runAt(x, y);
    if (run && run.rank >= 0) {
      host.hover(null);
      cards.hoverState(run, y);
      return;
    }
    const rank = ladder.summed ? null : ladder.rankNear(y);
    host.hover(rank);
    const segment = ladder.drawn.find((one) => one.rank === rank);
    if (segment?.ref) cards.hoverSegment(segment, x);
    else cards.leave();
  }
}
