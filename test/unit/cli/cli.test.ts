import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeSegments } from '../../support/bigCaptures';
import { pcapHeader, pcapRecord, SHORT_CONNECTION, tcpCapture, tcpFrame, type TestSegment } from '../../support/pcapWriter';

/** The built command line, as people run it. */
const CLI = path.resolve(__dirname, '../../../cli.js');

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8' });
}

describe('tcp-trace', function () {
  this.timeout(30_000);
  let dir = '';
  const file = (name: string, bytes: Buffer): string => {
    const full = path.join(dir, name);
    fs.writeFileSync(full, bytes);
    return full;
  };

  before(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tcp-trace-cli-'))));
  after(() => fs.rmSync(dir, { recursive: true }));

  it('prints one row per segment with the fields asked for', () => {
    const capture = file('short.pcap', tcpCapture(SHORT_CONNECTION));
    const { status, stdout } = run('packets', capture, '--fields', 'frame.number,tcp.flags,tcp.seq,tcp.ack,tcp.window_size,tcp.window_size_scalefactor,tcp.len,tcp.options.mss_val');
    assert.equal(status, 0);
    assert.deepEqual(stdout.split('\n').slice(0, 6), [
      'frame.number\ttcp.flags\ttcp.seq\ttcp.ack\ttcp.window_size\ttcp.window_size_scalefactor\ttcp.len\ttcp.options.mss_val',
      '1\t0x0002\t0\t0\t64240\t\t0\t1460',
      '2\t0x0012\t0\t1\t65160\t\t0\t1460',
      '3\t0x0010\t1\t1\t64256\t128\t0\t',
      '4\t0x0018\t1\t1\t64256\t128\t6\t',
      '5\t0x0018\t1\t7\t65536\t512\t7\t',
    ]);
    assert.equal(stdout.trimEnd().split('\n').length, 1 + SHORT_CONNECTION.length);
  });

  it('prints the segments that pass a display filter', () => {
    const capture = file('filtered.pcap', tcpCapture(SHORT_CONNECTION));
    const rows = (filter: string): string[] => run('packets', capture, '--fields', 'frame.number', '--filter', filter).stdout.trimEnd().split('\n').slice(1);
    assert.deepEqual(rows('tcp.len > 0'), ['4', '5']);
    assert.deepEqual(rows('tcp.payload contains "PONG" or tcp.flags.fin == 1'), ['5', '7', '8']);
    assert.deepEqual(rows('udp'), []);
    assert.equal(rows('').length, SHORT_CONNECTION.length);
  });

  it('prints and exports the segments that pass a filter on what the study says, also from standard input', () => {
    const capture = file('studied.pcap', tcpCapture(SHORT_CONNECTION));
    const states = run('packets', capture, '--fields', 'frame.number,state.client,frame.protocols').stdout.trimEnd().split('\n').slice(1).map((line) => line.split('\t'));
    assert.ok(states.every(([, , protocols]) => protocols === 'eth:ethertype:ip:tcp'));
    const opened = states.filter(([, state]) => state === 'ESTABLISHED').map(([frame]) => frame);
    assert.ok(opened.length > 0 && opened.length < states.length);
    const filter = 'state.client == "ESTABLISHED"';
    assert.deepEqual(run('packets', capture, '--fields', 'frame.number', '--filter', filter).stdout.trimEnd().split('\n').slice(1), opened);
    const piped = spawnSync(process.execPath, [CLI, 'packets', '-', '--fields', 'frame.number', '--filter', filter], { encoding: 'utf8', input: fs.readFileSync(capture) });
    assert.deepEqual(piped.stdout.trimEnd().split('\n').slice(1), opened);
    const out = path.join(dir, 'opened.pcapng');
    assert.equal(run('export', capture, out, '--filter', `${filter} && verdict.text`).status, 0);
    assert.equal(run('packets', out, '--fields', 'frame.number').stdout.trimEnd().split('\n').length, 1 + opened.length);
    assert.equal(run('packets', capture, '--filter', 'finding.severity == "grave"').status, 64);
  });

  it('says where a filter is wrong, with status 64', () => {
    const capture = file('wrong-filter.pcap', tcpCapture(SHORT_CONNECTION));
    const { status, stdout, stderr } = run('packets', capture, '--filter', 'tcp.len > 0 and tcp.prot == 80');
    assert.equal(status, 64);
    assert.equal(stdout, '');
    assert.match(stderr, /^tcp-trace: filter, column 17: There is no field "tcp\.prot"\. Did you mean tcp\.port/);
    assert.deepEqual(stderr.split('\n').slice(1, 3), ['  tcp.len > 0 and tcp.prot == 80', '                  ^^^^^^^^']);
  });

  it('tells what comes later in the capture in segment.* fields, and why', () => {
    const data = (time: number): TestSegment => ({ from: 'client', flags: 24, seq: 1001, ack: 5001, payload: 'PING', time });
    const capture = file('lost.pcap', tcpCapture([...SHORT_CONNECTION.slice(0, 3), data(1), data(1.3), { from: 'server', flags: 16, seq: 5001, ack: 1005, time: 1.31 }]));
    const { stdout } = run('packets', capture, '--fields', 'frame.number,segment.lost,segment.retransmission,segment.duplicate');
    assert.deepEqual(stdout.split('\n').slice(4, 6), ['4\t1\t\t', '5\t\t1\t']);
    const why = run('explain', capture, '--packet', '5', '--format', 'ndjson');
    assert.equal(why.status, 0);
    assert.deepEqual(why.stdout.trimEnd().split('\n').map((l) => (JSON.parse(l) as { field: string; packets: number[] })).map((e) => [e.field, e.packets]), [
      ['segment.retransmission', [4]],
      ['tcp.analysis.retransmission', [4]],
    ]);
    assert.match(run('explain', capture, '--packet', '4').stdout, /segment\.lost: .*\n.*packet #5.*\n[^]*Variables after packet 4:/);
    assert.equal(run('explain', capture, '--packet', '99').status, 64);
  });

  it('prints NDJSON with lists as arrays and CSV with commas', () => {
    const sack = [1, 1, 5, 10, 0, 0, 0x13, 0x88, 0, 0, 0x13, 0xec];
    const capture = file('sack.pcap', tcpCapture([...SHORT_CONNECTION.slice(0, 3), { from: 'server', flags: 16, seq: 5001, ack: 1001, options: sack }]));
    const rows = run('packets', capture, '--fields', 'frame.number,tcp.options.sack_le', '--format', 'ndjson').stdout.trimEnd().split('\n').map((l) => JSON.parse(l) as unknown);
    assert.deepEqual(rows[3], { 'frame.number': '4', 'tcp.options.sack_le': ['4000'] }); // 5000 - 1000: relative to what the peer counts from
    assert.deepEqual(rows[0], { 'frame.number': '1', 'tcp.options.sack_le': [] });
    assert.match(run('packets', capture, '--fields', 'frame.number,tcp.len', '--format', 'csv').stdout, /^frame\.number,tcp\.len\n1,0\n/);
  });

  it('lists findings, frame numbers from 1', () => {
    const capture = file('findings.pcap', tcpCapture([0, 1, 3].map((time) => ({ from: 'client' as const, flags: 2, seq: 1000, time }))));
    const [head, row] = run('findings', capture).stdout.split('\n');
    assert.equal(head, 'stream\tid\tseverity\tconfidence\tpackets\tpacket_count\ttext');
    assert.match(row!, /^0\thandshake\.no-answer\terror\tcertain\t1,2,3\t3\t3 SYNs over 3 s, /);
    assert.equal((JSON.parse(run('findings', capture, '--format', 'ndjson').stdout.split('\n')[0]!) as { id: string }).id, 'handshake.no-answer');
  });

  it('prints one row per stream', () => {
    const capture = file('streams.pcap', tcpCapture(SHORT_CONNECTION));
    const [head, row] = run('streams', capture).stdout.split('\n');
    const cells = Object.fromEntries((head ?? '').split('\t').map((name, i) => [name, (row ?? '').split('\t')[i]]));
    assert.equal(cells.client, '10.0.0.1');
    assert.equal(cells.server_port, '6379');
    assert.equal(cells.packets, '9');
    assert.equal(cells.bytes_server, '7');
    assert.equal(cells.status, 'closed');
    assert.equal(cells.duration_s, '0.008000000');
    assert.equal(cells.handshake_rtt_s, '0.002000000');
  });

  it('leaves times out where the capture has none, be it a text or pcapng', () => {
    const line = (from: string, to: string, flags: string): string => `IP ${from} > ${to}: Flags [${flags}], seq 100, win 1000, length 0\n`;
    const text = file('untimed.tcpdump', Buffer.from(line('10.0.0.1.1000', '10.0.0.2.80', 'S') + line('10.0.0.1.1000', '10.0.0.2.80', 'S')));
    const block = (type: number, ...body: readonly (number | Buffer)[]): Buffer => {
      const bytes = Buffer.concat(body.map((part) => (typeof part === 'number' ? Buffer.from(Uint32Array.of(part).buffer) : part)));
      const padded = Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
      const length = padded.length + 12;
      return Buffer.concat([Buffer.from(Uint32Array.of(type, length).buffer), padded, Buffer.from(Uint32Array.of(length).buffer)]);
    };
    const frame = tcpFrame({ from: 'client', flags: 2, seq: 1000 });
    // Simple Packet Blocks carry no time.
    const simple = block(3, frame.length, frame);
    const binary = file('untimed.pcapng', Buffer.concat([block(0x0a0d0d0a, 0x1a2b3c4d, 1, 0xffffffff, 0xffffffff), block(1, 1, 0), simple, simple]));
    for (const capture of [text, binary]) {
      const row = JSON.parse(run('streams', capture, '--format', 'ndjson').stdout.split('\n')[0]!) as Record<string, string | null>;
      for (const name of ['start_epoch', 'duration_s', 'handshake_s', 'idle_s']) assert.ok(!row[name], `${name} ${row[name]}`);
      assert.equal(row.packets, '2');
      assert.doesNotMatch(run('findings', capture).stdout, /NaN|\b0 s\b/);
    }
  });

  it('prints the kernel parameters that a capture tells of', () => {
    const { status, stdout } = run('parameters', path.resolve('media/samples/keepalive-dead.pcap'), '--format', 'ndjson');
    assert.equal(status, 0);
    const rows = stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, string>);
    const probes = rows.find((row) => row.id === 'keepalive-probes');
    assert.deepEqual([probes?.end, probes?.sysctl, probes?.least, probes?.most], ['client', 'net.ipv4.tcp_keepalive_probes', '3', '3']);
    assert.equal(run('parameters', file('none.pcap', Buffer.from('no capture'))).status, 2);
  });

  it('prints what can be read of a cut capture, names the byte, and exits with 1', () => {
    const whole = tcpCapture(SHORT_CONNECTION);
    const lastRecord = whole.length - pcapRecord(tcpFrame(SHORT_CONNECTION[8]!), 0).length;
    const { status, stdout, stderr } = run('packets', file('cut.pcap', whole.subarray(0, whole.length - 5)), '--fields', 'frame.number');
    assert.equal(status, 1);
    assert.equal(stdout.trimEnd().split('\n').length, 9);
    assert.equal(stderr.trimEnd().split('\n').length, 1);
    assert.match(stderr, new RegExp(`byte ${lastRecord}\\b`));
  });

  it('names the byte of the file at which a gzip breaks off', () => {
    const whole = gzipSync(tcpCapture(SHORT_CONNECTION));
    const { status, stdout, stderr } = run('packets', file('cut.pcap.gz', whole.subarray(0, whole.length - 60)), '--fields', 'frame.number');
    assert.equal(status, 1);
    assert.match(stdout, /^frame\.number\n1\n/);
    assert.match(stderr, new RegExp(`byte ${whole.length - 60}\\b.*gzip`));
    const capture = path.join(dir, 'cut.pcap.gz');
    assert.match(run('findings', capture, '--format', 'ndjson').stdout, new RegExp(`capture\\.truncated.*byte ${whole.length - 60}\\b`));
    for (const args of [['explain', capture, '--packet', '1'], ['export', capture, '-', '--packets', '1', '--to', 'text']]) {
      const { status: code, stderr: told } = run(...args);
      assert.equal(code, 1);
      assert.match(told, new RegExp(`byte ${whole.length - 60}\\b.*gzip`));
    }
  });

  it('exits with 2 for files that are no capture, and for missing ones', () => {
    const bad = run('packets', file('bad.bin', Buffer.from('\x7fELF not a capture at all')));
    assert.equal(bad.status, 2);
    assert.match(bad.stderr, /pcapng/);
    assert.equal(bad.stdout, '');
    assert.equal(run('packets', path.join(dir, 'nowhere.pcap')).status, 2);
  });

  it('exits with 64 for wrong words', () => {
    const capture = file('usage.pcap', tcpCapture(SHORT_CONNECTION));
    assert.equal(run('packets', capture, '--fields', 'tcp.nonsense').status, 64);
    assert.equal(run('packets', capture, '--format', 'xml').status, 64);
    assert.equal(run('packets', capture, '--frobnicate').status, 64);
    assert.equal(run('nothing').status, 64);
    assert.equal(run('packets').status, 64);
  });

  it('lists every field in its help and exits with 0', () => {
    const { status, stdout } = run('packets', '--help');
    assert.equal(status, 0);
    for (const name of ['frame.number', 'tcp.options.sack_re', 'tcp.analysis.rto_frame']) assert.ok(stdout.includes(name), name);
    assert.equal(run('--version').status, 0);
  });

  it('reads an empty capture as no rows', () => {
    const { status, stdout } = run('packets', file('empty.pcap', pcapHeader()), '--fields', 'frame.number');
    assert.equal(status, 0);
    assert.equal(stdout, 'frame.number\n');
  });

  it('needs no more memory for a million rows than for a few', () => {
    const preload = file('rss.cjs', Buffer.from("process.on('exit', () => require('fs').writeSync(2, 'rss ' + process.resourceUsage().maxRSS));"));
    const peak = (packets: number): number => {
      const capture = path.join(dir, `rows-${packets}.pcap`);
      writeSegments(capture, packets, 100);
      const { status, stderr } = spawnSync(process.execPath, ['-r', preload, CLI, 'packets', capture], { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
      fs.rmSync(capture);
      assert.equal(status, 0);
      return Number(/rss (\d+)/.exec(stderr)?.[1]) / 1024;
    };
    const few = peak(20_000);
    const many = peak(1_000_000);
    assert.ok(many - few < 64, `${few.toFixed(0)} MB for 20 000 rows, ${many.toFixed(0)} MB for 1 000 000`);
  });

  if (fs.existsSync('/dev/full')) {
    it('exits with 70 and says why when its output cannot be written', () => {
      const full = fs.openSync('/dev/full', 'w');
      const { status, stderr } = spawnSync(process.execPath, [CLI, 'packets', file('full.pcap', tcpCapture(SHORT_CONNECTION))], { encoding: 'utf8', stdio: ['ignore', full, 'pipe'] });
      fs.closeSync(full);
      assert.equal(status, 70);
      assert.match(stderr, /ENOSPC/);
    });
  }

  it('ends quietly when the pipe is closed', async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => pcapRecord(tcpFrame({ from: 'client', flags: 16, seq: i, payload: 'x' }), i * 0.0001));
    const capture = file('many.pcap', Buffer.concat([pcapHeader(), ...many]));
    const child = spawn(process.execPath, [CLI, 'packets', capture], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (s: string) => (stderr += s));
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on('close', resolve));
    assert.equal(code, 0);
    assert.equal(stderr, '');
  });
});
