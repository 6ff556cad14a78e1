import {
  CLOSED, CLOSE_WAIT, CLOSING, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, LAST_ACK, LISTEN, SYN_RECEIVED, SYN_SENT, TIME_WAIT,
} from '../stream/endpointStates';

/** One arrow of the state diagram of RFC 9293 3.3.2 (figure 5). */
export interface StateArrow {
  readonly from: number;
  readonly to: number;
  /** Event and action, as the figure writes them. */
  readonly cause: string;
}

export const STATE_ARROWS: readonly StateArrow[] = [
  { from: CLOSED, to: LISTEN, cause: 'passive OPEN / create TCB' },
  { from: CLOSED, to: SYN_SENT, cause: 'active OPEN / create TCB, snd SYN' },
  { from: LISTEN, to: SYN_RECEIVED, cause: 'rcv SYN / snd SYN,ACK' },
  { from: LISTEN, to: SYN_SENT, cause: 'SEND / snd SYN' },
  { from: SYN_SENT, to: SYN_RECEIVED, cause: 'rcv SYN / snd SYN,ACK' },
  { from: SYN_SENT, to: ESTABLISHED, cause: 'rcv SYN,ACK / snd ACK' },
  { from: SYN_RECEIVED, to: ESTABLISHED, cause: 'rcv ACK of SYN' },
  { from: SYN_RECEIVED, to: FIN_WAIT_1, cause: 'CLOSE / snd FIN' },
  { from: ESTABLISHED, to: FIN_WAIT_1, cause: 'CLOSE / snd FIN' },
  { from: ESTABLISHED, to: CLOSE_WAIT, cause: 'rcv FIN / snd ACK' },
  { from: FIN_WAIT_1, to: FIN_WAIT_2, cause: 'rcv ACK of FIN' },
  { from: FIN_WAIT_1, to: CLOSING, cause: 'rcv FIN / snd ACK' },
  { from: FIN_WAIT_2, to: TIME_WAIT, cause: 'rcv FIN / snd ACK' },
  { from: CLOSING, to: TIME_WAIT, cause: 'rcv ACK of FIN' },
  { from: CLOSE_WAIT, to: LAST_ACK, cause: 'CLOSE / snd FIN' },
  { from: LAST_ACK, to: CLOSED, cause: 'rcv ACK of FIN / delete TCB' },
  { from: TIME_WAIT, to: CLOSED, cause: 'timeout / delete TCB' },
];

/** Changes that the figure leaves to the text: RFC 9293 3.10. */
const BESIDE_THE_FIGURE: readonly StateArrow[] = [
  { from: SYN_RECEIVED, to: CLOSE_WAIT, cause: 'rcv ACK of SYN and FIN / snd ACK' },
  { from: TIME_WAIT, to: SYN_SENT, cause: 'active OPEN of the same ports / snd SYN' },
  { from: ESTABLISHED, to: SYN_RECEIVED, cause: 'SYN,ACK again: the ACK of it never took effect' },
];

/** Why an end went from one state to another. `observed`: by what it sent. */
export function arrowCause(from: number, to: number, observed: boolean): string {
  const arrow = STATE_ARROWS.find((a) => a.from === from && a.to === to) ?? BESIDE_THE_FIGURE.find((a) => a.from === from && a.to === to);
  if (arrow) return arrow.cause;
  return to === CLOSED ? (observed ? 'snd RST / delete TCB' : 'rcv RST / delete TCB') : 'not in the figure';
}

/** Box of a state in the drawing: its centre. CLOSED stands twice, at the top and at the bottom. */
export interface StatePlace {
  readonly state: number;
  readonly x: number;
  readonly y: number;
}

export const DIAGRAM = { width: 336, height: 452, boxWidth: 98, boxHeight: 26 } as const;

export const STATE_PLACES: readonly StatePlace[] = [
  { state: CLOSED, x: 168, y: 20 },
  { state: LISTEN, x: 168, y: 82 },
  { state: SYN_RECEIVED, x: 52, y: 144 },
  { state: SYN_SENT, x: 284, y: 144 },
  { state: ESTABLISHED, x: 168, y: 206 },
  { state: FIN_WAIT_1, x: 52, y: 276 },
  { state: CLOSE_WAIT, x: 284, y: 276 },
  { state: FIN_WAIT_2, x: 52, y: 350 },
  { state: CLOSING, x: 168, y: 350 },
  { state: LAST_ACK, x: 284, y: 350 },
  { state: TIME_WAIT, x: 110, y: 424 },
  { state: CLOSED, x: 284, y: 424 },
];

/** The place of a state as one end of an arrow: CLOSED is the upper box where a connection begins or its opening fails. */
export function placeOf(state: number, other: number, isTarget: boolean): StatePlace {
  if (state !== CLOSED) return STATE_PLACES.find((place) => place.state === state)!;
  const opening = !isTarget || other === LISTEN || other === SYN_SENT || other === SYN_RECEIVED;
  return opening ? STATE_PLACES[0]! : STATE_PLACES.at(-1)!;
}

/**
 * Ends of the line of an arrow, on the borders of both boxes, moved sideways by `shift` so that two ends that took the
 * same arrow stay apart.
 */
export function arrowLine(from: number, to: number, shift: number): { readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number } {
  const a = placeOf(from, to, false);
  const b = placeOf(to, from, true);
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const [ux, uy] = [(b.x - a.x) / length, (b.y - a.y) / length];
  // Distance from a box's centre to its border along the line.
  const reach = Math.min(ux === 0 ? Infinity : (DIAGRAM.boxWidth / 2) / Math.abs(ux), uy === 0 ? Infinity : (DIAGRAM.boxHeight / 2) / Math.abs(uy));
  const [sx, sy] = [-uy * shift, ux * shift];
  return { x1: a.x + ux * reach + sx, y1: a.y + uy * reach + sy, x2: b.x - ux * (reach + 2) + sx, y2: b.y - uy * (reach + 2) + sy };
}
