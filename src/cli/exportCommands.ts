import { InvalidArgumentError, Option, type Command } from 'commander';
import { convertCommand, exportCommand, type ConvertOptions, type ExportOptions } from './export';

export const INPUT = 'pcap, pcapng (also gzipped), or text of tcpdump or tshark; - for standard input';
const OUTPUT = 'file to write; - for standard output';
const to = (): Option => new Option('--to <kind>', 'what to write; default by the extension of OUT').choices(['pcapng', 'text']);
const payload = (): Option => new Option('--payload <how>', 'pcapng made from text: payload as zeros, or none as if a snap length had cut it').choices(['zeros', 'none']).default('zeros');
const force = (): Option => new Option('--force', 'replace OUT if it exists');

/** Adds the commands that write captures; `done` is told their exit status. */
export function addExportCommands(program: Command, done: (status: number) => void): void {
  program
    .command('convert')
    .argument('<in>', INPUT)
    .argument('<out>', OUTPUT)
    .addOption(to())
    .addOption(payload())
    .addOption(force())
    .description('a capture as pcapng (headers of a text are rebuilt), or as the text of tcpdump -n -S')
    .action(async (file: string, out: string, options: ConvertOptions) => {
      done(await convertCommand(file, out, options));
    });

  program
    .command('export')
    .argument('<file>', INPUT)
    .argument('<out>', OUTPUT)
    .option('--stream <number>', 'packets of this connection; may be repeated', collectStream)
    .option('--packets <list>', 'packets by number, such as 1-5,9 or 100-')
    .addOption(to())
    .addOption(payload())
    .addOption(force())
    .description('some packets of a capture, as pcapng or text')
    .action(async (file: string, out: string, options: ExportOptions) => {
      done(await exportCommand(file, out, options));
    });
}

function collectStream(value: string, before: readonly number[] = []): number[] {
  if (!/^\d{1,10}$/.test(value)) throw new InvalidArgumentError('A stream is a number from 0.');
  return [...before, Number(value)];
}
