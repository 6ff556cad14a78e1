import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeSegments } from '../../support/bigCaptures';
import { SHORT_CONNECTION, tcpCapture } from '../../support/pcapWriter';

const CLI = path.resolve(__dirname, '../../../cli.js');

function run(args: readonly string[], input?: Buffer): { status: number | null; stdout: Buffer; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { input, env: { ...process.env, TZ: 'UTC' } });
  return { status, stdout, stderr: stderr.toString() };
}

describe('tcp-trace convert and export', function () {
  this.timeout(30_000);
  let dir = '';
  const capture = tcpCapture(SHORT_CONNECTION);
  const file = (name: string): string => path.join(dir, name);
  before(() => {
    dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tcp-trace-convert-'));
    fs.writeFileSync(file('in.pcap'), capture);
  });
  after(() => fs.rmSync(dir, { recursive: true }));

  it('goes from pcap to text to pcapng to the same text', () => {
    assert.equal(run(['convert', file('in.pcap'), file('out.tcpdump')]).status, 0);
    assert.equal(run(['convert', file('out.tcpdump'), file('back.pcapng')]).status, 0);
    const again = run(['convert', file('back.pcapng'), '-', '--to', 'text']).stdout.toString();
    assert.equal(again, fs.readFileSync(file('out.tcpdump'), 'utf8'));
    assert.equal(again.trimEnd().split('\n').length, SHORT_CONNECTION.length);
  });

  it('reads standard input in every subcommand: capture, gzip and text', () => {
    const rows = run(['packets', file('in.pcap')]).stdout;
    assert.deepEqual(run(['packets', '-'], capture).stdout, rows);
    assert.deepEqual(run(['packets', '-'], gzipSync(capture)).stdout, rows);
    assert.deepEqual(run(['streams', '-'], capture).stdout, run(['streams', file('in.pcap')]).stdout);
    const text = run(['convert', '-', '-'], capture).stdout;
    assert.match(text.toString(), /Flags \[S\], seq 1000/);
    assert.equal(run(['packets', '-', '--fields', 'tcp.seq_raw'], text).stdout.toString().split('\n')[1], '1000');
    const pcapng = run(['convert', '-', '-', '--payload', 'none'], text).stdout;
    assert.equal(pcapng.readUInt32BE(0), 0x0a0d0d0a);
    // A field that takes two passes over the capture.
    const judged = ['--fields', 'frame.number,segment.retransmission'];
    assert.deepEqual(run(['packets', '-', ...judged], capture), run(['packets', file('in.pcap'), ...judged]));
    for (const args of [['findings'], ['parameters'], ['explain', '--packet', '3']] as const) {
      const [name, ...options] = args;
      const piped = run([name, '-', ...options], capture);
      assert.deepEqual(piped, run([name, file('in.pcap'), ...options]));
      assert.equal(piped.status, 0, piped.stderr);
    }
    assert.equal(run(['packets', '-'], Buffer.alloc(0)).status, 2);
  });

  it('exports streams and packets', () => {
    const export_ = (...args: string[]): string[] => run(['export', file('in.pcap'), '-', '--to', 'text', ...args]).stdout.toString().trimEnd().split('\n');
    assert.equal(export_('--packets', '1-2,9').length, 3);
    assert.equal(export_('--packets', '8-').length, SHORT_CONNECTION.length - 7);
    assert.equal(export_('--stream', '0').length, SHORT_CONNECTION.length);
    assert.deepEqual(export_('--stream', '7'), ['']);
    assert.equal(export_('--stream', '0', '--packets', '2').length, 1);
    assert.equal(export_('--filter', 'tcp.flags.syn == 1').length, 2);
    assert.equal(export_('--filter', 'tcp.flags.syn == 1', '--packets', '2-').length, 1);
    assert.equal(run(['export', file('in.pcap'), '-', '--to', 'text', '--filter', 'tcp.nosuch']).status, 64);
  });

  it('refuses what would destroy something, and says what to do', () => {
    fs.writeFileSync(file('there.pcapng'), 'precious');
    const refused = run(['convert', file('in.pcap'), file('there.pcapng')]);
    assert.equal(refused.status, 2);
    assert.match(refused.stderr, /exists already.*--force/s);
    assert.equal(fs.readFileSync(file('there.pcapng'), 'utf8'), 'precious');
    assert.equal(run(['convert', file('in.pcap'), file('there.pcapng'), '--force']).status, 0);
    const same = run(['convert', file('there.pcapng'), file('there.pcapng'), '--force']);
    assert.equal(same.status, 2);
    assert.match(same.stderr, /being read/);
    assert.deepEqual(fs.readdirSync(dir).filter((name) => name.endsWith('.part')), []);
  });

  it('leaves nothing behind when it is interrupted', async () => {
    writeSegments(file('long.pcap'), 400_000, 100);
    const child = spawn(process.execPath, [CLI, 'convert', file('long.pcap'), file('long.tcpdump')], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.on('close', resolve));
    const partial = (): boolean => fs.readdirSync(dir).some((name) => name.endsWith('.part') && fs.statSync(file(name)).size > 0);
    while (child.exitCode === null && !partial()) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGINT');
    assert.equal(await ended, process.platform === 'win32' ? null : 130);
    fs.rmSync(file('long.pcap'));
    if (process.platform !== 'win32') assert.deepEqual(fs.readdirSync(dir).filter((name) => /part$|^long/.test(name)), []);
  });

  it('tells wrong words apart', () => {
    for (const args of [['convert', file('in.pcap'), file('x.pcap')], ['export', file('in.pcap'), '-', '--packets', '5-2'], ['export', file('in.pcap'), '-', '--stream', 'x']]) {
      const { status, stderr } = run(args);
      assert.equal(status, 64, stderr);
      assert.notEqual(stderr, '');
    }
    assert.equal(run(['convert', file('none.pcap'), '-']).status, 2);
  });
});
