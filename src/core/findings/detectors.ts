import type { CaptureDetector, DetectorKind } from './detector';
import { HANDSHAKE } from './handshake';
import { RESET } from './reset';
import { SynFlood } from './synFlood';

/** Every group that looks at single streams. */
export const DETECTORS: readonly DetectorKind[] = [HANDSHAKE, RESET];

/** Every group that looks at the capture as a whole; made anew for each study. */
export function captureDetectors(): CaptureDetector[] {
  return [new SynFlood()];
}
