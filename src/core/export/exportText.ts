import { utf8Bytes } from '../bytes/utf8';
import type { CaptureInfo } from '../capture/captureReader';
import { FAMILY_NONE } from '../decode/segment';
import { Pipeline, type RowSink } from '../index/pipeline';
import { PIECE_BYTES, type ByteOutput } from './byteOutput';
import { pump, type ExportControl, type ExportInput, type ExportResult, type PacketPick } from './exportControl';
import { localZone, noZone, tcpdumpLine, type LineFormat } from './tcpdumpText';

/**
 * Writes the TCP segments of a capture as lines of `tcpdump -n -S`; other frames are left out. The reader must stand at the
 * start; it is read once, in pieces. `pick` null: all packets.
 */
export async function exportText(input: ExportInput, pick: PacketPick | null, output: ByteOutput, control: ExportControl): Promise<ExportResult> {
  const { reader } = input;
  const pipeline = new Pipeline(reader, { splitStreamsBy: [] }, null);
  let pending = '';
  let packets = 0;
  let leftOut = 0;
  let read = 0;
  let format: LineFormat | null = null;
  const sink: RowSink = (row) => {
    read = row.packet + 1;
    if (pick && !pick.has(row.packet)) return true;
    const { segment, record, datagram } = row;
    if (!segment || segment.family === FAMILY_NONE) {
      leftOut++;
      return true;
    }
    const isText = record.textSegment !== null;
    pending += tcpdumpLine(
      {
        segment,
        time: record.hasTime ? record : null,
        bytes: isText ? null : datagram ? { b: datagram, start: 0, end: datagram.length } : { b: record.bytes, start: record.start, end: record.end },
        text: isText ? reader.textOfRecord!() : null,
        info: reader.info,
      },
      (format ??= lineFormat(reader.info)),
    );
    pending += '\n';
    packets++;
    return pending.length < PIECE_BYTES;
  };
  const flush = async (): Promise<void> => {
    reader.dropBefore?.(read);
    // Its finest time may be still to come.
    format = null;
    if (pending === '') return;
    const bytes = utf8Bytes(pending);
    pending = '';
    await output.write(bytes);
  };
  await pump(input, control, (maxBytes) => pipeline.read(sink, maxBytes), flush);
  return { packets, leftOut };
}

/** Times as the capture has them: to its own precision, in local time unless the capture shows a clock already. */
export function lineFormat(info: CaptureInfo): LineFormat {
  const clock = info.text?.timeStyle;
  return { digits: info.timeDigits, zone: clock && clock !== 'epoch' ? noZone : localZone };
}
