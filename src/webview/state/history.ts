import type { PacketView } from '../../core/engineApi';

/** A place to come back to. */
export interface Place {
  readonly view: PacketView;
  readonly packet: number;
  readonly stream: number | null;
  readonly rank: number | null;
}

const MOST = 200;

/** Back and forward through selections. Small steps move the present place; a jump makes a new one. */
export class History {
  private places: Place[] = [];
  private at = -1;

  get canGoBack(): boolean {
    return this.at > 0;
  }
  get canGoForward(): boolean {
    return this.at < this.places.length - 1;
  }

  record(place: Place, how: 'step' | 'jump'): void {
    const present = this.places[this.at];
    if (present && samePlace(present, place)) return;
    if (how === 'step' && present && sameView(present.view, place.view)) {
      this.places[this.at] = place;
      return;
    }
    this.places.length = this.at + 1;
    this.places.push(place);
    if (this.places.length > MOST) this.places.shift();
    this.at = this.places.length - 1;
  }

  back(): Place | null {
    return this.canGoBack ? this.places[--this.at]! : null;
  }

  forward(): Place | null {
    return this.canGoForward ? this.places[++this.at]! : null;
  }

  /** Packet numbers mean something else from now on. */
  clear(): void {
    this.places = [];
    this.at = -1;
  }
}

export function sameView(a: PacketView, b: PacketView): boolean {
  if ((a.filter ?? '') !== (b.filter ?? '')) return false;
  return a.kind === 'all' ? b.kind === 'all' : b.kind === 'stream' && a.stream === b.stream;
}

function samePlace(a: Place, b: Place): boolean {
  return a.packet === b.packet && sameView(a.view, b.view);
}
