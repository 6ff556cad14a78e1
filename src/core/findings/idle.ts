import type { Nanoseconds } from '../bytes/units';
import { FIN, RST, SYN } from '../decode/segment';
import { duration } from '../explain/words';
import { t } from '../l10n';
import type { StreamFacts } from '../study/streamFacts';
import type { StudySegment } from '../study/studySegment';
import { finding, type Detector, type DetectorKind } from './detector';
import type { Finding } from './finding';
import { isKeepAlive } from './keepalive';
import { PacketList } from './packetList';

/** A silence of an open connection that is worth a word. */
const LONG_IDLE: Nanoseconds = 30_000_000_000;

/** Time since either end sent data (or its SYN), when a segment that carries data or ends the connection breaks the silence; 0 otherwise. */
function silenceBefore(s: StudySegment, facts: StreamFacts): Nanoseconds {
  const { segment } = s;
  if (segment.quoted || segment.flags & SYN || (s.length === 0 && !(segment.flags & (FIN | RST)))) return 0;
  const [a, b] = facts.ends;
  let since = -Infinity;
  for (const time of [a.dataTime, b.dataTime, a.synTime, b.synTime]) if (time > since) since = time;
  if (since === -Infinity || s.time - since < LONG_IDLE) return 0;
  // What is sent and not acknowledged, or half closed, is not idle. A probe leaves the clock of the silence running.
  return a.outstanding > 0 || b.outstanding > 0 || a.fins + b.fins > 0 || isKeepAlive(s) ? 0 : s.time - since;
}

/** Long silences of an open connection: idle.long. Keep-alives do not break a silence. */
class Idle implements Detector {
  private longest: Nanoseconds = 0;
  private total: Nanoseconds = 0;
  private count = 0;
  private readonly packets = new PacketList();

  observe(s: StudySegment, facts: StreamFacts): void {
    const gap = silenceBefore(s, facts);
    if (gap === 0) return;
    this.count++;
    this.total += gap;
    if (gap > this.longest) this.longest = gap;
    this.packets.add(facts.lastPacket);
    this.packets.add(s.packet);
  }

  findings(facts: StreamFacts): readonly Finding[] {
    return [
      finding('idle.long', {
        stream: facts.stream, packets: this.packets,
        text: this.count === 1 ? t('Silent for {0} while open.', duration(this.longest)) : t('Silent for long {0} times while open, up to {1}; {2} in all.', String(this.count), duration(this.longest), duration(this.total)),
      }),
    ];
  }
}

export const IDLE: DetectorKind = {
  group: 'idle',
  wants: (s, facts) => silenceBefore(s, facts) > 0,
  create: () => new Idle(),
};
