import assert from 'node:assert/strict';
import { LABEL_DUPLICATE_ACK, LABEL_RETRANSMISSION } from '../../../../src/core/analysis/segmentAnalysis';
import type { ByteSource } from '../../../../src/core/capture/byteSource';
import { textDetail, tokenAt } from '../../../../src/core/capture/textDetail';
import { openTextReader } from '../../../../src/core/capture/textReader';
import { PROTOCOL_UNKNOWN } from '../../../../src/core/decode/otherTraffic';
import { ACK, ECE, KNOWN_ABSOLUTE_SEQ, KNOWN_OPTIONS, KNOWN_WINDOW, PSH, RST, SYN } from '../../../../src/core/decode/segment';
import { copyOf, readAll, readText } from './textHarness';

const A = 'IP 10.0.0.1.40000 > 10.0.0.2.9999: Flags [.], ack 500001, win 1000, length 0';

describe('times of text captures', () => {
  const times = async (lines: string): Promise<(number | null)[]> => (await readText(lines)).records.map((r) => (r.time === null ? null : Math.round(r.time * 1e6) / 1e6));

  it('reads every style', async () => {
    assert.deepEqual(await times(`${A}\n${A}\n`), [null, null]);
    assert.deepEqual(await times(`1000000.500000 ${A}\n1000000.250000 ${A}\n`), [1000000.5, 1000000.25]);
    assert.deepEqual(await times(`1970-01-12 13:46:40.000000 ${A}\n2024-02-29 00:00:00.000001 ${A}\n`), [1000000, 1709164800.000001]);
    assert.deepEqual(await times(`01/12/1970 13:46:40.5 ${A}\n`), [1000000.5]);
    assert.deepEqual(await times(`13:46:40.123456789 ${A}\n`), [49600.123457]);
    assert.deepEqual(await times(` 00:00:00.000000 ${A}\n 00:00:00.500000 ${A}\n-00:00:00.250000 ${A}\n 00:00:01.000000 ${A}\n 00:00:00.100000 ${A}\n`), [0, 0.5, 0.25, 1.25, 1.35]);
    assert.deepEqual(await times(` 00:00:00.000000 ${A}\n 00:00:00.500000 ${A}\n 00:00:00.250000 ${A}\n 00:00:00.700000 ${A}\n`), [0, 0.5, 0.25, 0.7]);
  });

  it('counts midnights of times without a date', async () => {
    assert.deepEqual(await times(`23:59:59.900000 ${A}\n00:00:00.100000 ${A}\n23:59:59.950000 ${A}\n00:00:01.000000 ${A}\n`), [86399.9, 86400.1, 86399.95, 86401]);
  });
});

describe('what surrounds packets', () => {
  it('is accounted for by kind', async () => {
    const { records, reader } = await readText(
      `root@host:~# tcpdump -n\r\ntcpdump: verbose output suppressed, use -v or -vv for full protocol decode\r\nlistening on eth0, link-type EN10MB (Ethernet), capture size 262144 bytes\r\n13:46:40.000000 ${A}\r\n...\r\n13:46:41.000000 ${A}\r\n^C\r\n2 packets captured\r\n0 packets dropped by kernel\r\n\r\n\`\`\`\r\nAs you can see, nothing happens.\r\n13:46:42.000000 IP 10.0.0.1.40000 > 10.0.0.2.9999: Flags [?!], win 1\r\n`,
    );
    assert.equal(records.length, 2);
    const text = reader.info.text!;
    assert.deepEqual(text.noise, { blank: 1, banner: 2, summary: 2, prompt: 1, markup: 1, ellipsis: 2, text: 1, rest: 0 });
    assert.deepEqual(text.errors, [{ line: 13, reason: 'flags' }]);
    assert.deepEqual([text.lines, text.packetLines, text.errorCount], [13, 2, 1]);
  });

  it('does not hide packets: quotes, indentation, colours, entities, markup, log calls', async () => {
    const line = `13:46:40.000000 ${A}`;
    for (const wrapped of [
      `> ${line}`,
      `> > ${line}`,
      `    ${line}`,
      `\x1b[32m13:46:40.000000\x1b[0m IP 10.0.0.1.40000 > 10.0.0.2.9999: Flags [.], ack \x1b[1m500001\x1b[0m, win 1000, length 0`,
      line.replace('>', '&gt;'),
      `<td>${line}</td>`,
      `27163 15:05:51 write(1, "${line}\\n", 91) = 91`,
      `    "content": "${line}",`,
      `\ufeff${line}`,
      line.replace(', win', ',\nwin'),
      line.replace(', length', '\n, length'),
    ]) {
      const { records } = await readText(`${wrapped}\n`);
      assert.equal(records.length, 1, wrapped);
      const s = records[0]!.segment!;
      assert.deepEqual([records[0]!.ends, s.flags, s.ack, s.window, s.length, records[0]!.time], ['10.0.0.1:40000 > 10.0.0.2:9999', ACK, 500001, 1000, 0, 49600], wrapped);
    }
  });

  it('of -A output is payload, not packets', async () => {
    const { records, reader } = await readText(`15:37:32.628640 IP 10.0.0.1.80 > 10.0.0.2.5: Flags [P.], seq 1000000:1000528, ack 138, win 240, length 528: HTTP: HTTP/1.1 200 OK
E..D.'..x......N
eL4u....HTTP/1.1 200 OK
Content-Type: text/plain

2024-01-01 IP 1.2.3.4.5 > 6.7.8.9.10: Flags [S], seq 1
12:00:00 said someone

15:37:32.628700 IP 10.0.0.2.5 > 10.0.0.1.80: Flags [.], ack 1000528, win 240, length 0
3 packets captured
`);
    assert.deepEqual(records.map((r) => r.ends), ['10.0.0.1:80 > 10.0.0.2:5', '10.0.0.2:5 > 10.0.0.1:80']);
    assert.deepEqual([reader.info.text!.packetLines, reader.info.text!.noise.summary, reader.info.text!.noise.blank], [8, 1, 1]);
  });
});

describe('hex dumps in text', () => {
  const HEAD = '17:24:58.472527 IP 10.0.0.1.53226 > 10.0.0.2.3000: Flags [SEW], seq 3322552102, win 65535, length 0\n';
  const IP = ['4500 0028 97c7 4000 3c06 2533 0a00 0001', '0a00 0002 cfea 0bb8 c60a 1f26 0000 0000', '5002 ffff 0acf 0000'];

  it('give the real bytes: -x from the IP header, -xx with the Ethernet header, -X with text', async () => {
    const x = await readText(`${HEAD}\t0x0000:  ${IP[0]}\n\t0x0010:  ${IP[1]}\n\t0x0020:  ${IP[2]}\n`);
    assert.deepEqual([x.records[0]!.segment, x.records[0]!.linkType, x.records[0]!.bytes.length, x.records[0]!.originalLength], [null, 101, 40, 40]);
    const old = await readText(`${HEAD}0x0000\t ${IP[0]}\tE..(..@.<.%3....\n0x0010\t ${IP[1]}\t...........&....\n0x0020\t ${IP[2]}\tP.......\n`);
    assert.deepEqual([...old.records[0]!.bytes], [...x.records[0]!.bytes]);
    const xx = await readText(`${HEAD}\t0x0000:  2c6b f5d6 17c5 2c6b f5d6 17cc 0800 4500  ,k....,k......E.\n\t0x0010:  0028 97c7 4000 3c06 2533 0a00 0001 0a00  .(..@.<.%3......\n\t0x0020:  0002 cfea 0bb8 c60a 1f26 0000 0000 5002  .........&....P.\n\t0x0030:  ffff 0acf 0000                           ......\n`);
    assert.deepEqual([xx.records[0]!.linkType, xx.records[0]!.bytes.length], [1, 54]);
    const detail = await x.reader.recordAt(0, 0);
    assert.equal(detail.record.bytes.length, 40);
    assert.ok(new TextDecoder().decode(detail.text).startsWith('17:24:58'));
  });

  it('give way to the text when they are cut short', async () => {
    const { records } = await readText(`${HEAD}\t0x0000:  ${IP[0]}\n\t......\n`);
    assert.equal(records[0]!.segment!.flags, SYN | ECE | 0x80);
  });

  it('stand alone as tshark -x prints them, without what was reassembled', async () => {
    const { records, reader } = await readText(`0000  45 00 00 28 97 c7 40 00 3c 06 25 33 0a 00 00 01   E..(..@.<.%3....
0010  0a 00 00 02 cf ea 0b b8 c6 0a 1f 26 00 00 00 00   ...........&....
0020  50 02 ff ff 0a cf 00 00                           P.......

Reassembled TCP (4 bytes):
0000  01 02 03 04                                       ....

0000  45 00 00 28 97 c7 40 00 3c 06 25 33 0a 00 00 01   E..(..@.<.%3....
0010  0a 00 00 02 cf ea 0b b8 c6 0a 1f 26 00 00 00 00   ...........&....
0020  50 02 ff ff 0a cf 00 00                           P.......
`);
    assert.deepEqual(records.map((r) => [r.linkType, r.bytes.length]), [[101, 40], [101, 40]]);
    assert.deepEqual([reader.info.text!.packetLines, reader.info.text!.noise.rest, reader.info.text!.noise.banner], [6, 1, 1]);
  });
});

describe('tshark text', () => {
  it('reads summaries with either arrow, notes and options', async () => {
    for (const arrow of ['→', '->', '>']) {
      const { records } = await readText(`    1   0.000000 10.0.0.1 → 10.0.0.2 TCP 74 53302 ${arrow} 9999 [SYN] Seq=0 Win=64240 Len=0 MSS=1460 SACK_PERM TSval=5 TSecr=0 WS=128
    2   0.010000 10.0.0.2 → 10.0.0.1 TCP 74 9999 ${arrow} 53302 [SYN, ACK] Seq=0 Ack=1 Win=65160 Len=0 MSS=1460 WS=64
    3   0.020000 10.0.0.1 → 10.0.0.2 TCP 71 [TCP Retransmission] 53302 ${arrow} 9999 [PSH, ACK] Seq=1 Ack=1 Win=64256 Len=5
    4   0.030000 10.0.0.2 → 10.0.0.1 TCP 66 [TCP Dup ACK 2#1] 9999 ${arrow} 53302 [ACK] Seq=1 Ack=1 Win=640 Len=0 SLE=7 SRE=9
    5   0.030000 10.0.0.2 → 10.0.0.1 HTTP 660 HTTP/1.1 200 OK
`);
      assert.deepEqual(records.map((r) => r.labels), [0, 0, LABEL_RETRANSMISSION, LABEL_DUPLICATE_ACK, -1], arrow);
      const [syn, synAck, data, ack] = records.map((r) => r.segment);
      assert.deepEqual([syn!.flags, syn!.mss, syn!.windowScale, syn!.tsVal, syn!.known & KNOWN_ABSOLUTE_SEQ], [SYN, 1460, 7, 5, 0]);
      // The window is multiplied in the text and is put back to what the header carried.
      assert.deepEqual([synAck!.window, data!.window, ack!.window], [65160, 502, 10]);
      assert.deepEqual([data!.flags, data!.seq, data!.length, ack!.sackLeft[0], ack!.sackRight[0]], [PSH | ACK, 1, 5, 7, 9]);
      assert.deepEqual([records[4]!.segment, records[4]!.protocol], [null, PROTOCOL_UNKNOWN]);
    }
  });

  it('reads the form without `Win=` of old articles', async () => {
    const { records } = await readText('0.000  127.0.0.1 -> 127.0.0.1  TCP 74 53302 > 9999 [SYN] Seq=0 Len=0\n106.491  127.0.0.1 -> 127.0.0.1  TCP 54 9999 > 53302 [RST] Seq=1 Len=0\n');
    assert.deepEqual(records.map((r) => [r.time, r.segment!.flags, r.segment!.known & (KNOWN_WINDOW | KNOWN_OPTIONS)]), [[0, SYN, 0], [106.491, RST, 0]]);
  });

  it('reads raw numbers, columns with ports, and tabs', async () => {
    const { records } = await readText(`    1 2007-10-29 22:10:55.856435 172.202.246.57 1063 64.12.189.217 443 TCP 70 1063 → 443 [SYN] Seq=3913451349 Win=65535 Len=0 MSS=1410
    2\t2007-10-29 22:10:55.950580\t64.12.189.217\t→\t172.202.246.57\tTCP\t66\t443 → 1063 [SYN, ACK] Seq=115958998 Ack=3913451350 Win=16384 Len=0 MSS=1360
`);
    assert.deepEqual(records.map((r) => [r.ends, r.segment!.seq, (r.segment!.known & KNOWN_ABSOLUTE_SEQ) !== 0]), [
      ['172.202.246.57:1063 > 64.12.189.217:443', 3913451349, true],
      ['64.12.189.217:443 > 172.202.246.57:1063', 115958998, true],
    ]);
  });

  it('reads -V blocks', async () => {
    const { records } = await readText(`Frame 1: 80 bytes on wire (640 bits), 80 bytes captured (640 bits)
    Epoch Time: 1795345197.703411000 seconds
Internet Protocol Version 4, Src: 127.0.0.1, Dst: 127.0.0.2
    Total Length: 60
Transmission Control Protocol, Src Port: 36444, Dst Port: 6379, Seq: 1, Ack: 1, Len: 5
    [TCP Segment Len: 5]
    Sequence Number: 1    (relative sequence number)
    Sequence Number (raw): 3088237715
    Acknowledgment Number: 1    (relative ack number)
    Acknowledgment number (raw): 1331661297
    1010 .... = Header Length: 40 bytes (10)
    Flags: 0x018 (PSH, ACK)
    Window: 64
    Options: (20 bytes)
        TCP Option - Timestamps: TSval 402753985, TSecr 1
            Timestamp value: 402753985
            Timestamp echo reply: 1
        TCP Option - SACK 21-31
            left edge = 21 (relative)
            right edge = 31 (relative)
    [SEQ/ACK analysis]
        [Expert Info (Note/Sequence): This frame is a (suspected) retransmission]

Frame 2: 60 bytes on wire (480 bits), 60 bytes captured (480 bits)
Address Resolution Protocol (request)
`);
    assert.equal(records.length, 2);
    const s = records[0]!.segment!;
    assert.deepEqual([records[0]!.ends, s.seq, s.ack, s.length, s.window, s.headerLength, s.flags, s.tsVal, s.tsEcr], ['127.0.0.1:36444 > 127.0.0.2:6379', 3088237715, 1331661297, 5, 64, 40, PSH | ACK, 402753985, 1]);
    assert.deepEqual([s.sackLeft[0], s.sackRight[0], records[0]!.labels, records[0]!.originalLength], [1331661317, 1331661327, LABEL_RETRANSMISSION, 80]);
  });

  it('reads rows of named fields', async () => {
    const { records } = await readText(`frame.number,frame.time_epoch,ip.src,ip.dst,tcp.srcport,tcp.dstport,tcp.seq_raw,tcp.ack_raw,tcp.flags,tcp.window_size_value,tcp.len
"1","1445156939.131847000","100.16.1.2","100.16.1.1","18324","179","3169482193","0","0x0002","16384","0"
`);
    const s = records[0]!.segment!;
    assert.deepEqual([records[0]!.ends, s.seq, s.flags, s.window, s.length, records[0]!.time], ['100.16.1.2:18324 > 100.16.1.1:179', 3169482193, SYN, 16384, 0, 1445156939.131847]);
  });
});

describe('going back to a record', () => {
  const LINES = Array.from({ length: 3000 }, (_, i) =>
    i === 0
      ? '13:46:40.000000 IP 10.0.0.2.9 > 10.0.0.1.4: Flags [S.], seq 500000, ack 4000000001, win 65160, length 0'
      : i % 3 === 0
        ? `# note ${i}`
        : `13:46:4${i % 10}.000000 IP 10.0.0.1.4 > 10.0.0.2.9: Flags [.], ${i % 2 ? `seq ${i}:${i + 5}, ` : ''}ack ${i}, win 502, options [nop,nop,sack 1 {${i + 7}:${i + 9}}], length ${i % 2 ? 5 : 0}`,
  );

  it('gives what the first pass gave, for any step of reading', async () => {
    const text = LINES.join('\n');
    const { reader, records } = await readText(text, 1000);
    for (let i = 0; i < records.length; i += 37) {
      const seen = records[i]!;
      const { record, text: own } = await reader.recordAt(seen.offset, 0);
      const again = copyOf(record.textSegment!);
      assert.deepEqual(again, seen.segment, `record ${i}`);
      assert.equal(record.seconds + record.nanos / 1e9, seen.time);
      assert.equal(new TextDecoder().decode(own), seen.text);
      assert.equal(LINES[reader.lineOf!(i) - 1], seen.text);
      assert.equal(reader.recordOfLine!(reader.lineOf!(i)), i);
    }
  });

  it('knows the columns of tshark -T fields far behind their header row', async () => {
    const head = ['frame.time_epoch', 'ip.src', 'tcp.srcport', 'ip.dst', 'tcp.dstport', 'tcp.flags', 'tcp.seq_raw', 'tcp.ack_raw', 'tcp.len', 'tcp.window_size_value'];
    const rows = Array.from({ length: 4000 }, (_, i) => [`1700000000.${String(i).padStart(6, '0')}`, '10.0.0.1', '4000', '10.0.0.2', '80', '0x0018', 1000 + 10 * i, 7000, 10, 500].join('\t'));
    const { reader, records } = await readText([head.join('\t'), ...rows].join('\n'));
    assert.equal(records.length, 4000);
    for (const i of [0, 1500, 3999]) {
      const { record, text } = await reader.recordAt(records[i]!.offset, 0);
      assert.equal(new TextDecoder().decode(text), rows[i]);
      assert.deepEqual(copyOf(record.textSegment!), records[i]!.segment, `row ${i}`);
    }
    assert.equal(records[3999]!.segment?.seq, 1000 + 10 * 3999);
  });

  it('goes on where the text grew, also within a line', async () => {
    const whole = new TextEncoder().encode(LINES.slice(0, 50).join('\n'));
    let size = whole.indexOf(0x0a, 900) + 20;
    const source: ByteSource = {
      get size() {
        return size;
      },
      readInto: (offset, target) => {
        const n = Math.max(0, Math.min(target.length, size - offset));
        target.set(whole.subarray(offset, offset + n));
        return Promise.resolve(n);
      },
      close: () => Promise.resolve(),
    };
    const reader = await openTextReader(source);
    const first = await readAll(reader);
    size = whole.length;
    reader.resume();
    const second = await readAll(reader);
    const all = await readText(whole);
    assert.equal(first.length + second.length, all.records.length);
    assert.equal(reader.info.text!.lines, 50);
    assert.deepEqual(second.at(-1)!.segment, all.records.at(-1)!.segment);
  });
});

describe('tokens of a record', () => {
  it('cover everything that a hover explains, in place', () => {
    const line = '13:46:40.009000 eth0  In  IP (tos 0x0, ttl 61, id 7, offset 0, flags [DF], proto TCP (6), length 60)\n    10.0.0.2.http > a.b.34698: Flags [S.], cksum 0x1 (correct), seq 70:75, ack 1001, win 65160, urg 2, options [mss 1460,nop,wscale 6,TS val 2 ecr 1], length 5: HTTP';
    const detail = textDetail(new TextEncoder().encode(`noise\n${line}`))!;
    const shown = detail.tokens.map((t) => [t.kind, new TextDecoder().decode(new TextEncoder().encode(`noise\n${line}`).subarray(t.start, t.end)), t.value, t.second]);
    assert.deepEqual(shown, [
      ['time', '13:46:40.009000', null, null],
      ['interface', 'eth0', null, null],
      ['direction', 'In', null, null],
      ['network', 'IP', null, null],
      ['ip', 'tos 0x0', 0, null],
      ['ip', 'ttl 61', 61, null],
      ['ip', 'id 7', 7, null],
      ['srcHost', '10.0.0.2', null, null],
      ['srcPort', 'http', 80, null],
      ['dstHost', 'a.b', null, null],
      ['dstPort', '34698', 34698, null],
      ['flags', 'S.', SYN | ACK, null],
      ['checksum', 'cksum 0x1 (correct)', null, null],
      ['seq', 'seq 70:75', 70, 75],
      ['ack', 'ack 1001', 1001, null],
      ['win', 'win 65160', 65160, null],
      ['urg', 'urg 2', 2, null],
      ['option', 'mss 1460', 1460, null],
      ['option', 'nop', null, null],
      ['option', 'wscale 6', 6, null],
      ['option', 'TS val 2 ecr 1', 2, 1],
      ['length', 'length 5', 5, null],
      ['payload', ': HTTP', null, null],
    ]);
    assert.equal(tokenAt(detail, 6 + line.indexOf('65160'))!.kind, 'win');
    assert.equal(tokenAt(detail, 2), null);
  });

  it('lie in the source where it was cleaned', () => {
    const line = '&gt; \x1b[1m13:46:40.5 IP 10.0.0.1.4 &gt; 10.0.0.2.9: Flags [.], ack 77, win 5, length 0';
    const bytes = new TextEncoder().encode(line);
    const detail = textDetail(bytes)!;
    for (const [kind, text] of [['dstHost', '10.0.0.2'], ['ack', 'ack 77'], ['length', 'length 0']] as const) {
      const token = detail.tokens.find((t) => t.kind === kind)!;
      assert.equal(new TextDecoder().decode(bytes.subarray(token.start, token.end)), text);
    }
  });

  it('exist for tshark and old lines too', () => {
    const kinds = (text: string): string[] => textDetail(new TextEncoder().encode(text))!.tokens.map((t) => t.kind);
    assert.deepEqual(kinds('1 0.000000 10.0.0.1 → 10.0.0.2 TCP 74 [TCP Retransmission] 53302 → 9999 [SYN] Seq=0 Win=64240 Len=0 MSS=1460\n'), [
      'number', 'time', 'srcHost', 'dstHost', 'protocol', 'frameLength', 'note', 'srcPort', 'dstPort', 'flags', 'seq', 'win', 'length', 'option',
    ]);
    assert.deepEqual(kinds('03:13:48.118526 10.0.0.1.3377 > 10.0.0.2.80: S 5:5(0) ack 7 win 57344 <mss 1460> (DF)\n'), [
      'time', 'srcHost', 'srcPort', 'dstHost', 'dstPort', 'flags', 'seq', 'length', 'ack', 'win', 'option',
    ]);
  });
});
