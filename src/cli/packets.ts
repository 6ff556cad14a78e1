import { CaptureJudge } from '../core/study/captureJudge';
import { PACKET_FIELDS, packetField, type PacketField, type TcpRow } from '../core/fields/packetFields';
import { filterFields } from '../core/filter/fields/fields';
import type { VerdictTable } from '../core/table/verdictTable';
import { StateReplay } from '../core/fields/stateFields';
import { runCapture } from './capture';
import { UsageError } from './exit';
import { matchingPackets } from './filter';
import { RowWriter, type OutputFormat } from './output';

export const DEFAULT_FIELDS: readonly string[] = [
  'frame.number', 'frame.time_epoch', 'ip.src', 'ip.dst', 'ipv6.src', 'ipv6.dst', 'tcp.srcport', 'tcp.dstport', 'tcp.stream', 'tcp.flags', 'tcp.seq',
  'tcp.ack', 'tcp.window_size', 'tcp.len',
];

/**
 * `tcp-trace packets`: one row per TCP segment, in file order; with a filter, those that pass it. Reads the capture twice when a filter or
 * a field needs to know what comes later.
 */
export async function packetsCommand(file: string, fieldList: string | undefined, format: OutputFormat, filter?: string): Promise<number> {
  const fields = fieldList === undefined ? DEFAULT_FIELDS.map(mustField) : fieldList.split(',').map((name) => mustField(name.trim()));
  const verdicts = fields.some((f) => f.needsVerdict) ? await judgeCapture(file) : null;
  const writer = new RowWriter(process.stdout, format, fields.map((f) => f.name));
  const states = verdicts && fields.some((f) => f.needsStates) ? new StateReplay(verdicts) : undefined;
  let matches: Uint32Array | null = null;
  let next = 0;
  return runCapture(file, {
    writer,
    observer: states,
    ...(filter === undefined
      ? {}
      : {
          before: async (reader, again) => {
            matches = await matchingPackets(reader, filter, again);
          },
        }),
    sink: (row) => {
      if (matches) {
        if (matches[next] !== row.packet) return true;
        next++;
      }
      if (!row.segment) return true;
      const tcpRow: TcpRow = verdicts ? Object.assign(row as TcpRow, { verdict: verdicts.get(row.packet), states }) : (row as TcpRow);
      writer.row(fields.map((f) => f.value(tcpRow)));
      return true;
    },
  });
}

/** The first pass: our verdicts on all segments. */
async function judgeCapture(file: string): Promise<VerdictTable> {
  const judge = new CaptureJudge();
  await runCapture(file, { observer: judge, quiet: true });
  judge.finish();
  return judge.verdicts;
}

function mustField(name: string): PacketField {
  const field = packetField(name);
  if (field) return field;
  const near = PACKET_FIELDS.filter((f) => f.name.includes(name.replace(/^tcp\./, ''))).slice(0, 3);
  throw new UsageError(`unknown field '${name}'${near.length > 0 ? `; did you mean ${near.map((f) => f.name).join(', ')}?` : ''} (tcp-trace packets --help lists all)`);
}

/** The list of fields for --help. */
export function fieldHelp(): string {
  const width = Math.max(...PACKET_FIELDS.map((f) => f.name.length));
  const more = [...filterFields().values()].filter((f) => /^(finding|verdict)\./.test(f.name));
  const moreWidth = Math.max(...more.map((f) => f.name.length));
  const filterOnly = `\nFields for --filter, beside these and every header field by Wireshark's name:\n${more.map((f) => `    ${f.name.padEnd(moreWidth)}  ${f.doc}`).join('\n')}\n`;
  return `\nFields (default marked *):\n${PACKET_FIELDS.map((f) => `  ${DEFAULT_FIELDS.includes(f.name) ? '*' : ' '} ${f.name.padEnd(width)}  ${f.doc}`).join('\n')}\n${filterOnly}`;
}
