import { BUFFERBLOAT } from './bufferbloat';
import { ClockDetector, DroppedDetector, OffloadDetector, SnaplenDetector, TruncatedDetector } from './captureHygiene';
import { CHECKSUM, ChecksumOffloadDetector } from './checksum';
import { DELAY } from './delay';
import { CLOSE } from './close';
import type { CaptureDetector, DetectorKind } from './detector';
import { ECN } from './ecn';
import { HANDSHAKE } from './handshake';
import { LOSS } from './loss';
import { MTU } from './mtu';
import { NUMBERS } from './numbers';
import { OPTIONS } from './options';
import { OPTIONS_STRIPPED } from './optionsStripped';
import { IDLE } from './idle';
import { KEEP_ALIVE } from './keepalive';
import { CapturedTwice, ORDER } from './order';
import { RESET } from './reset';
import { MID_STREAM, ONE_DIRECTION } from './streamHygiene';
import { SynFlood } from './synFlood';
import { WINDOW } from './window';
import { PORT_REUSE } from './timeWait';
import { USER_TIMEOUT } from './userTimeout';

/** Every group that looks at single streams. */
export const DETECTORS: readonly DetectorKind[] = [HANDSHAKE, RESET, LOSS, ORDER, WINDOW, DELAY, BUFFERBLOAT, MTU, ECN, OPTIONS, OPTIONS_STRIPPED, NUMBERS, CHECKSUM, MID_STREAM, ONE_DIRECTION, CLOSE, PORT_REUSE, KEEP_ALIVE, IDLE, USER_TIMEOUT];

/** Every group that looks at the capture as a whole; made anew for each study. */
export function captureDetectors(): CaptureDetector[] {
  return [new SynFlood(), new TruncatedDetector(), new DroppedDetector(), new SnaplenDetector(), new ClockDetector(), new OffloadDetector(), new ChecksumOffloadDetector(), new CapturedTwice()];
}
