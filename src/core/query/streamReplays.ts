import type { StreamIndex } from '../bytes/units';
import { StreamReplay } from '../stream/streamReplay';
import type { StudyIndex } from '../study/studyIndex';
import { isSelfConnected } from '../table/streamTable';
import type { CaptureModel } from './captureModel';

/** Replays are kept for the streams asked for last: this many, and of them no more than hold this many segments beside the last few. */
const MOST_REPLAYS = 64;
const MOST_SEGMENTS = 2_000_000;
const AT_LEAST = 3;

/** What the views replay of streams (states, closed windows, repeats): one replay a stream, for all that ask. */
export class StreamReplays {
  private readonly kept = new Map<StreamIndex, StreamReplay>();
  private study: StudyIndex | null = null;

  constructor(private readonly model: CaptureModel) {}

  /** The replay of a stream as far as it has been read; gone on with while the stream grows, begun anew when a study has judged it. */
  of(stream: StreamIndex): StreamReplay {
    const { model, kept } = this;
    if (model.study !== this.study) {
      this.study = model.study;
      kept.clear();
    }
    const replay = kept.get(stream) ?? new StreamReplay(model.packets, (packet) => model.verdict(packet), isSelfConnected(model.streams.row(stream)));
    kept.delete(stream);
    kept.set(stream, replay);
    replay.extend(model.streamPackets.of(stream));
    this.evict();
    return replay;
  }

  private evict(): void {
    const { kept } = this;
    let segments = 0;
    for (const replay of kept.values()) segments += replay.length;
    for (const [stream, replay] of kept) {
      if (kept.size <= AT_LEAST || (kept.size <= MOST_REPLAYS && segments <= MOST_SEGMENTS)) return;
      segments -= replay.length;
      kept.delete(stream);
    }
  }
}
