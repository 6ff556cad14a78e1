/** Following a stream: what its two ends sent, put in order. Types only, plain data as in engineApi. */

/** Which side's bytes of a followed stream. */
export type FollowView = 'both' | 'client' | 'server';

export interface FollowSide {
  /** Bytes from the first to the last that is known of. */
  readonly bytes: number;
  /** Of them, bytes that no packet holds or that were not captured. */
  readonly missing: number;
  /** Bytes that came more than once, not counted in `bytes`. */
  readonly repeated: number;
  readonly chunks: number;
}

/** What following a stream gives, without its bytes. */
export interface FollowSummary {
  readonly revision: number;
  readonly stream: number;
  readonly client: FollowSide;
  readonly server: FollowSide;
  /** Packets of the stream that it was made of: indexing may bring more. */
  readonly packets: number;
}

export interface FollowPageRequest {
  readonly stream: number;
  readonly side: FollowView;
  /** Byte position in the view, and how many bytes from it (cut to 256 KiB). */
  readonly start: number;
  readonly bytes: number;
}

/** Payload of one segment, or a hole. */
export interface FollowChunk {
  /** The packet that brought it; for a gap, the packet whose acknowledgment or data shows it. */
  readonly packet: number;
  readonly side: 'client' | 'server';
  /** gap: in no packet; cut: in a packet, but not captured. */
  readonly kind: 'data' | 'gap' | 'cut';
  readonly position: number;
  readonly length: number;
  readonly bytes: Uint8Array | null;
}

export interface FollowPage {
  readonly revision: number;
  readonly stream: number;
  readonly side: FollowView;
  readonly start: number;
  readonly end: number;
  readonly total: number;
  readonly chunks: readonly FollowChunk[];
}

export interface FollowFindRequest {
  readonly stream: number;
  readonly side: FollowView;
  /** What to find: text (as UTF-8), or hex digits. Matches do not reach over a change of direction or a hole. */
  readonly pattern: string;
  readonly form: 'text' | 'hex';
  /** ASCII letters match in either case. */
  readonly ignoreCase: boolean;
  /** First position that may match; or, backwards, the one before which the match must start. */
  readonly from: number;
  readonly backwards: boolean;
}

/** Requests about followed streams. */
export interface FollowApi {
  followSummary(request: { readonly stream: number }): FollowSummary;
  followPage(request: FollowPageRequest): FollowPage;
  /** Position of the match; null when there is none that way. */
  followFind(request: FollowFindRequest): number | null;
}
