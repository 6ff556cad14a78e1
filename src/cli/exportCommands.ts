import { InvalidArgumentError, Option, type Command } from 'commander';
import { followCommand, type FollowOptions } from './follow';
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
    .option('--filter <expression>', 'Wireshark display filter')
    .option('--packets <list>', 'packets by number, such as 1-5,9 or 100-')
    .addOption(to())
    .addOption(payload())
    .addOption(force())
    .description('some packets of a capture, as pcapng or text')
    .action(async (file: string, out: string, options: ExportOptions) => {
      done(await exportCommand(file, out, options));
    });

  program
    .command('follow')
    .argument('<file>', INPUT)
    .requiredOption('--stream <number>', 'the connection', oneStream)
    .addOption(new Option('--direction <side>', 'whose bytes').choices(['client', 'server', 'both']).default('both'))
    .addOption(new Option('--as <form>', 'raw: the bytes alone; text: readable, holes named; hex: a line a segment, the server indented').choices(['raw', 'text', 'hex']).default('text'))
    .option('--out <file>', 'file to write instead of standard output')
    .addOption(force())
    .description('what a connection carried, put in order: retransmissions taken out, gaps told')
    .action(async (file: string, options: FollowOptions) => {
      done(await followCommand(file, options));
    });
}

function oneStream(value: string): number {
  if (!/^\d{1,10}$/.test(value)) throw new InvalidArgumentError('A stream is a number from 0.');
  return Number(value);
}

function collectStream(value: string, before: readonly number[] = []): number[] {
  return [...before, oneStream(value)];
}
