import { VERDICT_KEEP_ALIVE, VERDICT_WINDOW_PROBE } from '../analysis/segmentVerdict';
import { WHY_OLD_BY_ECHO, WHY_OLD_BY_PERIOD } from '../analysis/verdictReasons';
import { NO_PACKET, type PacketIndex } from '../bytes/units';
import type { VerdictReason } from '../table/verdictTable';
import type { CaptureModel } from './captureModel';

/** Why a packet is taken for a probe although the text shows no number of it; null when it is not. */
function reasonOf(model: CaptureModel, packet: PacketIndex): VerdictReason | null {
  const { verdicts } = model;
  if (!verdicts || !(verdicts.get(packet) & (VERDICT_KEEP_ALIVE | VERDICT_WINDOW_PROBE))) return null;
  return verdicts.reasonsOf(packet).find(({ why }) => why === WHY_OLD_BY_ECHO || why === WHY_OLD_BY_PERIOD) ?? null;
}

/** The packet is a keep-alive by inference: its number is not shown, its answer gives it away. */
export function isUnshownKeepAlive(model: CaptureModel, packet: PacketIndex): boolean {
  return reasonOf(model, packet)?.bit === VERDICT_KEEP_ALIVE;
}

/** The inferred keep-alive that a packet answers, or null. */
export function unshownKeepAliveBefore(model: CaptureModel, packet: PacketIndex): PacketIndex | null {
  const before = model.packets.previous(packet);
  const reason = before === NO_PACKET ? null : reasonOf(model, before);
  return reason?.bit === VERDICT_KEEP_ALIVE && reason.proof === packet ? before : null;
}
