import {
  VERDICT_DUPLICATE_CAPTURE,
  VERDICT_DUPLICATE_NETWORK,
  VERDICT_KEEP_ALIVE,
  VERDICT_LOST,
  VERDICT_OUT_OF_ORDER,
  VERDICT_RETRANSMISSION,
  VERDICT_SPURIOUS,
  VERDICT_WINDOW_PROBE,
  type VerdictSpec,
} from './segmentVerdict';

/** Our verdicts, in the order in which badges show them. */
export const VERDICTS: readonly VerdictSpec[] = [
  {
    bit: VERDICT_LOST,
    field: 'segment.lost',
    badge: 'lost',
    severity: 'warning',
    doc: 'Did not arrive: it was sent again because of that.',
    rule: 'Its bytes were sent again, and nothing (D-SACK, echoed timestamp, an acknowledgment too early for the copy) shows that this transmission arrived.',
  },
  {
    bit: VERDICT_RETRANSMISSION,
    field: 'segment.retransmission',
    badge: 'retransmission',
    severity: 'warning',
    doc: 'Carries bytes (or a SYN or FIN) that its sender had sent before.',
    rule: 'Its bytes are in an earlier segment of the capture with another IP ID; or they fill a gap and were sent after the segment that ran ahead, by timestamp, IP ID, or time.',
  },
  {
    bit: VERDICT_SPURIOUS,
    field: 'segment.spurious',
    badge: 'not needed',
    severity: 'note',
    doc: 'A retransmission that was not needed: an earlier transmission arrived.',
    rule: 'The bytes were acknowledged before it was sent; or the receiver reports a copy (D-SACK); or the acknowledgment echoes an older timestamp, or comes sooner than half a round trip after it.',
  },
  {
    bit: VERDICT_OUT_OF_ORDER,
    field: 'segment.out_of_order',
    badge: 'overtaken',
    severity: 'note',
    doc: 'Sent once, and overtaken on the way by a later segment.',
    rule: 'Fills a gap, and was sent before the segment that ran ahead, by timestamp or IP ID; or comes too soon after it to be an answer to anything.',
  },
  {
    bit: VERDICT_DUPLICATE_NETWORK,
    field: 'segment.duplicate',
    badge: 'network copy',
    severity: 'note',
    doc: 'One transmission that the network delivered twice.',
    rule: 'Same contents, IP ID and timestamp as an earlier packet; its sender sent it once.',
  },
  {
    bit: VERDICT_DUPLICATE_CAPTURE,
    field: 'segment.duplicate',
    badge: 'captured twice',
    severity: 'note',
    doc: 'One transmission that the capture holds twice; on the wire there was one.',
    rule: 'Same contents, IP ID and timestamp as an earlier packet, on another interface, across a router (lower TTL), at the same moment, or as the habit of the whole stream.',
  },
  {
    bit: VERDICT_WINDOW_PROBE,
    field: 'segment.window_probe',
    badge: 'window probe',
    severity: 'note',
    doc: 'Asks whether a closed window has opened.',
    rule: 'No byte, or one, just below or at the next sequence number while the window of the other side is 0.',
  },
  {
    bit: VERDICT_KEEP_ALIVE,
    field: 'segment.keep_alive',
    badge: 'keep-alive',
    severity: 'note',
    doc: 'Makes the other side answer, to see that it is still there.',
    rule: 'No byte, or one old byte, just below the next sequence number, with everything acknowledged and the window open.',
  },
];

/** Specs of the bits of a verdict. */
export function verdictSpecs(verdict: number): readonly VerdictSpec[] {
  return verdict === 0 ? [] : VERDICTS.filter((spec) => verdict & spec.bit);
}
