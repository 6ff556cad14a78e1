import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MemorySource } from '../../src/core/capture/byteSource';
import { FormatError, type CaptureReader } from '../../src/core/capture/captureReader';
import { textDetail } from '../../src/core/capture/textDetail';
import { looksLikePacketText, openTextReader } from '../../src/core/capture/textReader';

/** Lines of every form, to be cut, mixed and mutated. */
const LINES = [
  '13:46:40.000000 IP 10.0.0.1.40000 > 10.0.0.2.9999: Flags [S], seq 4000000000, win 64240, options [mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7], length 0',
  '13:46:40.009000 IP 10.0.0.2.9999 > 10.0.0.1.40000: Flags [S.], seq 500000, ack 4000000001, win 65160, options [mss 1460,nop,nop,sack 2 {1:2}{3:4}], length 0',
  '13:46:40.010000 IP 10.0.0.1.40000 > 10.0.0.2.9999: Flags [P.], seq 1:6, ack 1, win 502, length 5: HTTP',
  '2024-05-05 13:46:40.000000 eth0  In  IP6 fe80::1.1 > ::ffff:10.0.0.1.2: Flags [.], ack 3, win 1000, length 0',
  ' 00:00:00.250000 IP a.http > b.domain: tcp 5',
  '03:13:48.118526 10.0.0.1.3377 > 10.0.0.2.80: S [tcp sum ok] 534596083:534596083(0) win 57344 <mss 1460> (DF)',
  '13:46:40.1 IP (tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto TCP (6), length 45)\n    10.0.0.1.4 > 10.0.0.2.9: Flags [.], ack 5, win 1, length 0',
  '\t0x0000:  4500 0028 97c7 4000 3c06 2533 0a00 0001  E..(..@.<.%3....',
  '\t0x0010:  0a00 0002 cfea 0bb8 c60a 1f26 0000 0000',
  '    1   0.000000 10.0.0.1 → 10.0.0.2 TCP 74 53302 → 9999 [SYN] Seq=0 Win=64240 Len=0 MSS=1460 WS=128',
  '    2\t0.1\t10.0.0.2\t→\t10.0.0.1\tTCP\t74\t[TCP Dup ACK 1#1] 9999 → 53302 [ACK] Seq=1 Ack=1 Win=5 Len=0',
  'Frame 1: 80 bytes on wire (640 bits), 80 bytes captured (640 bits)',
  'Internet Protocol Version 4, Src: 127.0.0.1, Dst: 127.0.0.2',
  'Transmission Control Protocol, Src Port: 36444, Dst Port: 6379, Seq: 1, Ack: 1, Len: 5',
  '    Sequence Number (raw): 3088237715',
  '    Flags: 0x018 (PSH, ACK)',
  '0000  45 00 00 28 97 c7 40 00 3c 06 25 33 0a 00 00 01   E..(..@.<.%3....',
  'frame.number,ip.src,ip.dst,tcp.srcport,tcp.dstport,tcp.flags',
  '1,10.0.0.1,10.0.0.2,5,6,0x0002',
  'listening on eth0, link-type EN10MB (Ethernet), capture size 262144 bytes',
  '# tcpdump -n',
  '```',
  '...',
  '',
  '> 13:46:40.5 IP 10.0.0.1.4 &gt; 10.0.0.2.9: Flags [.], ack 77, win 5, length 0',
  '27163 15:05:51 write(1, "15:05:50.4 IP 10.0.2.15.ssh > 10.0.2.2.5: Flags [.], ack 9, win 4, length 0\\n", 107) = 107',
  'E..D.\'..x......N',
];

const START = LINES.slice(0, 3).join('\n');

const mutated = fc
  .array(fc.tuple(fc.constantFrom(...LINES), fc.nat(), fc.nat(), fc.constantFrom('', ' ', '\0', ',', '[', ']', '>', '{', '9', '99999999999999999999', ':', '.', '\r', '\x1b[', '&gt;', '\u2192', '\n')), { maxLength: 30 })
  .map((parts) =>
    parts
      .map(([line, at, drop, put]) => {
        const i = at % (line.length + 1);
        return at % 3 === 0 ? line : line.slice(0, i) + put + line.slice(i + (drop % 7));
      })
      .join('\n'),
  );

async function open(bytes: Uint8Array): Promise<CaptureReader | null> {
  try {
    return await openTextReader(new MemorySource(bytes));
  } catch (e) {
    assert.ok(e instanceof FormatError, String(e));
    return null;
  }
}

function linesOf(b: Uint8Array): number {
  let n = 0;
  for (const c of b) if (c === 0x0a) n++;
  return b.length > 0 && b[b.length - 1] !== 0x0a ? n + 1 : n;
}

describe('any text', function () {
  this.timeout(120_000);

  it('is read without a throw, every line is of one kind, and each record can be read again', async () => {
    await fc.assert(
      fc.asyncProperty(mutated, fc.integer({ min: 1, max: 5000 }), async (body, step) => {
        const bytes = new TextEncoder().encode(`${START}\n${body}`);
        const reader = await open(bytes);
        // A NUL near the start makes it no text: refused, not read wrongly.
        if (!reader) { assert.ok(bytes.subarray(0, 4096).includes(0)); return; }
        const seen: { offset: number; seq: number; ack: number; known: number; time: number; end: number }[] = [];
        let last = -1;
        while (
          await reader.read((r) => {
            assert.ok(r.offset > last && r.offset + r.textLength <= bytes.length && r.end >= r.start);
            last = r.offset;
            const s = r.textSegment;
            seen.push({ offset: r.offset, seq: s?.seq ?? -1, ack: s?.ack ?? -1, known: s?.known ?? -1, time: r.hasTime ? r.seconds * 1e9 + r.nanos : -1, end: r.end - r.start });
            if (s) for (const v of [s.seq, s.ack, s.window, s.tsVal, s.tsEcr, s.mss, s.windowScale, s.length]) assert.ok(Number.isInteger(v) && v >= 0 && v <= 0xffffffff);
            return true;
          }, step)
        );
        const text = reader.info.text!;
        assert.equal(text.lines, linesOf(bytes));
        assert.equal(text.packetLines + Object.values(text.noise).reduce((a, b) => a + b, 0) + text.errorCount, text.lines);
        for (const was of seen) {
          const { record } = await reader.recordAt(was.offset, 0);
          const s = record.textSegment;
          assert.deepEqual(
            { offset: record.offset, seq: s?.seq ?? -1, ack: s?.ack ?? -1, known: s?.known ?? -1, time: record.hasTime ? record.seconds * 1e9 + record.nanos : -1, end: record.end - record.start },
            was,
          );
        }
      }),
      { numRuns: 600 },
    );
  });

  it('gives the same records however it is cut into pieces, and stops where the sink says', async () => {
    await fc.assert(
      fc.asyncProperty(mutated, fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 7 }), async (body, step, every) => {
        const bytes = new TextEncoder().encode(`${START}\n${body}`);
        if (!(await open(bytes))) { assert.ok(bytes.subarray(0, 4096).includes(0)); return; }
        const offsets = async (size: number, stop: number): Promise<number[]> => {
          const reader = (await open(bytes))!;
          const out: number[] = [];
          while (await reader.read((r) => out.push(r.offset) % stop !== 0 || stop === 1, size));
          return out;
        };
        assert.deepEqual(await offsets(step, every), await offsets(1 << 20, 1));
      }),
      { numRuns: 200 },
    );
  });

  it('of arbitrary bytes is refused or read', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), async (noise) => {
        looksLikePacketText(noise);
        textDetail(noise);
        const reader = await open(noise);
        if (reader) while (await reader.read(() => true, 100));
        const bytes = new Uint8Array([...new TextEncoder().encode(`${START}\n`), ...noise]);
        const mixed = await open(bytes);
        if (mixed) {
          while (await mixed.read(() => true, 64));
          assert.equal(mixed.info.text!.lines, linesOf(bytes));
        }
      }),
      { numRuns: 400 },
    );
  });

  it('tokens lie inside the text, in order', () => {
    fc.assert(
      fc.property(mutated, (body) => {
        const bytes = new TextEncoder().encode(body);
        const detail = textDetail(bytes);
        let at = 0;
        for (const t of detail?.tokens ?? []) {
          assert.ok(t.start >= at && t.end > t.start && t.end <= bytes.length, `${t.kind} ${t.start}-${t.end}`);
          at = t.start;
        }
      }),
      { numRuns: 400 },
    );
  });

  it('made to be slow takes time in proportion to its length', async () => {
    const hostile: ((n: number) => string)[] = [
      (n) => `${START}\n${'x > y: '.repeat(n / 7)}`,
      (n) => `${START}\n${'12:34:56 '.repeat(n / 9)}Flags [`,
      (n) => `${START}\n${'IP '.repeat(n / 3)}> Flags [S]`,
      (n) => `${START}\n13:46:40.0 IP a.1 > b.2: Flags [S], options [${'mss 1,'.repeat(n / 6)}`,
      (n) => `${START}\n13:46:40.0 IP a.1 > b.2: Flags [${'.'.repeat(n)}`,
      (n) => `${START}\n13:46:40.0 IP (tos 0x0, ${'(tos 0x'.repeat(n / 8)}) a.1 > b.2: Flags [.], ack 1, win 1, length 0`,
      (n) => `${START}\n${' '.repeat(n)}x`,
      (n) => `${START}\n${'\n'.repeat(n)}`,
      (n) => `${START}\n${'> '.repeat(n / 2)}`,
      (n) => `${START}\n${'\tx\n'.repeat(n / 3)}`,
      (n) => `${START}\n${'listening on eth0\n13:46:40.0 IP a.1 > b.2: Flags [.], ack 1, win 1, length 0\n'.repeat(n / 80)}`,
      (n) => `${START}\n13:46:40.0 IP a.1 > b.2: Flags [.]\n${'y\n'.repeat(n / 2)}`,
      (n) => `Frame 1: 80 bytes on wire\nTransmission Control Protocol, Src Port: 1, Dst Port: 2\n${'    Flags: 0x018 x\n'.repeat(n / 20)}`,
      (n) => `${START}\n${'0000  45 00\n'.repeat(n / 13)}`,
      (n) => `1 0.0 a.b.c → d.e.f TCP 1 5 → 6 [SYN] ${'Seq=1 '.repeat(n / 6)}`,
      (n) => `1 0.0 a.b.c → d.e.f TCP 1 ${'[TCP x] '.repeat(n / 8)}`,
      (n) => `frame.number,ip.src,tcp.srcport,tcp.len\n${'1,2,3,4\n'.repeat(n / 8)}`,
      (n) => Array.from({ length: n / 75 }, (_, i) => `13:46:40.0 IP h${i}.x${i} > b.2: Flags [.], ack 1, win 1, length 0`).join('\n'),
    ];
    for (const [i, make] of hostile.entries()) {
      const time = async (n: number): Promise<number> => {
        const bytes = new TextEncoder().encode(make(n));
        // Time on the processor: other work on the machine must not count.
        const before = process.cpuUsage();
        const reader = await open(bytes);
        if (reader) while (await reader.read(() => true, 1 << 20));
        const { user, system } = process.cpuUsage(before);
        return (user + system) / 1000;
      };
      await time(20_000);
      const small = Math.max(2, await time(200_000));
      const large = await time(1_600_000);
      // Eight times the text: linear is 8, quadratic 64.
      assert.ok(large < small * 30 + 400, `form ${i}: ${small.toFixed(0)} ms, then ${large.toFixed(0)} ms`);
    }
  });
});
