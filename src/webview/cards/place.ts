export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const MARGIN = 6;
const GAP = 4;

/** Where a card of this size goes: below the anchor, else above it, else where most room is; never off the window. */
export function placeCard(anchor: Box, size: { readonly width: number; readonly height: number }, window: { readonly width: number; readonly height: number }): { readonly left: number; readonly top: number } {
  const below = anchor.top + anchor.height + GAP;
  const above = anchor.top - GAP - size.height;
  const roomBelow = window.height - MARGIN - below;
  const clamp = (value: number, room: number): number => Math.max(MARGIN, Math.min(value, room - MARGIN));
  const top = size.height <= roomBelow ? below : above >= MARGIN ? above : anchor.top > roomBelow ? MARGIN : window.height - MARGIN - size.height;
  return { left: clamp(anchor.left, window.width - size.width), top: clamp(top, window.height - size.height) };
}
