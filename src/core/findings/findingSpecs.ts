import type { FindingSpec } from './finding';
import { CAPTURE_SPECS } from './specs/captureSpecs';
import { CLOSE_SPECS } from './specs/closeSpecs';
import { DELAY_SPECS } from './specs/delaySpecs';
import { HANDSHAKE_SPECS } from './specs/handshakeSpecs';
import { LOSS_SPECS } from './specs/lossSpecs';
import { OPTION_SPECS } from './specs/optionSpecs';
import { PATH_SPECS } from './specs/pathSpecs';
import { RESET_SPECS } from './specs/resetSpecs';
import { WINDOW_SPECS } from './specs/windowSpecs';

/** A spec with its place in the list: of findings alike in severity and harm the earlier id comes first. */
export interface RankedSpec extends FindingSpec {
  readonly rank: number;
}

/** All findings by id, one array per group, in the order in which equal ones are ranked. */
export const FINDING_SPECS: readonly RankedSpec[] = [
  ...HANDSHAKE_SPECS,
  ...RESET_SPECS,
  ...PATH_SPECS,
  ...LOSS_SPECS,
  ...WINDOW_SPECS,
  ...DELAY_SPECS,
  ...CLOSE_SPECS,
  ...OPTION_SPECS,
  ...CAPTURE_SPECS,
].map((spec, rank) => ({ ...spec, rank }));

const BY_ID: ReadonlyMap<string, RankedSpec> = new Map(FINDING_SPECS.map((spec) => [spec.id, spec]));

/** The spec of an id, or undefined. */
export function findingSpec(id: string): RankedSpec | undefined {
  return BY_ID.get(id);
}
