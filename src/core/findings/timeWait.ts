import type { Nanoseconds } from '../bytes/units';
import { SYN } from '../decode/segment';
import { duration } from '../explain/words';
import { t } from '../l10n';
import { ESTABLISHED, TIME_WAIT } from '../stream/endpointStates';
import type { StreamFacts } from '../study/streamFacts';
import { finding, type Detector, type DetectorKind } from './detector';
import type { Finding } from './finding';
import { packetList } from './packetList';
import { who } from './wording';

/** Linux stays in TIME-WAIT for 60 s (TCP_TIMEWAIT_LEN), RFC 9293 3.6.1 asks for 2 MSL = 4 minutes. */
const LINUX_TIME_WAIT: Nanoseconds = 60_000_000_000;
const RFC_TIME_WAIT: Nanoseconds = 240_000_000_000;

/** A new connection between the ports of an older one that has hardly ended: time-wait.port-reused. */
class PortReuse implements Detector {
  observe(): void {
    // All that counts stood when the stream began.
  }

  findings(facts: StreamFacts): readonly Finding[] {
    const { previous, stream } = facts;
    if (!previous) return [];
    const age = facts.firstTime - previous.lastTime;
    const packets = packetList([previous.lastPacket, facts.firstPacket]);
    for (const d of [0, 1] as const) {
      if (previous.states.state(d) !== TIME_WAIT || !previous.timed || !(age < RFC_TIME_WAIT)) continue;
      return [
        finding('time-wait.port-reused', {
          stream, packets, confidence: age < LINUX_TIME_WAIT ? 'certain' : 'possible',
          text: t('The same ports as stream {0}, {1} after it ended: {2} of that one must have been in TIME-WAIT.', String(previous.stream), duration(age), who(previous, d)),
        }),
      ];
    }
    if (previous.states.state(0) === ESTABLISHED && previous.states.state(1) === ESTABLISHED && previous.ends[0].packets > 0 && previous.ends[1].packets > 0) {
      return [
        finding('time-wait.open-reused', {
          stream, packets, confidence: 'likely',
          text: t('The same ports as stream {0}, which was still open: the client lost that one (restart, NAT), or its end is not in the capture.', String(previous.stream)),
        }),
      ];
    }
    return [];
  }
}

export const PORT_REUSE: DetectorKind = {
  group: 'timeWait',
  wants: (s, facts) => facts.previous !== null && (s.segment.flags & SYN) !== 0,
  create: () => new PortReuse(),
};
