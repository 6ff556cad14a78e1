import { VERDICT_DUPLICATE_CAPTURE, VERDICT_DUPLICATE_NETWORK } from '../analysis/segmentVerdict';

/** A copy of a segment that its sender sent once. */
export const DUPLICATE = VERDICT_DUPLICATE_NETWORK | VERDICT_DUPLICATE_CAPTURE;
