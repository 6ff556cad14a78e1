import { openReader } from '../core/capture/detect';
import type { FollowView } from '../core/query/followApi';
import { exportFollow, type FollowForm } from '../core/export/exportFollow';
import { Indexer } from '../core/index/indexer';
import { CaptureModel } from '../core/query/captureModel';
import { StreamFollower } from '../core/query/followStream';
import { openInput, reportFault } from './capture';
import { UsageError } from './exit';
import { withOutput } from './outputTarget';

export interface FollowOptions {
  readonly stream: number;
  readonly direction: FollowView;
  readonly as: FollowForm;
  readonly out?: string;
  readonly force?: boolean;
}

const READ_BYTES = 4 << 20;

/** `tcp-trace follow`: the payload of a connection. */
export async function followCommand(file: string, options: FollowOptions): Promise<number> {
  const source = await openInput(file);
  try {
    const reader = await openReader(source);
    const indexer = new Indexer(reader, { splitStreamsBy: [] });
    while (await indexer.read(READ_BYTES));
    const { length } = indexer.streams;
    if (options.stream >= length) throw new UsageError(length === 0 ? 'the capture has no TCP connection' : `there is no stream ${options.stream}: they are 0 to ${length - 1}`);
    const follower = new StreamFollower(new CaptureModel(indexer, 0));
    const { missing } = await withOutput(options.out ?? '-', file, options.force ?? false, (output) =>
      exportFollow(follower, options.stream, options.direction, options.as, output, { signal: { aborted: false } }),
    );
    if (missing > 0) process.stderr.write(`tcp-trace: ${missing} bytes are missing: lost in the capture, or not captured\n`);
    return reportFault(reader.fault ?? source.fault ?? null);
  } finally {
    await source.close();
  }
}
