import type { CaptureReader } from '../capture/captureReader';
import { Pipeline, type PipelineOptions } from '../index/pipeline';
import { CaptureStudy } from './captureStudy';

/** Streams that are studied in an editor: about 1.5 GB of memory. */
const MOST_STUDIED = 250_000;

/** A pass over a capture apart from the index: the same pipeline, under study. Goes on where it stopped when the file has grown. */
export class StudyPass {
  readonly study: CaptureStudy;
  private readonly pipeline: Pipeline;

  constructor(
    readonly reader: CaptureReader,
    options: PipelineOptions,
    mostStreams = MOST_STUDIED,
  ) {
    this.study = new CaptureStudy(mostStreams);
    this.pipeline = new Pipeline(reader, options, this.study);
  }

  /** Records read so far. */
  get records(): number {
    return this.pipeline.records;
  }

  /** Studies about `maxBytes` more of the file. False when there is nothing more to read. */
  read(maxBytes: number): Promise<boolean> {
    return this.pipeline.read((row) => {
      this.study.observeRow(row);
      return true;
    }, maxBytes);
  }
}
