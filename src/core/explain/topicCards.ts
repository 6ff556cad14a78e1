import { LABEL_DUPLICATE_ACK, LABEL_FAST_RETRANSMISSION, LABEL_KEEP_ALIVE, LABEL_KEEP_ALIVE_ACK, LABEL_LOST_SEGMENT, LABEL_OUT_OF_ORDER, LABEL_RETRANSMISSION, LABEL_SPURIOUS_RETRANSMISSION, LABEL_WINDOW_FULL, LABEL_ZERO_WINDOW, LABEL_ZERO_WINDOW_PROBE, LABEL_ZERO_WINDOW_PROBE_ACK } from '../analysis/segmentAnalysis';
import { CWR, ECE, FIN, PSH, RST, SYN, URG } from '../decode/segment';
import { findTopic } from '../knowledge/topics';
import { t } from '../l10n';
import type { CardDocument } from './card';
import type { PacketFacts } from './facts';
import { sysctlLines } from './kernelLines';

/** More would bury the packet under background. */
const MOST_TOPICS = 2;
/** Payload below which a segment counts as small. */
const SMALL = 400;

interface Reason {
  readonly topic: string;
  readonly holds: (facts: PacketFacts, flags: number, labels: number) => boolean;
  /** Why it is told here. */
  readonly because: () => string;
}

const REASONS: readonly Reason[] = [
  { topic: 'topic.reset', holds: (_, flags) => (flags & RST) !== 0, because: () => t('This packet is a reset.') },
  { topic: 'topic.flow-control', holds: (_, __, labels) => (labels & (LABEL_ZERO_WINDOW | LABEL_ZERO_WINDOW_PROBE | LABEL_ZERO_WINDOW_PROBE_ACK | LABEL_WINDOW_FULL)) !== 0, because: () => t('Here the receive window is full or closed.') },
  { topic: 'topic.keepalive', holds: (facts, _, labels) => (labels & (LABEL_KEEP_ALIVE | LABEL_KEEP_ALIVE_ACK)) !== 0 || facts.unshownKeepAlive || facts.answersKeepAlive !== null, because: () => t('This packet is a keepalive probe, or the answer to one.') },
  {
    topic: 'topic.loss',
    holds: (_, __, labels) => (labels & (LABEL_RETRANSMISSION | LABEL_FAST_RETRANSMISSION | LABEL_SPURIOUS_RETRANSMISSION | LABEL_DUPLICATE_ACK | LABEL_OUT_OF_ORDER | LABEL_LOST_SEGMENT)) !== 0,
    because: () => t('Around this packet something was lost, repeated or reordered.'),
  },
  { topic: 'topic.handshake', holds: (_, flags) => (flags & SYN) !== 0, because: () => t('This packet is part of the handshake.') },
  { topic: 'topic.backlog', holds: (facts, flags) => (flags & SYN) !== 0 && facts.from === 'server', because: () => t('The server answers a SYN: the connection waits in its SYN queue.') },
  { topic: 'topic.close', holds: (_, flags) => (flags & FIN) !== 0, because: () => t('This packet closes one direction.') },
  { topic: 'topic.time-wait', holds: (_, flags) => (flags & FIN) !== 0, because: () => t('The side that closed first goes on to TIME-WAIT.') },
  { topic: 'topic.urgent', holds: (_, flags) => (flags & URG) !== 0, because: () => t('This packet carries the urgent flag.') },
  { topic: 'topic.ecn', holds: (_, flags) => (flags & (ECE | CWR)) !== 0, because: () => t('This packet carries a flag of ECN.') },
  {
    topic: 'topic.nagle',
    holds: ({ columns, sincePrevious }, flags) => (flags & PSH) !== 0 && (columns.payload ?? 0) > 0 && (columns.payload ?? 0) < SMALL && sincePrevious !== null && sincePrevious > 35e6 && sincePrevious < 250e6,
    because: () => t('A small segment after a pause that a delayed ACK can have caused.'),
  },
];

/** Background to what happens in this packet: at most two subjects. */
export function topicCards(facts: PacketFacts): readonly CardDocument[] {
  const flags = facts.columns.flags ?? 0;
  const { labels } = facts.columns;
  return REASONS.filter((reason) => reason.holds(facts, flags, labels))
    .slice(0, MOST_TOPICS)
    .flatMap((reason) => {
      const topic = findTopic(reason.topic);
      if (!topic) return [];
      return [{
        id: topic.id,
        title: t(topic.title),
        headline: [t('Background: '), { strong: t(topic.title) }],
        here: [[reason.because()], [t(topic.doc)]],
        story: [...topic.story.map((paragraph) => [t(paragraph)]), ...sysctlLines(topic.see)],
        sources: topic.source.split('; '),
        filter: '',
        copy: t(topic.title),
      }];
    });
}
