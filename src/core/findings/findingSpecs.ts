import type { FindingSpec } from './finding';
import { CLOSE_SPECS } from './specs/closeSpecs';
import { HANDSHAKE_SPECS } from './specs/handshakeSpecs';
import { RESET_SPECS } from './specs/resetSpecs';

/** A spec with its place in the list: of findings alike in severity and harm the earlier id comes first. */
export interface RankedSpec extends FindingSpec {
  readonly rank: number;
}

/** All findings by id, one array per group, in the order in which equal ones are ranked. */
export const FINDING_SPECS: readonly RankedSpec[] = [...HANDSHAKE_SPECS, ...RESET_SPECS, ...CLOSE_SPECS].map((spec, rank) => ({ ...spec, rank }));

const BY_ID: ReadonlyMap<string, RankedSpec> = new Map(FINDING_SPECS.map((spec) => [spec.id, spec]));

/** The spec of an id, or undefined. */
export function findingSpec(id: string): RankedSpec | undefined {
  return BY_ID.get(id);
}
