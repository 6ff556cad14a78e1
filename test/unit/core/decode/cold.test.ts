import assert from 'node:assert/strict';
import { buildDetail, type DetailContext } from '../../../../src/core/decode/cold';
import type { DetailTree } from '../../../../src/core/decode/detail';
import { tcpDiagram } from '../../../../src/core/decode/diagram';
import { checkTree, nodeById, nodesOf } from './detailTree';
import { ethernet, FRAME, HELLO, hexBytes, IP4, ipv4, ipv6, tcp, text, u16, u32, udp, type Bytes } from './frames';

interface Given {
  readonly linkType?: number;
  readonly wire?: number;
  readonly fcs?: number;
  readonly context?: DetailContext;
}

function detail(bytes: Bytes, { linkType = 1, wire = bytes.length, fcs = 0, context = {} }: Given = {}): DetailTree {
  const tree = buildDetail({ bytes: Uint8Array.from([9, 9, ...bytes, 9]), start: 2, end: 2 + bytes.length, originalLength: wire, linkType, fcsLength: fcs }, context);
  checkTree(tree);
  return tree;
}

const layers = (tree: DetailTree): string[] => tree.layers.map((l) => l.id);
const withFlags = (header: Bytes, flags: number): Bytes => header.map((b, i) => (i === 12 ? (b & 0xf0) | (flags >> 8) : i === 13 ? flags & 255 : b));
const segment = (options: Bytes, flags = 0x10): DetailTree => detail(ethernet(0x0800, ipv4(6, withFlags(tcp(options, []), flags))));

/** A SYN as Linux sends it: both checksums good. */
const SYN_FRAME = ethernet(
  0x0800,
  hexBytes('4500003c5f2b40004006e3897f0000017f000001 878a18eb 1d676b50 00000000 a002ffd7 0000 0000 0204ffd7 0402 080a 0d4b1a2e 00000000 01 030307'),
);

describe('cold pass', () => {
  it('gives every field of a plain segment its bytes and its number', () => {
    const tree = detail(FRAME, { context: { frameNumber: 7, timeText: '12:00' } });
    assert.deepEqual(layers(tree), ['frame', 'ethernet', 'ipv4', 'tcp', 'tcp.payload']);
    assert.equal(nodeById(tree, 'frame.number').raw, 7);
    for (const [id, raw, start, length] of [
      ['tcp.srcPort', 1000, 34, 2], ['tcp.dstPort', 2000, 36, 2], ['tcp.seq', 1, 38, 4], ['tcp.ack', 2, 42, 4], ['tcp.dataOffset', 20, 46, 1],
      ['tcp.flags', 0x10, 46, 2], ['tcp.windowSize', 1000, 48, 2], ['tcp.checksum', 0, 50, 2], ['tcp.urgentPointer', 0, 52, 2], ['tcp.length', 5, 46, 1],
    ] as const) {
      const node = nodeById(tree, id);
      assert.deepEqual([node.raw, node.start, node.length], [raw, start, length], id);
    }
    const ack = nodeById(tree, 'tcp.flags.ack');
    assert.deepEqual([ack.kind, ack.raw, ack.start, ack.bit, ack.bits], ['flag', 1, 47, 3, 1]);
    assert.deepEqual(nodeById(tree, 'tcp.flags').children.map((c) => c.id.slice('tcp.flags.'.length)), ['reserved', 'ae', 'cwr', 'ece', 'urg', 'ack', 'psh', 'rst', 'syn', 'fin']);
    assert.deepEqual([tree.tcp?.id, tree.issues.length], ['tcp', 0]);
    const payload = nodeById(tree, 'tcp.payload');
    assert.deepEqual([payload.start, payload.length, payload.kind, payload.value], [54, 5, 'payload', '68656c6c6f']);
  });

  it('tells relative numbers and the scaled window when the tables know them', () => {
    const tree = detail(FRAME, { context: { seqBase: 0, ackBase: 0xffffffff, windowScale: 7 } });
    assert.deepEqual(['tcp.seqRelative', 'tcp.nextSeq', 'tcp.ackRelative', 'tcp.windowScaled', 'tcp.windowScaleFactor'].map((id) => nodeById(tree, id).raw), [1, 6, 3, 128_000, 128]);
    assert.equal(nodeById(tree, 'tcp.windowSize').value, '1000 (×128 = 128000 bytes)');
    assert.equal(nodeById(tree, 'tcp.windowScaled').kind, 'generated');
    assert.ok(!nodesOf(detail(FRAME)).some((n) => n.id === 'tcp.seqRelative'));
  });

  it('never scales the window of a SYN', () => {
    const tree = detail(SYN_FRAME, { context: { windowScale: 7 } });
    assert.equal(nodeById(tree, 'tcp.windowScaled').raw, 65495);
    assert.ok(!nodesOf(tree).some((n) => n.id === 'tcp.windowScaleFactor'));
  });

  describe('options', () => {
    it('are numbered in wire order, with their fields', () => {
      const tree = detail(SYN_FRAME);
      assert.deepEqual(nodeById(tree, 'tcp.options').children.map((o) => [o.id, o.label, o.raw, o.value]), [
        ['tcp.option.1', 'Maximum segment size', 2, '65495'],
        ['tcp.option.2', 'SACK permitted', 4, ''],
        ['tcp.option.3', 'Timestamps', 8, 'TSval 223025710, TSecr 0'],
        ['tcp.option.4', 'No-operation', 1, ''],
        ['tcp.option.5', 'Window scale', 3, '7 (×128)'],
      ]);
      const mss = nodeById(tree, 'tcp.option.1.mss');
      assert.deepEqual([mss.raw, mss.start, mss.length, mss.filter, mss.header?.id], [65495, 56, 2, 'tcp.options.mss_val', 'tcp.option.mss']);
      assert.equal(nodeById(tree, 'tcp.option.3.tsVal').raw, 223025710);
      assert.equal(nodeById(tree, 'tcp.option.5.shift').raw, 7);
    });

    it('show SACK blocks, relative when the base is known, and D-SACK', () => {
      const bytes = ethernet(0x0800, ipv4(6, tcp([1, 1, 5, 18, ...u32(1), ...u32(2), ...u32(1001), ...u32(1101)])));
      const tree = detail(bytes, { context: { ackBase: 1 } });
      assert.equal(nodeById(tree, 'tcp.option.3').value, '0-1 (D-SACK, 1 bytes), 1000-1100 (100 bytes)');
      assert.equal(nodeById(tree, 'tcp.option.3.block.2.left').raw, 1001);
      assert.equal(nodeById(tree, 'tcp.option.3.block.2.leftRelative').raw, 1000);
      assert.equal(nodeById(detail(bytes), 'tcp.option.3.block.2.left').filter, 'tcp.options.sack_le');
    });

    it('decode Multipath TCP messages', () => {
      const at = (hex: string): DetailTree => segment(hexBytes(hex));
      assert.equal(nodeById(at('1e0c01810102030405060708'), 'tcp.option.1').value, 'MP_CAPABLE, version 1');
      assert.equal(nodeById(at('1e0c10020a0b0c0d01020304'), 'tcp.option.1.token').value, '0x0a0b0c0d');
      const dss = at('1e14 2005 00000009 00000064 00000001 000a abcd 0101');
      assert.equal(nodeById(dss, 'tcp.option.1').value, 'DSS, data ACK 9, maps 10 bytes from 100');
      assert.deepEqual(['dataAck', 'dsn', 'subflowSeq', 'dataLength', 'checksum'].map((n) => nodeById(dss, `tcp.option.1.${n}`).start - nodeById(dss, 'tcp.option.1').start), [4, 8, 12, 16, 18]);
      const address = at('1e10 3002 c0a80001 0102030405060708');
      assert.equal(nodeById(address, 'tcp.option.1').value, 'ADD_ADDR, 192.168.0.1');
      assert.equal(nodeById(address, 'tcp.option.1.truncatedHmac').value, '0x0102030405060708');
      assert.equal(nodeById(at('1e048104'), 'tcp.option.1').value, 'MP_TCPRST, Too much outstanding data (4)');
      assert.equal(nodeById(at('1e044001'), 'tcp.option.1').label, 'Multipath TCP');
      const bad = at('1e0bff00 00000000 000000 01');
      assert.deepEqual(bad.issues, [], 'a subtype for private use may have any length');
      assert.match(at('1e0610020a0b 0101').issues[0]?.message ?? '', /should be 12, 16, 24, not 6/);
    });

    it('tell experiments apart by their identifier', () => {
      assert.equal(nodeById(segment([254, 4, 0xf9, 0x89]), 'tcp.option.1').value, 'TCP Fast Open: cookie request');
      const cookie = segment([254, 8, 0xf9, 0x89, 1, 2, 3, 4]);
      assert.deepEqual([nodeById(cookie, 'tcp.option.1.cookie').start, nodeById(cookie, 'tcp.option.1.cookie').value], [58, '01020304']);
      assert.match(nodeById(segment([254, 6, 0xe2, 0xd4, 0xc3, 0xd9, 1, 1]), 'tcp.option.1').value, /^Shared Memory/);
      assert.equal(nodeById(segment([253, 7, 0xac, 0xc0, 0, 0, 5, 1]), 'tcp.option.1.ee0b').raw, 5);
      assert.equal(nodeById(segment([253, 4, 0x03, 0x48]), 'tcp.option.1').value, 'ExID 0x0348 (Host identification (RFC 7974))');
    });

    it('decode the less common kinds', () => {
      assert.equal(nodeById(segment([28, 4, 0x80, 5]), 'tcp.option.1').value, '5 min');
      assert.equal(nodeById(segment([28, 4, 0, 5]), 'tcp.option.1.granularity').raw, 0);
      assert.equal(nodeById(segment([34, 2, 1, 1]), 'tcp.option.1').value, 'cookie request');
      assert.equal(nodeById(segment([34, 6, 1, 2, 3, 4, 1, 1]), 'tcp.option.1').value, 'cookie 01020304');
      assert.equal(nodeById(segment([172, 11, 0, 0, 1, 0, 0, 2, 0, 0, 3, 1]), 'tcp.option.1').value, 'ECT(0) 1, CE 2, ECT(1) 3');
      assert.equal(nodeById(segment([174, 5, 0, 0, 9, 1, 1, 1]), 'tcp.option.1.ee1b').raw, 9);
      assert.equal(nodeById(segment([29, 8, 3, 4, 1, 2, 3, 4]), 'tcp.option.1').value, 'key 3, next 4');
      assert.equal(nodeById(segment([27, 8, 5, 7, 0, 0, 0, 4]), 'tcp.option.1.nonce').raw, 1);
      assert.equal(nodeById(segment([27, 8, 5, 7, 0, 0, 0, 4]), 'tcp.option.1.rate').value, '1.28 Mbit/s (5)');
      assert.equal(nodeById(segment([6, 6, 0, 0, 1, 0, 1, 1]), 'tcp.option.1').value, '256');
      assert.equal(nodeById(segment([200, 4, 1, 2]), 'tcp.option.1').label, 'Unknown option 200');
      assert.equal(nodeById(segment([3, 3, 15, 1]), 'tcp.option.1.shift').value, '15 (counts as 14, the largest allowed)');
    });

    it('that are malformed are issues at their byte', () => {
      const issue = (options: Bytes): [string, number, string] => {
        const tree = segment(options);
        assert.equal(tree.issues.length, 1, JSON.stringify(tree.issues));
        const node = nodesOf(tree).find((n) => n.kind === 'issue')!;
        return [node.issue!.kind, node.issue!.offset - 54, node.id];
      };
      assert.deepEqual(issue([1, 2, 1, 1]), ['malformed', 2, 'tcp.option.2.issue.1'], 'length 1');
      assert.deepEqual(issue([1, 2, 9, 1]), ['malformed', 2, 'tcp.option.2.issue.1'], 'past the header');
      assert.deepEqual(issue([1, 1, 1, 2]), ['malformed', 4, 'tcp.option.4.issue.1'], 'no length byte');
      assert.deepEqual(issue([2, 3, 1, 1]), ['malformed', 1, 'tcp.option.1.issue.1'], 'MSS of 3 bytes');
      assert.deepEqual(issue([8, 2, 1, 1]), ['malformed', 1, 'tcp.option.1.issue.1'], 'timestamps of 2 bytes');
      assert.deepEqual(issue([5, 2, 1, 1]), ['malformed', 2, 'tcp.option.1.issue.1'], 'empty SACK');
      assert.deepEqual(issue([5, 6, 0, 0, 0, 1, 1, 1]), ['malformed', 2, 'tcp.option.1.issue.1'], 'lone edge');
      assert.deepEqual(issue([0, 0, 7, 0]), ['malformed', 2, 'tcp.optionPadding.issue.1'], 'data after the end of the list');
      assert.deepEqual(issue([29, 3, 1, 1]), ['malformed', 1, 'tcp.option.1.issue.1'], 'TCP-AO without room');
      assert.deepEqual(issue([30, 2, 1, 1]), ['malformed', 1, 'tcp.option.1.issue.1'], 'MPTCP without subtype');
      assert.ok(!nodesOf(segment([2, 3, 1, 1])).some((n) => n.id === 'tcp.option.1.mss'), 'its value is not shown');
    });
  });

  describe('cut and malformed', () => {
    it('are told apart', () => {
      const whole = SYN_FRAME.length;
      const cut = detail(SYN_FRAME.slice(0, 61), { wire: whole });
      assert.deepEqual(cut.issues.map((i) => i.kind), ['cut', 'cut']);
      assert.equal(nodeById(cut, 'tcp.option.2').label, 'SACK permitted');
      // The same bytes, but the frame had no more: the header claims what is not there.
      assert.deepEqual(detail(SYN_FRAME.slice(0, 61)).issues.map((i) => i.kind), ['malformed', 'malformed']);
    });

    it('say so for each layer', () => {
      assert.deepEqual(detail(FRAME.slice(0, 10), { wire: 60 }).issues.map((i) => [i.kind, i.layer, i.need, i.have]), [['cut', 'Ethernet', 14, 10]]);
      assert.deepEqual(detail(FRAME.slice(0, 14), { wire: 60 }).issues.map((i) => [i.kind, i.layer]), [['cut', 'Ethernet']]);
      assert.deepEqual(detail(FRAME.slice(0, 30), { wire: 60 }).issues.map((i) => [i.kind, i.layer]), [['cut', 'IPv4']]);
      assert.deepEqual(detail(FRAME.slice(0, 40), { wire: 59 }).issues.map((i) => [i.kind, i.layer]), [['cut', 'TCP']]);
      assert.deepEqual(detail(FRAME.slice(0, 56), { wire: 59 }).issues.map((i) => [i.kind, i.need, i.have]), [['cut', 5, 2]]);
      assert.deepEqual(detail(ethernet(0x0800, [0x42, ...IP4.slice(1)])).issues.map((i) => [i.kind, i.layer]), [['malformed', 'IPv4']]);
      assert.deepEqual(detail(ethernet(0x0800, [0x15, ...IP4.slice(1)])).issues.map((i) => i.kind), ['malformed']);
    });

    it('stops at a data offset below 5', () => {
      const tree = detail(ethernet(0x0800, ipv4(6, [...tcp().slice(0, 12), 0x40, ...tcp().slice(13)])));
      assert.deepEqual(tree.issues.map((i) => [i.kind, i.offset]), [['malformed', 46]]);
      assert.ok(!nodesOf(tree).some((n) => n.id === 'tcp.windowSize'));
      assert.equal(nodeById(tree, 'tcp.seq').raw, 1);
    });
  });

  it('keeps padding and check sequence out of the payload', () => {
    const padded = [...ethernet(0x0800, ipv4(6, tcp())), 1, 2, 3, 4, 5, 6];
    const tree = detail(padded);
    assert.deepEqual(layers(tree), ['frame', 'ethernet', 'ipv4', 'tcp', 'padding']);
    assert.deepEqual([nodeById(tree, 'padding').start, nodeById(tree, 'padding').length], [54, 6]);
    assert.equal(nodeById(tree, 'tcp.length').raw, 0);
    const checked = detail(padded, { fcs: 4 });
    assert.deepEqual(layers(checked).slice(4), ['padding', 'fcs']);
    assert.deepEqual([nodeById(checked, 'padding').length, nodeById(checked, 'fcs').value], [2, '03040506']);
  });

  describe('checksums', () => {
    const status = (bytes: Bytes, given: Given = {}): [number | null, string] => {
      const node = nodeById(detail(bytes, given), 'tcp.checksumStatus');
      return [node.raw, node.value];
    };
    const withSum = (sum: number): Bytes => SYN_FRAME.map((b, i) => (i === 50 ? sum >> 8 : i === 51 ? sum & 255 : b));
    // Computed apart, with the sum written out.
    const words = (bytes: Bytes): number => bytes.reduce<number>((sum, b, i) => sum + (i % 2 === 0 ? b << 8 : b), 0);
    const fold = (sum: number): number => (sum > 0xffff ? fold((sum & 0xffff) + (sum >>> 16)) : sum);
    const pseudo = [127, 0, 0, 1, 127, 0, 0, 1, 0, 6, 0, 40];
    const good = ~fold(words([...pseudo, ...withSum(0).slice(34)])) & 0xffff;

    it('are good, wrong, offloaded or not verifiable', () => {
      assert.deepEqual(status(withSum(good)), [1, 'good']);
      assert.deepEqual(status(withSum(good ^ 1)), [0, `wrong (should be 0x${good.toString(16).padStart(4, '0')})`]);
      assert.deepEqual(status(withSum(fold(words(pseudo)))), [0, 'probably offloaded']);
      assert.deepEqual(status(withSum(0)), [0, 'probably offloaded']);
      assert.deepEqual(status(withSum(good).slice(0, 60), { wire: SYN_FRAME.length }), [2, 'not verifiable: not all captured']);
      assert.match(nodeById(detail(withSum(good)), 'tcp.checksum').value, /^0x[0-9a-f]{4}, good$/);
    });

    it('of IPv4 headers too', () => {
      const header = ipv4(6, tcp());
      const sum = ~fold(words(header.slice(0, 20))) & 0xffff;
      const frame = (value: number): Bytes => ethernet(0x0800, header.map((b, i) => (i === 10 ? value >> 8 : i === 11 ? value & 255 : b)));
      assert.equal(nodeById(detail(frame(sum)), 'ipv4.checksumStatus').value, 'good');
      assert.match(nodeById(detail(frame(sum ^ 0x100)), 'ipv4.checksumStatus').value, /^wrong/);
      assert.equal(nodeById(detail(frame(0)), 'ipv4.checksumStatus').value, 'probably offloaded');
    });
  });

  it('shows the layers of tunnels, numbered when they repeat', () => {
    const vxlan = ethernet(0x0800, ipv4(17, udp(50_000, 4789, [8, 0, 0, 0, 0, 1, 2, 0, ...FRAME])));
    const tree = detail(vxlan);
    assert.deepEqual(layers(tree), ['frame', 'ethernet', 'ipv4', 'udp', 'vxlan', 'ethernet#2', 'ipv4#2', 'tcp', 'tcp.payload']);
    assert.equal(nodeById(tree, 'vxlan.vni').raw, 258);
    assert.equal(nodeById(tree, 'ipv4#2.source').value, '10.0.0.1');
    const gre = detail(ethernet(0x0800, ipv4(47, [0x20, 0, 8, 0, 0, 0, 0, 9, ...IP4])));
    assert.deepEqual(layers(gre).slice(2), ['ipv4', 'gre', 'ipv4#2', 'tcp', 'tcp.payload']);
    assert.equal(nodeById(gre, 'gre.optional').value, '00000009');
    const tagged = detail(ethernet(0x8100, [0x20, 5, 0x88, 0x47, ...u32((16 << 12) | 0x140), ...IP4]));
    assert.deepEqual(layers(tagged).slice(1), ['ethernet', 'vlan', 'mpls', 'ipv4', 'tcp', 'tcp.payload']);
    assert.deepEqual([nodeById(tagged, 'vlan.priority').raw, nodeById(tagged, 'vlan.id').raw, nodeById(tagged, 'mpls.label').raw], [1, 5, 16]);
    const v6 = detail(ethernet(0x86dd, ipv6(43, [6, 0, 0, 0, 0, 0, 0, 0, ...tcp()])));
    assert.deepEqual(layers(v6).slice(1), ['ethernet', 'ipv6', 'ipv6.routing', 'tcp']);
  });

  it('keeps a quoted header apart from the packet\'s own', () => {
    const tree = detail(ethernet(0x0800, ipv4(1, [3, 4, 0, 0, 0, 0, 5, 0xdc, ...ipv4(6, tcp().slice(0, 8))])));
    assert.deepEqual(layers(tree).slice(2), ['ipv4', 'icmp', 'ipv4#2', 'quoted.tcp']);
    assert.equal(tree.tcp, null);
    assert.deepEqual(tcpDiagram(tree), []);
    assert.equal(nodeById(tree, 'icmp.rest').value, 'MTU of the next hop 1500');
    assert.equal(nodeById(tree, 'quoted.tcp.seq').raw, 1);
    assert.deepEqual(tree.issues.map((i) => i.kind), ['cut']);
  });

  it('shows a reassembled datagram in a buffer of its own', () => {
    const fragment = ethernet(0x0800, ipv4(6, tcp([], HELLO).slice(16), { offset: 16 }));
    const alone = detail(fragment);
    assert.deepEqual(layers(alone), ['frame', 'ethernet', 'ipv4', 'data']);
    const tree = detail(fragment, { context: { datagram: Uint8Array.from(IP4), fragmentFrames: [1, 3] } });
    assert.deepEqual(layers(tree), ['frame', 'ethernet', 'ipv4', 'data', 'reassembled', 'ipv4#2', 'tcp', 'tcp.payload']);
    assert.deepEqual([tree.buffers.length, nodeById(tree, 'tcp.seq').buffer, nodeById(tree, 'tcp.seq').start], [2, 1, 24]);
    assert.equal(nodeById(tree, 'reassembled.fragments').value, 'frames 1, 3');
  });

  it('reads the family of a loopback header in either byte order', () => {
    assert.equal(nodeById(detail([2, 0, 0, 0, ...IP4], { linkType: 0 }), 'null.family').value, 'IPv4 (2)');
    assert.equal(nodeById(detail([0, 0, 0, 2, ...IP4], { linkType: 108 }), 'null.family').raw, 2);
  });

  it('copies the frame: the tree does not hold on to the reader\'s buffer', () => {
    const bytes = Uint8Array.from(FRAME);
    const tree = buildDetail({ bytes, start: 0, end: bytes.length, originalLength: bytes.length, linkType: 1, fcsLength: 0 });
    bytes.fill(0);
    assert.equal(tree.buffers[0]!.bytes[34], 1000 >> 8);
    assert.equal(tree.buffers[0]!.bytes.buffer.byteLength, FRAME.length);
  });

  it('does not blow up on the deepest nesting', () => {
    const nested: number[] = [];
    for (let i = 0; i < 3000; i++) nested.push(0x45, 0, ...u16(20 * (3000 - i)), 0, 1, 0, 0, 64, 4, 0, 0, ...u32(i), ...u32(i + 1));
    const tree = detail(nested, { linkType: 228 });
    assert.ok(tree.layers.length <= 520);
    const labels = detail(ethernet(0x8847, Array.from({ length: 20_000 }, () => 0)));
    assert.ok(labels.layers.length < 100);
  });
});

describe('header diagram', () => {
  it('draws the fixed fields where RFC 9293 has them', () => {
    const boxes = tcpDiagram(detail(FRAME));
    assert.deepEqual(
      boxes.map((b) => [b.node, b.row, b.column, b.width, b.value]),
      [
        ['tcp.srcPort', 0, 0, 16, '1000'], ['tcp.dstPort', 0, 16, 16, '2000'], ['tcp.seq', 1, 0, 32, '1'], ['tcp.ack', 2, 0, 32, '2'], ['tcp.dataOffset', 3, 0, 4, '5'],
        ['tcp.flags.reserved', 3, 4, 3, '0'], ['tcp.flags.ae', 3, 7, 1, '0'], ['tcp.flags.cwr', 3, 8, 1, '0'], ['tcp.flags.ece', 3, 9, 1, '0'], ['tcp.flags.urg', 3, 10, 1, '0'],
        ['tcp.flags.ack', 3, 11, 1, '1'], ['tcp.flags.psh', 3, 12, 1, '0'], ['tcp.flags.rst', 3, 13, 1, '0'], ['tcp.flags.syn', 3, 14, 1, '0'], ['tcp.flags.fin', 3, 15, 1, '0'],
        ['tcp.windowSize', 3, 16, 16, '1000'], ['tcp.checksum', 4, 0, 16, '0x0000'], ['tcp.urgentPointer', 4, 16, 16, '0'],
      ],
    );
  });

  it('lays options out byte for byte, over rows', () => {
    const boxes = tcpDiagram(detail(SYN_FRAME)).filter((b) => b.row > 4);
    assert.deepEqual(
      boxes.map((b) => [b.node, b.row, b.column, b.width, b.continued]),
      [
        ['tcp.option.1', 5, 0, 32, false], ['tcp.option.2', 6, 0, 16, false], ['tcp.option.3', 6, 16, 16, false], ['tcp.option.3', 7, 0, 32, true],
        ['tcp.option.3', 8, 0, 32, true], ['tcp.option.4', 9, 0, 8, false], ['tcp.option.5', 9, 8, 24, false],
      ],
    );
  });

  it('leaves out what the capture cut, and draws padding', () => {
    const cut = tcpDiagram(detail(FRAME.slice(0, 50), { wire: 59 }));
    assert.equal(cut.at(-1)?.node, 'tcp.windowSize');
    const padded = tcpDiagram(segment([2, 4, 5, 0xb4, 0, 0, 0, 0])).filter((b) => b.row > 4);
    assert.deepEqual(padded.map((b) => [b.node, b.row, b.column, b.width]), [['tcp.option.1', 5, 0, 32], ['tcp.option.2', 6, 0, 8], ['tcp.optionPadding', 6, 8, 24]]);
  });
});

describe('text of a capture', () => {
  it('is shown as bytes in payload, never as text that could hide', () => {
    assert.equal(nodeById(detail(ethernet(0x0800, ipv4(6, tcp([], text('\u0000\n'))))), 'tcp.payload').value, '000a');
  });
});
