import { seqAfter, seqBefore, seqDiff } from '../bytes/seq';
import type { Nanoseconds, PacketIndex, StreamIndex } from '../bytes/units';
import { LENGTH_FROM_FRAME, RST, SYN } from '../decode/segment';
import { bytes, duration, grouped } from '../explain/words';
import { t } from '../l10n';
import type { PipelineRow } from '../index/pipeline';
import type { StreamFacts } from '../study/streamFacts';
import type { StudySegment } from '../study/studySegment';
import { finding, type CaptureDetector, type CaptureFacts } from './detector';
import type { Finding } from './finding';
import { PacketList } from './packetList';
import { times } from './wording';

/** A hole that the data fills this soon after its acknowledgment was only captured in the wrong order. */
const FILLED_WITHIN: Nanoseconds = 50_000_000;
/** Packets of a sender before its sequence numbers can be trusted. */
const ENOUGH = 3;

/** More than any window covers (RFC 7323 2.3): such a number is damaged or made up. */
const LARGEST_HOLE = 2 ** 30;

interface Hole {
  readonly packet: PacketIndex;
  readonly time: Nanoseconds;
  /** What was acknowledged without having been seen: [from, to). */
  readonly from: number;
  readonly to: number;
}

/** capture.dropped: the receiver acknowledges data that the capture does not hold, and nobody sends it again. */
export class DroppedDetector implements CaptureDetector {
  private readonly holes = new Map<number, Hole>();
  private readonly packets = new PacketList();
  private missing = 0;
  private readonly streams = new Set<StreamIndex>();

  observe(s: StudySegment, facts: StreamFacts): void {
    if (s.segment.quoted || s.segment.flags & (RST | SYN) || !s.hasSeq) return;
    const stream = s.analysis.stream;
    if (this.holes.size > 0) this.fill(stream * 2 + s.direction, s);
    if (!s.hasAck) return;
    const sender = facts.ends[s.direction ? 0 : 1];
    if (Number.isNaN(sender.next) || sender.packets < ENOUGH || facts.selfConnected || !seqAfter(s.segment.ack, sender.next)) return;
    if (seqDiff(s.segment.ack, sender.next) > LARGEST_HOLE) return;
    const key = stream * 2 + (s.direction ? 0 : 1);
    const before = this.holes.get(key);
    if (before?.to === s.segment.ack) return;
    if (before) this.confirm(stream, before);
    this.holes.set(key, { packet: s.packet, time: s.time, from: before ? before.to : sender.next, to: s.segment.ack });
  }

  /** The sender goes on: with the missing data, or after it. */
  private fill(key: number, s: StudySegment): void {
    const hole = this.holes.get(key);
    if (!hole || s.length === 0) return;
    this.holes.delete(key);
    if (seqBefore(s.segment.seq, hole.to) && s.time - hole.time <= FILLED_WITHIN) return;
    this.confirm(s.analysis.stream, hole);
  }

  private confirm(stream: StreamIndex, hole: Hole): void {
    this.packets.addAnywhere(hole.packet);
    this.missing += seqDiff(hole.to, hole.from);
    this.streams.add(stream);
  }

  findings(): readonly Finding[] {
    const open = [...this.holes].map(([key, hole]) => ({ stream: key >> 1, hole }));
    const count = this.packets.count + open.length;
    if (count === 0) return [];
    const missing = this.missing + open.reduce((sum, { hole }) => sum + seqDiff(hole.to, hole.from), 0);
    const streams = new Set([...this.streams, ...open.map(({ stream }) => stream)]);
    const packets = [...this.packets.packets, ...open.map(({ hole }) => hole.packet)];
    return [
      finding('capture.dropped', {
        stream: null,
        packets,
        confidence: 'likely',
        text: t(
          'The capture itself lost packets: receivers acknowledge {0} that are not in it and were not sent again (streams with such gaps: {1}). Those gaps are no loss on the network.',
          bytes(missing), streams.size,
        ),
      }),
    ];
  }
}

/** capture.truncated: the file ends inside a record, or a part of it is damaged. */
export class TruncatedDetector implements CaptureDetector {
  findings(capture: CaptureFacts): readonly Finding[] {
    const { fault, packets } = capture;
    if (!fault || packets === 0) return [];
    return [
      finding('capture.truncated', {
        stream: null,
        packets: [packets - 1],
        text:
          fault.kind === 'cut'
            ? t('The file ends inside a record (byte {0}): what came after packet {1} is missing.', grouped(fault.offset), grouped(packets))
            : t('The file cannot be read beyond byte {0}: what came after packet {1} is missing.', grouped(fault.offset), grouped(packets)),
      }),
    ];
  }
}

/** capture.snaplen: frames were cut to the capture's snapshot length. */
export class SnaplenDetector implements CaptureDetector {
  private readonly packets = new PacketList();
  private longest = 0;

  observeRow(row: PipelineRow): void {
    const { record } = row;
    if (record.textSegment || record.otherProtocol >= 0 || record.notAPacket) return;
    const captured = record.end - record.start;
    if (captured >= record.originalLength) return;
    this.packets.add(row.packet);
    this.longest = Math.max(this.longest, captured);
  }

  findings(capture: CaptureFacts): readonly Finding[] {
    if (this.packets.count === 0) return [];
    return [
      finding('capture.snaplen', {
        stream: null,
        packets: this.packets,
        text: t('{0} of {1} frames are cut: at most {2} of each were captured. Headers are there; payload and checksums of these cannot be looked at.', grouped(this.packets.count), grouped(capture.packets), bytes(this.longest)),
      }),
    ];
  }
}

/** capture.clock-backwards: the clock stepped back, or packets of several sources were merged out of order. */
export class ClockDetector implements CaptureDetector {
  private before: Nanoseconds = NaN;
  private readonly packets = new PacketList();
  private most: Nanoseconds = 0;

  observeRow(row: PipelineRow): void {
    if (!row.record.hasTime) return;
    const back = this.before - row.time;
    if (back > 0) {
      this.packets.add(row.packet);
      this.most = Math.max(this.most, back);
    }
    this.before = row.time;
  }

  findings(): readonly Finding[] {
    if (this.packets.count === 0) return [];
    return [
      finding('capture.clock-backwards', {
        stream: null,
        packets: this.packets,
        text: t('Time goes backwards {0}, by up to {1}: the clock was set back, or several interfaces were written in turn. Times across such a step are not to be trusted.', times(this.packets.count), duration(this.most)),
      }),
    ];
  }
}

/** capture.offload: segments larger than the MSS: the card cuts or joins them on the other side of the capture point. */
export class OffloadDetector implements CaptureDetector {
  private readonly packets = new PacketList();
  private largest = 0;
  private largestMss = 0;

  observe(s: StudySegment, facts: StreamFacts): void {
    if (s.segment.quoted || s.length === 0) return;
    const { mss } = facts.ends[s.direction ? 0 : 1];
    const joined = mss > 0 && s.length > mss;
    if (!joined && !(s.segment.lengthFrom === LENGTH_FROM_FRAME && s.length > 1500)) return;
    this.packets.addAnywhere(s.packet);
    if (s.length > this.largest) {
      this.largest = s.length;
      this.largestMss = mss;
    }
  }

  findings(): readonly Finding[] {
    if (this.packets.count === 0) return [];
    return [
      finding('capture.offload', {
        stream: null,
        packets: this.packets,
        text: t(
          '{0} segments are larger than the MSS allows (up to {1} against {2}): the network card or kernel cuts them after, or joined them before, the capture point (TSO, GSO, LRO, GRO). Packet counts and sizes here are not those of the wire.',
          grouped(this.packets.count), bytes(this.largest), this.largestMss || '?',
        ),
      }),
    ];
  }
}
