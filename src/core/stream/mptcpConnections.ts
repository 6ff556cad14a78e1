import { sha1Word, sha256Word } from '../bytes/sha';

/**
 * MPTCP connections (RFC 8684): subflows share one when an MP_JOIN names the token made of a key that an MP_CAPABLE showed,
 * or the same token as another MP_JOIN. Each keeps the set of option subtypes 0..7 seen on any of its subflows.
 */
export class MptcpConnections {
  private readonly subtypes: number[] = [];
  private readonly byToken = new Map<number, number>();

  /** Bit set of the subtypes seen so far. */
  seen(connection: number): number {
    return this.subtypes[connection]!;
  }

  create(): number {
    return this.subtypes.push(0) - 1;
  }

  /** Notes the options of one segment. */
  note(connection: number, subtypes: number): void {
    this.subtypes[connection] = this.subtypes[connection]! | (subtypes & 0xff);
  }

  /** The key that an end of the connection announced: later joins name it by its token, made the way of version 0 or 1. */
  addKey(connection: number, high: number, low: number): void {
    this.byToken.set(sha1Word(high, low), connection);
    this.byToken.set(sha256Word(high, low), connection);
  }

  /** The connection of a token; `fallback` (and from then on, that) when it is new. */
  join(token: number, fallback: number): number {
    const known = this.byToken.get(token);
    if (known !== undefined) return known;
    const connection = fallback >= 0 ? fallback : this.create();
    this.byToken.set(token, connection);
    return connection;
  }
}
