import { Command, CommanderError, Option } from 'commander';
import { SourceError } from '../core/capture/byteSource';
import { FormatError } from '../core/capture/captureReader';
import { explainCommand } from './explain';
import { EXIT_INTERNAL, EXIT_UNUSABLE, EXIT_USAGE, UsageError } from './exit';
import { INPUT, addExportCommands } from './exportCommands';
import type { OutputFormat } from './output';
import { FINDING_COLUMN_NAMES, findingsCommand } from './findings';
import { fieldHelp, packetsCommand } from './packets';
import { PARAMETER_COLUMN_NAMES, parametersCommand } from './parameters';
import { STREAM_COLUMN_NAMES, streamsCommand } from './streams';

/** package.json's version, put in by the build. */
declare const VERSION: string;

let status = 0;

const format = (): Option => new Option('--format <format>', 'how rows are written').choices(['tsv', 'csv', 'ndjson']).default('tsv');

const program = new Command('tcp-trace')
  .description('TCP connections of a capture, as text: the engine of TCP Trace Explorer without an editor.')
  .version(VERSION)
  .exitOverride()
  .configureHelp({ showGlobalOptions: true })
  .addHelpText('after', '\nExit status: 0 complete; 1 cut or corrupt capture, readable rows printed; 2 unusable file; 64 usage; 70 internal error.');

program
  .command('packets')
  .argument('<file>', INPUT)
  .option('--fields <list>', 'columns by Wireshark field name, comma-separated')
  .option('--filter <expression>', "Wireshark display filter, such as 'tcp.analysis.flags && ip.addr == 10.0.0.0/8'")
  .addOption(format())
  .description('one row per TCP segment, in file order')
  .addHelpText('after', fieldHelp)
  .action(async (file: string, options: { fields?: string; filter?: string; format: OutputFormat }) => {
    status = await packetsCommand(file, options.fields, options.format, options.filter);
  });

program
  .command('streams')
  .argument('<file>', INPUT)
  .addOption(format())
  .description('one row per TCP connection')
  .addHelpText('after', `\nColumns: ${STREAM_COLUMN_NAMES.join(', ')}`)
  .action(async (file: string, options: { format: OutputFormat }) => {
    status = await streamsCommand(file, options.format);
  });

program
  .command('findings')
  .argument('<file>', INPUT)
  .addOption(format())
  .description('one row per finding: what went wrong or is worth knowing; those of the capture first, then stream by stream, the worst first')
  .addHelpText('after', `\nColumns: ${FINDING_COLUMN_NAMES.join(', ')}. packets: frame numbers, at most 100; packet_count: all of them.`)
  .action(async (file: string, options: { format: OutputFormat }) => {
    status = await findingsCommand(file, options.format);
  });

addExportCommands(program, (value) => (status = value));
program
  .command('parameters')
  .argument('<file>', INPUT)
  .addOption(format())
  .description('one row per kernel parameter that a connection tells of: the values that its hosts must have been set to')
  .addHelpText('after', `\nColumns: ${PARAMETER_COLUMN_NAMES.join(', ')}. least and most are in the unit of the sysctl; figures without one repeat there.`)
  .action(async (file: string, options: { format: OutputFormat }) => {
    status = await parametersCommand(file, options.format);
  });

program
  .command('explain')
  .argument('<file>', INPUT)
  .requiredOption('--packet <number>', 'frame number, from 1', (text) => {
    if (!/^[1-9]\d*$/.test(text)) throw new UsageError(`'${text}' is no frame number`);
    return Number(text);
  })
  .addOption(new Option('--format <format>', 'how it is written').choices(['text', 'ndjson']).default('text'))
  .description('what one packet says, and why it has its labels and verdicts')
  .action(async (file: string, options: { packet: number; format: 'text' | 'ndjson' }) => {
    status = await explainCommand(file, options.packet, options.format);
  });

/** What the exit status says of an error. */
function statusOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  if (error instanceof UsageError) return EXIT_USAGE;
  if (error instanceof FormatError || error instanceof SourceError) return EXIT_UNUSABLE;
  return EXIT_INTERNAL;
}

// `tcp-trace packets FILE | head` closes the pipe: nothing is wrong, nothing is left to do.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`tcp-trace: ${error.message}\n`);
  process.exit(EXIT_INTERNAL);
});

program.parseAsync().then(
  () => (process.exitCode = status),
  (error: unknown) => {
    process.exitCode = statusOf(error);
    if (error instanceof CommanderError) return;
    const message = error instanceof Error ? (process.exitCode === EXIT_INTERNAL ? (error.stack ?? error.message) : error.message) : String(error);
    const hint = error instanceof FormatError && error.unknownFormat ? ' Supported are pcap and pcapng (also inside gzip), and the text that tcpdump or tshark prints.' : '';
    process.stderr.write(`tcp-trace: ${message}${hint}\n`);
  },
);
