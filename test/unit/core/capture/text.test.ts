import assert from 'node:assert/strict';
import { FormatError } from '../../../../src/core/capture/captureReader';
import { MemorySource } from '../../../../src/core/capture/byteSource';
import { looksLikePacketText, openTextReader } from '../../../../src/core/capture/textReader';
import { PROTOCOL_ARP, PROTOCOL_ICMP, PROTOCOL_IPV4_FRAGMENT, PROTOCOL_UDP } from '../../../../src/core/decode/otherTraffic';
import {
  ACK, DERIVED_SEQ, FAMILY_IPV6, FAMILY_NAME, HEADER_FIXED, HEADER_PORTS, KNOWN_ABSOLUTE_ACK, KNOWN_ABSOLUTE_SEQ, KNOWN_FLAGS, KNOWN_LENGTH, KNOWN_OPTIONS,
  KNOWN_SEQ, KNOWN_WINDOW, OPT_FAST_OPEN, OPT_MPTCP, OPT_MSS, OPT_SACK_PERMITTED, OPT_TIMESTAMPS, OPT_WINDOW_SCALE, PSH, SYN, URG,
} from '../../../../src/core/decode/segment';
import { readText, shownSeq } from './textHarness';

const SYN_LINE = '06:18:05.136476 IP localhost.34698 > localhost.6379: Flags [S], seq 493310144, win 43690, options [mss 65495,sackOK,TS val 10045219 ecr 0,nop,wscale 7], length 0';
const HANDSHAKE = `13:46:40.000000 IP 10.0.0.1.40000 > 10.0.0.2.9999: Flags [S], seq 4000000000, win 64240, options [mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7], length 0
13:46:40.009000 IP 10.0.0.2.9999 > 10.0.0.1.40000: Flags [S.], seq 500000, ack 4000000001, win 65160, options [mss 1460,sackOK,TS val 2 ecr 1,nop,wscale 6], length 0
`;

describe('tcpdump text', () => {
  it('reads a plain 4.x line', async () => {
    const { records, reader } = await readText(SYN_LINE);
    assert.equal(records.length, 1);
    const s = records[0]!.segment!;
    assert.equal(records[0]!.ends, 'localhost:34698 > localhost:6379');
    assert.equal(s.family, FAMILY_NAME);
    assert.deepEqual([s.flags, s.seq, s.window, s.length, s.mss, s.windowScale, s.tsVal, s.tsEcr, s.headerLength], [SYN, 493310144, 43690, 0, 65495, 7, 10045219, 0, 40]);
    assert.equal(s.optionsSeen & (OPT_MSS | OPT_SACK_PERMITTED | OPT_WINDOW_SCALE), OPT_MSS | OPT_SACK_PERMITTED | OPT_WINDOW_SCALE);
    const all = KNOWN_SEQ | KNOWN_FLAGS | KNOWN_WINDOW | KNOWN_LENGTH | KNOWN_OPTIONS | KNOWN_ABSOLUTE_SEQ;
    assert.equal(s.known & all, all);
    assert.equal(records[0]!.time, 6 * 3600 + 18 * 60 + 5.136476);
    assert.equal(records[0]!.text, SYN_LINE);
    assert.ok(reader.info.text!.timeOfDayOnly);
  });

  it('puts relative numbers back to absolute once the SYN/ACK was seen', async () => {
    const { records } = await readText(
      `${HANDSHAKE}13:46:40.010000 IP 10.0.0.1.40000 > 10.0.0.2.9999: Flags [.], ack 1, win 502, length 0
13:46:40.020000 IP 10.0.0.1.40000 > 10.0.0.2.9999: Flags [P.], seq 1:6, ack 1, win 1000, length 5
13:46:40.050000 IP 10.0.0.2.9999 > 10.0.0.1.40000: Flags [.], ack 6, win 1000, options [nop,nop,sack 1 {21:31}], length 0
13:46:40.060000 IP 10.0.0.2.9999 > 10.0.0.1.40000: Flags [.], seq 4294967290:4294967295, ack 6, win 1000, length 5
13:46:40.080000 IP 10.0.0.1.40000 > 10.0.0.2.9999: Flags [R], seq 4000000007, win 1000, length 0
`,
    );
    assert.deepEqual(records.map((r) => shownSeq(r.segment)), [4000000000, 500000, null, 4000000001, null, 499994, 4000000007]);
    assert.deepEqual(records.map((r) => (r.segment!.flags & ACK ? r.segment!.ack : null)), [null, 4000000001, 500001, 500001, 4000000006, 4000000006, null]);
    assert.deepEqual([records[4]!.segment!.sackLeft[0], records[4]!.segment!.sackRight[0]], [4000000021, 4000000031]);
    // A pure ACK shows no number: what the flow had sent stands in, and is marked as such.
    const pure = records[2]!.segment!;
    assert.equal(pure.seq, 4000000001);
    assert.equal(pure.known & (KNOWN_SEQ | DERIVED_SEQ), DERIVED_SEQ);
    for (const r of records.slice(1, 6)) assert.ok(r.segment!.known & KNOWN_ABSOLUTE_ACK);
  });

  it('leaves the numbers of -S as they are, also without a handshake', async () => {
    const { records } = await readText(`07:04:52.517203 IP localhost.6379 > localhost.34698: Flags [.], ack 493310162, win 342, options [nop,nop,TS val 10326272 ecr 10317312], length 0
07:05:07.843078 IP localhost.34698 > localhost.6379: Flags [.], ack 3870657890, win 1427, options [nop,nop,TS val 10327808 ecr 10326272], length 0
07:05:07.843136 IP localhost.6379 > localhost.34698: Flags [.], ack 493310162, win 342, options [nop,nop,TS val 10327808 ecr 10317312], length 0
07:10:26.796243 IP localhost.34698 > localhost.6379: Flags [F.], seq 493310162, ack 3870657890, win 1427, options [nop,nop,TS val 10359737 ecr 10358528], length 0
`);
    assert.deepEqual(records.map((r) => r.segment!.ack), [493310162, 3870657890, 493310162, 3870657890]);
    assert.equal(shownSeq(records[3]!.segment), 493310162);
    for (const r of records) assert.ok(r.segment!.known & KNOWN_ABSOLUTE_ACK);
    // The first line shows no number and nothing came before it: there is none.
    assert.equal(records[0]!.segment!.known & (KNOWN_SEQ | DERIVED_SEQ), 0);
    assert.equal(records[2]!.segment!.seq, 3870657890);
  });

  it('keeps a flow relative when its start is not in the text', async () => {
    const { records } = await readText(`12:00:00.000001 IP 10.0.0.1.22 > 10.0.0.2.5000: Flags [P.], seq 108:144, ack 1, win 317, length 36
12:00:00.000002 IP 10.0.0.1.22 > 10.0.0.2.5000: Flags [P.], seq 144:260, ack 1, win 317, length 116
12:00:00.000003 IP 10.0.0.2.5000 > 10.0.0.1.22: Flags [.], ack 260, win 317, length 0
`);
    assert.deepEqual(records.map((r) => shownSeq(r.segment)), [108, 144, null]);
    assert.equal(records[2]!.segment!.ack, 260);
    for (const r of records) assert.equal(r.segment!.known & (KNOWN_ABSOLUTE_SEQ | KNOWN_ABSOLUTE_ACK), 0);
  });

  it('starts anew at a second run of the tool', async () => {
    const { records } = await readText(`${HANDSHAKE}$ tcpdump -n
listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes
13:50:00.000000 IP 10.0.0.1.40000 > 10.0.0.2.9999: Flags [P.], seq 700000000:700000005, ack 800000000, win 10, length 5
13:50:00.000001 IP 10.0.0.1.40000 > 10.0.0.2.9999: Flags [P.], seq 5:6, ack 1, win 10, length 1
`);
    assert.deepEqual(records.slice(2).map((r) => r.segment!.seq), [700000000, 700000005]);
  });

  it('reads IPv6, mapped and link-local addresses', async () => {
    const { records } = await readText('13:46:42.700000 IP6 fe80::1.1 > ::ffff:10.0.0.1.2: Flags [S], seq 3, win 1000, length 0\n13:46:42.800000 IP6 2001:db8::1 > 2001:db8::2: DSTOPT 40000 > 9999: Flags [P.], seq 0:5, ack 1, win 1000, length 5\n');
    assert.equal(records[0]!.ends, 'fe80::1:1 > ::ffff:10.0.0.1:2');
    assert.equal(records[1]!.segment!.family, FAMILY_IPV6);
    assert.equal(records[1]!.ends, '2001:db8::1:40000 > 2001:db8::2:9999');
  });

  it('takes the innermost header of a tunnel, on one line or two', async () => {
    const { records } = await readText(`13:46:41.300000 IP 10.9.9.1 > 10.9.9.2: GREv0, length 49: IP 10.0.0.1.40000 > 10.0.0.2.9999: Flags [P.], seq 9:14, ack 1, win 1000, length 5
13:46:41.400000 IP 10.25.132.11.15130 > 10.25.132.13.4789: VXLAN, flags [I] (0x08), vni 5001
IP 192.168.1.2.36875 > 192.168.1.1.36449: Flags [.], ack 7, win 370, length 0
`);
    assert.deepEqual(records.map((r) => r.ends), ['10.0.0.1:40000 > 10.0.0.2:9999', '192.168.1.2:36875 > 192.168.1.1:36449']);
  });

  it('reads verbose records over two lines and does not take ICMP quotes for packets', async () => {
    const { records, reader } = await readText(`11:02:47.369356 IP (tos 0x3,CE, ttl 61, id 17330, offset 0, flags [DF], proto TCP (6), length 1500)
    192.168.31.154.55234 > 172.17.105.217.9000: Flags [P.], cksum 0x4400 (correct), seq 3000005793:3000007241, ack 5, win 63, length 1448
11:02:47.369403 IP (tos 0xc0, ttl 64, id 37768, offset 0, flags [none], proto ICMP (1), length 576)
    192.168.31.1 > 192.168.31.154: ICMP 172.17.105.217 unreachable - need to frag (mtu 1300), length 556
\tIP (tos 0x0, ttl 64, id 17326, offset 0, flags [DF], proto TCP (6), length 1500)
    192.168.31.154.55234 > 172.17.105.217.9000: Flags [.], seq 1:1449, ack 1, win 63, length 1448
`);
    assert.equal(records.length, 2);
    assert.deepEqual([records[0]!.segment!.ttl, records[0]!.segment!.ipId, records[0]!.segment!.ecn, records[0]!.segment!.length], [61, 17330, 3, 1448]);
    assert.equal(records[1]!.protocol, PROTOCOL_ICMP);
    assert.equal(reader.info.text!.packetLines, 6);
  });

  it('reads link headers, interfaces and packet numbers', async () => {
    const { records } = await readText(`    1  13:46:40.300000 02:00:00:00:00:01 > 02:00:00:00:00:02, ethertype 802.1Q (0x8100), length 67: vlan 20, p 0, ethertype IPv4 (0x0800), 10.0.0.1.40000 > 10.0.0.2.9999: Flags [P.], seq 70000:70005, ack 90001, win 1000, length 5
    2  13:46:40.400000 eth0  In  IP 10.0.0.1.40000 > 10.0.0.2.9999: Flags [.], ack 90002, win 1000, length 0
    3  13:46:40.500000 lo    Out ifindex 1 02:00:00:00:00:01 ethertype IPv4 (0x0800), length 65: 10.0.0.1.1 > 10.0.0.2.2: Flags [.], ack 4, win 1000, length 0
`);
    assert.deepEqual(records.map((r) => r.originalLength), [67, 0, 65]);
    assert.deepEqual(records.map((r) => r.interfaceName), ['', 'eth0', 'lo']);
  });

  it('reads quiet, cut and bad headers for what they show', async () => {
    const { records } = await readText(`13:46:40.100000 IP 10.0.0.1.40000 > 10.0.0.2.9999: tcp 46
13:46:41.500000 IP 10.0.0.1.40000 > 10.0.0.2.9999:  [|tcp]
13:46:42.200000 IP 10.0.0.1.40000 > 10.0.0.2.9999: Flags [.], seq 70000:70030, ack 1, win 1000, options [nop, [|tcp]
13:46:42.300000 IP 10.0.0.1.40000 > 10.0.0.2.9999: Flags [S], seq 1001, win 1000, options [mss 1460[len 6],[bad opt]]
13:46:42.400000 IP 10.0.0.1 > 10.0.0.2: ip-proto-6
13:46:42.500000 IP 10.0.0.1.40000 > 10.0.0.2.9999: Flags [.], ack 1, win 63, options [nop,nop,TS val 91020307 ecr 24681304[len 8]], length 0
`);
    assert.deepEqual([records[0]!.segment!.header, records[0]!.segment!.length, records[0]!.segment!.known & KNOWN_FLAGS], [HEADER_PORTS, 46, 0]);
    assert.equal(records[1]!.segment!.known & (KNOWN_FLAGS | KNOWN_LENGTH), 0);
    assert.deepEqual([records[2]!.segment!.header, records[2]!.segment!.length, records[2]!.segment!.known & KNOWN_OPTIONS], [HEADER_FIXED, 30, 0]);
    assert.deepEqual([records[3]!.segment!.optionsBad, records[3]!.segment!.optionsSeen & OPT_MSS], [true, 0]);
    assert.equal(records[4]!.protocol, PROTOCOL_IPV4_FRAGMENT);
    assert.deepEqual([records[5]!.segment!.optionsBad, records[5]!.segment!.optionsSeen & OPT_TIMESTAMPS], [true, 0]);
  });

  it('reads rare options and keeps their lengths', async () => {
    const { records } = await readText(`13:46:40.300000 IP 10.0.0.1.1 > 10.0.0.2.2: Flags [S], seq 1, win 9, options [tfo  cookie 0001020304050607,nop,nop], length 0
13:46:40.400000 IP 10.0.0.1.1 > 10.0.0.2.2: Flags [S], seq 1, win 9, options [mptcp 12 join id 2 token 0x1f2e3d4c nonce 0x5], length 0
13:46:40.500000 IP 10.0.0.1.1 > 10.0.0.2.2: Flags [.], ack 1, win 9, options [md5 shared secret not supplied with -M, can't check - 000102030405060708090a0b0c0d0e0f,nop,nop], length 7
13:46:40.600000 IP 10.0.0.1.1 > 10.0.0.2.2: Flags [S], seq 1, win 9, options [unknown-172 0x000000, exp-acc0,wscale 3], length 0
`);
    const [tfo, mptcp, md5, acc] = records.map((r) => r.segment!);
    assert.deepEqual([tfo!.fastOpenCookie, tfo!.optionsSeen & OPT_FAST_OPEN, tfo!.headerLength], [8, OPT_FAST_OPEN, 32]);
    assert.deepEqual([mptcp!.mptcpSubtypes, mptcp!.mptcpToken, mptcp!.optionsSeen & OPT_MPTCP, mptcp!.headerLength], [2, 0x1f2e3d4c, OPT_MPTCP, 32]);
    assert.deepEqual([md5!.length, md5!.headerLength], [7, 40]);
    assert.deepEqual([acc!.accEcn, acc!.windowScale], [true, 3]);
  });

  it('reads the forms before 4.0', async () => {
    const { records, reader } = await readText(`03:13:48.118526 10.0.0.1.3377 > 10.0.0.2.80: S [tcp sum ok] 534596083:534596083(0) win 57344 <mss 1460> (DF) [tos 0x10]  (ttl 64, id 11315, len 44)
03:13:48.118600 10.0.0.2.80 > 10.0.0.1.3377: S 99534596083:1(0) ack 534596084 win 5840
14:48:13.864569 IP 127.0.0.1.53187 > 127.0.0.1.1025: P 1000000001:1000000007(6) ack 1 win 257 urg 3 <nop,nop,timestamp 4462404 4462405>
14:48:13.864570 169.232.91.4.771 > 224.0.0.2.1985:  udp 20 [tos 0xc0]  [ttl 1] (id 37528, len 48)
`);
    const s = records[0]!.segment!;
    assert.deepEqual([s.flags, s.seq, s.length, s.window, s.mss], [SYN, 534596083, 0, 57344, 1460]);
    const p = records[2]!.segment!;
    assert.deepEqual([p.flags, p.length, p.urgentPointer, p.tsVal, p.tsEcr], [PSH | ACK | URG, 6, 3, 4462404, 4462405]);
    assert.equal(records[3]!.protocol, PROTOCOL_UDP);
    assert.equal(reader.info.text!.style, 'tcpdump-3');
    // A number of more than 32 bits is not one.
    assert.equal(records[1]!.segment!.known & KNOWN_SEQ, 0);
  });

  it('reads service names, also unknown ones, and shows them again', async () => {
    const { records, reader } = await readText('12:00:00.000001 IP a.example.org.https > 10.0.0.2.my-service: Flags [.], ack 1, win 1, length 0\n12:00:00.000002 IP 10.0.0.2.my-service > a.example.org.https: Flags [.], ack 1, win 1, length 0\n');
    const s = records[0]!.segment!;
    assert.equal(s.srcPort, 443);
    assert.equal(reader.info.portName!(s.dstPort), 'my-service');
    assert.equal(reader.info.portName!(443), null);
    // A numeric host beside a name becomes a name as well: one family for both ends.
    assert.equal(records[1]!.ends, `10.0.0.2:${s.dstPort} > a.example.org:443`);
  });

  it('names other traffic', async () => {
    const { records } = await readText(`12:00:00.000001 ARP, Request who-has 10.0.0.1 tell 10.0.0.2, length 28
12:00:00.000002 IP 10.0.0.2.53 > 10.0.0.1.5000: 29830 NXDomain 0/0/0 (45)
12:00:00.000003 IP 10.0.0.2 > 10.0.0.1: ICMP echo request, id 1, seq 1, length 64
`);
    assert.deepEqual(records.map((r) => r.protocol), [PROTOCOL_ARP, PROTOCOL_UDP, PROTOCOL_ICMP]);
    for (const r of records) assert.equal(r.segment, null);
  });
});

describe('text that is none', () => {
  it('is refused with a word on why', async () => {
    for (const text of ['', 'Dear all,\nhere is nothing.\n', '2024-01-01 12:00:00.123456 INFO started\n2024-01-01 12:00:01.123456 INFO stopped\n', '{"a": 1}\n']) {
      assert.equal(looksLikePacketText(new TextEncoder().encode(text)), false, text);
      await assert.rejects(openTextReader(new MemorySource(new TextEncoder().encode(text))), (e) => e instanceof FormatError && e.looksLike === 'text', text);
    }
    assert.equal(looksLikePacketText(Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1, 0, 0)), false);
    assert.equal(looksLikePacketText(new TextEncoder().encode(SYN_LINE)), true);
  });
});
