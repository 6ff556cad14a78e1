/**
 * Why a verdict was given: numbers kept beside it (VerdictTable), made into sentences by explain/verdictEvidence.ts.
 * Below, "other" is the packet named with the reason, "proof" the second one; measured and limit are nanoseconds unless said otherwise.
 */

// segment.retransmission. measured: time since the transmission before (other), or since the segment that ran ahead (other); limit: the least round trip.
export const WHY_SENT_BEFORE = 1; // the capture holds the same bytes in `other`
export const WHY_FILLS_LATER_ID = 2; // fills a gap; IP ID later than that of the segment that ran ahead.
export const WHY_FILLS_LATER_TS = 3; // fills a gap; TSval later.
export const WHY_FILLS_ASKED = 28; // fills a gap after the receiver had reported three later segments, where the round trip is too short for time to tell
export const WHY_FILLS_LATER_TIME = 4; // fills a gap; at least a round trip after

// segment.out_of_order. measured: time since `other`, which ran ahead; limit: the least round trip.
export const WHY_OVERTAKEN_ID = 5; // IP ID earlier than that of `other`
export const WHY_OVERTAKEN_TS = 6;
export const WHY_OVERTAKEN_TIME = 7; // too soon after `other` to be an answer to anything
export const WHY_LATE_ORIGINAL = 8; // comes after its own retransmission `other`, but was sent before it

// segment.duplicate
export const WHY_COPY_SAME_ID = 9; // same IP ID and contents as `other`: one transmission, twice on the wire
export const WHY_COPY_SOON = 10; // no IP ID to compare; same contents, sooner than anything could have caused it
export const WHY_COPY_INTERFACE = 11; // the same on another interface
export const WHY_COPY_TTL = 12; // the same before and after a router. measured, limit: the two TTLs
export const WHY_COPY_INSTANT = 13; // the same at the same moment
export const WHY_COPY_HABIT = 14; // nearly every packet of the stream comes twice. measured, limit: copies, segments so far

// segment.spurious. other: the transmission that arrived, if the capture holds it. proof: what acknowledged it.
export const WHY_ALREADY_ACKED = 15; // acknowledged before the copy was sent
export const WHY_ALREADY_SACKED = 16;
export const WHY_DSACK = 17; // the receiver reports that it got it twice
export const WHY_ECHO_OLD = 18; // the ACK echoes a TSval older than the copy's. measured, limit: TSecr, TSval
export const WHY_ACK_TOO_SOON = 19; // acknowledged less than half a round trip after the copy
export const WHY_ORIGINAL_CAME = 20; // the original comes later in the capture (other)

// segment.keep_alive, segment.window_probe
export const WHY_BELOW_NEXT = 21; // 0 or 1 old byte below SND.NXT, window open. measured: time since the sender's last segment; limit: the peer's window
export const WHY_INTO_CLOSED_WINDOW = 22; // the same while the peer's window is 0. other: the segment that closed it
export const WHY_NEW_BYTE_CLOSED = 23; // one new byte while the peer's window is 0
// A pure ACK whose number the text does not show. other: the probe before it; proof: its answer. measured: silence before; limit: time to the answer
export const WHY_OLD_BY_ECHO = 26; // the answer's TSecr is older than its TSval
export const WHY_OLD_BY_PERIOD = 27; // no timestamps; answered at once again and again, in a steady period

// segment.lost. other: the retransmission; proof: what acknowledged it
export const WHY_COPY_ACKED = 24; // only the retransmission was acknowledged. measured: from the original to the ACK
export const WHY_NEVER_ACKED = 25; // sent again and again, never acknowledged

/** What made the sender send again, as far as the capture shows (`LossEpisode.trigger`). */
export const TRIGGER_UNKNOWN = 0;
export const TRIGGER_DUP_ACKS = 1; // three duplicate ACKs or more
export const TRIGGER_SACK = 2; // data above it was selectively acknowledged
export const TRIGGER_TAIL_PROBE = 3; // the last segment, sooner than a retransmission timeout
export const TRIGGER_TIMEOUT = 4; // nothing was heard: the retransmission timer
export const TRIGGER_ICMP = 5; // an ICMP error quoted the transmission before (path MTU discovery): not lost, refused
