import type { Direction } from '../bytes/units';
import { ACK, movesStates, SYN } from '../decode/segment';
import { serverLooksLike } from './direction';
import { EndpointStates, type StateSegment } from './endpointStates';

/** The two ends of one connection under the names client and server, as far as the capture tells who is who by then. */
export class ConnectionStates {
  private readonly states = new EndpointStates();
  private client: Direction = 0;
  private begun = false;
  private clientKnown = false;

  /** `selfConnected`: both ends are one socket. */
  constructor(selfConnected: boolean) {
    if (selfConnected) this.states.join();
  }

  /** Takes in the next segment of the connection. `copy`: made by the network or by the capture, moves nothing. */
  observe(segment: StateSegment & { readonly header: number; readonly known: number }, direction: Direction, sourcePort: number, destinationPort: number, copy: boolean): void {
    if (!this.begun) {
      this.begun = true;
      const looks = serverLooksLike(sourcePort, destinationPort);
      this.client = looks === 'unknown' ? direction : (looks === 'dst') === (direction === 0) ? 0 : 1;
    }
    const moves = movesStates(segment.header, segment.known);
    if (moves && segment.flags & SYN && !this.clientKnown) {
      this.clientKnown = true;
      this.client = segment.flags & ACK ? (direction ? 0 : 1) : direction;
    }
    if (copy || !moves) this.states.pass();
    else this.states.observe(segment, direction);
  }

  /** States that an end passed on the segment taken in last, the one before it first. Valid until the next segment. */
  path(role: 'client' | 'server'): readonly number[] {
    return this.states.change(role === 'client' ? this.client : this.client ? 0 : 1).path;
  }
}
