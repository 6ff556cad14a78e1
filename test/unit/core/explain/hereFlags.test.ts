import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Rich } from '../../../../src/core/explain/card';
import { openCapture } from '../../../support/openCapture';
import { SHORT_CONNECTION, tcpCapture, type TestSegment } from '../../../support/pcapWriter';

const FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16, URG = 32, ECE = 64, CWR = 128, AE = 256;

const plain = (rich: Rich): string => rich.map((part) => (typeof part === 'string' ? part : 'strong' in part ? part.strong : 'code' in part ? part.code : part.text)).join('');

/** What the card of the packet says at each frame of a capture. */
async function told(bytes: Uint8Array): Promise<string[]> {
  const capture = await openCapture(bytes);
  const { packets } = await capture.ask('state', null);
  const found: string[] = [];
  for (let packet = 0; packet < packets; packet++) found.push((await capture.ask('explainPacket', { packet }))[0]!.here.map(plain).join('\n'));
  return found;
}

const lastOf = async (...segments: readonly TestSegment[]): Promise<string> => (await told(tcpCapture(segments))).at(-1)!;
const after = (...segments: readonly TestSegment[]): Promise<string> => lastOf(...SHORT_CONNECTION.slice(0, 6), ...segments);
const sample = (name: string): Promise<string[]> => told(readFileSync(`media/samples/${name}`));
const syn = (flags: number, more: Partial<TestSegment> = {}): TestSegment => ({ from: 'client', flags, seq: 1000, ...more });
const synAck = (flags: number): TestSegment => ({ from: 'server', flags, seq: 5000, ack: 1001 });

describe('what flags together mean here', () => {
  it('tells the steps of the handshake and of the close', async () => {
    const lines = await told(tcpCapture(SHORT_CONNECTION));
    assert.match(lines[0]!, /First step of the handshake/);
    assert.match(lines[1]!, /Second step/);
    assert.match(lines[2]!, /Third step of the handshake: the client acknowledges the SYN of the other side in #2/);
    assert.match(lines[3]!, /sends 6 bytes that end what it had to send \(PSH\)/);
    assert.match(lines[6]!, /closes first: FIN-WAIT-1/);
    assert.match(lines[7]!, /closes second: the FIN of #7/);
    assert.match(lines[8]!, /acknowledges the FIN of #8/);
  });

  it('knows a repeated SYN, SYN/ACK and FIN from a first one', async () => {
    assert.match((await sample('syn-timeout.pcap'))[1]!, /The same SYN again, first sent in #1/);
    assert.ok((await sample('accept-queue-overflow.pcap')).some((line) => /The same SYN\/ACK again, first sent in #\d+: its ACK was lost, or ignored/.test(line)));
    assert.match(await after({ from: 'client', flags: FIN | ACK, seq: 1007, ack: 5008 }, { from: 'client', flags: FIN | ACK, seq: 1007, ack: 5008, time: 0.3 }), /Its FIN was in #7 before/);
  });

  it('looks for the answer before it says why a SYN, SYN/ACK or FIN comes again', async () => {
    const again = { ...syn(SYN), time: 1 };
    assert.match(await lastOf(syn(SYN), again), /The same SYN again, first sent in #1: no answer has come/);
    assert.match(await lastOf(syn(SYN), synAck(SYN | ACK), again), /first sent in #1, although #2 answers it/);
    assert.match(await lastOf(syn(SYN), { from: 'server', flags: RST | ACK, seq: 0, ack: 1001 }, again), /first sent in #1, and refused in #2: Windows tries again/);
    const answerAgain = { ...synAck(SYN | ACK), time: 2 };
    assert.match(await lastOf(syn(SYN), synAck(SYN | ACK), answerAgain), /first sent in #2: no ACK of it has come/);
    assert.match(await lastOf(syn(SYN), synAck(SYN | ACK), again, answerAgain), /first sent in #2: the SYN came again in #3, and no ACK has come/);
    const fin: TestSegment = { from: 'client', flags: FIN | ACK, seq: 1007, ack: 5008 };
    assert.match(await after(fin, { ...fin, time: 0.3 }), /Its FIN was in #7 before: it is sent again, since no ACK came/);
    assert.match(await after(fin, { from: 'server', flags: FIN | ACK, seq: 5008, ack: 1008 }, { ...fin, time: 0.3 }), /Its FIN was in #7 before: it is sent again, although #8 acknowledges it/);
  });

  it('tells a simultaneous open from both sides', async () => {
    const both = await told(tcpCapture([syn(SYN), { from: 'server', flags: SYN, seq: 5000 }, { from: 'client', flags: SYN | ACK, seq: 1000, ack: 5001 }, synAck(SYN | ACK)]));
    assert.match(both[2]!, /A simultaneous open: the client had sent a SYN of its own/);
    assert.match(both[3]!, /A simultaneous open: the server had sent a SYN of its own/);
  });

  it('says nothing of flags in a header that cannot be read', async () => {
    const capture = tcpCapture([syn(SYN), synAck(SYN | ACK), { from: 'client', flags: ACK, seq: 1001, ack: 5001 }]);
    // The data offset of the last segment: 16 bytes.
    capture[capture.length - 8] = 0x40;
    const last = (await told(capture)).at(-1)!;
    assert.match(last, /data offset says 16 bytes/);
    assert.doesNotMatch(last, /scan|flag|acknowledg/i);
  });

  it('knows crossing SYNs and FINs', async () => {
    assert.ok((await sample('simultaneous-open.pcap')).some((line) => line.includes('A SYN that crosses the one of #1')));
    assert.ok((await sample('simultaneous-close.pcap')).some((line) => line.includes('a simultaneous close. Both ends go through CLOSING')));
  });

  it('tells why ECE and CWR stand on a SYN, and what they mean on data', async () => {
    assert.match(await lastOf(syn(SYN | ECE | CWR)), /ask for ECN \(RFC 3168 6\.1\.1\)\. No congestion/);
    assert.match(await lastOf(syn(SYN | ECE)), /ask for nothing/);
    assert.match(await lastOf(syn(SYN | ECE | CWR), synAck(SYN | ACK | ECE)), /ECN is agreed/);
    assert.match(await lastOf(syn(SYN | ECE | CWR), synAck(SYN | ACK | ECE | CWR)), /agree on nothing/);
    const data: TestSegment = { from: 'server', flags: ACK | ECE, seq: 5001, ack: 1001 };
    assert.match(await lastOf(syn(SYN | ECE | CWR), synAck(SYN | ACK | ECE), data), /"congestion experienced" has reached the server/);
    assert.match(await lastOf(syn(SYN | ECE | CWR), synAck(SYN | ACK), data), /did not agree on ECN/);
    assert.match(await lastOf(syn(SYN | ECE | CWR), synAck(SYN | ACK | ECE), { ...data, flags: ACK | CWR }), /has reduced its congestion window/);
  });

  it('reads the three bits as a counter where Accurate ECN was agreed', async () => {
    assert.match(await lastOf(syn(SYN | AE | ECE | CWR)), /Accurate ECN \(RFC 9768\)/);
    assert.match(await lastOf(syn(SYN | AE | ECE | CWR), synAck(SYN | ACK | CWR)), /agrees on Accurate ECN/);
    assert.match(await lastOf(syn(SYN | AE | ECE | CWR), synAck(SYN | ACK | CWR), { from: 'server', flags: ACK | AE | CWR, seq: 5001, ack: 1001 }), /counter ACE = 6/);
    const answer = (flags: number, payload = ''): Promise<string> => lastOf(syn(SYN | AE | ECE | CWR), synAck(SYN | ACK | CWR), { from: 'client', flags: ACK | flags, seq: 1001, ack: 5001, payload });
    assert.match(await answer(CWR), /no counter yet. Their value 2 tells that the SYN\/ACK arrived marked Not-ECT \(RFC 9768 3\.2\.2\.1\)/);
    assert.match(await answer(AE | CWR), /Their value 6 tells that the SYN\/ACK arrived marked CE/);
    assert.match(await answer(AE | ECE), /but 5 is not one of the values/);
    assert.match(await answer(AE | ECE, 'data'), /counter ACE = 5/);
    assert.match(await lastOf(syn(SYN | AE | ECE | CWR), synAck(SYN | ACK | ECE)), /ECE without CWR on a SYN\/ACK: ECN is agreed/);
  });

  it('tells the resets apart', async () => {
    const refused = await lastOf(syn(SYN), { from: 'server', flags: RST | ACK, seq: 0, ack: 1001 });
    assert.match(refused, /refuses the connection[\s\S]*RST with ACK, since the SYN of #1 carried no ACK/);
    assert.match(await lastOf(syn(SYN), synAck(SYN | ACK), { from: 'client', flags: RST, seq: 1001 }), /answers the SYN\/ACK with RST/);
    assert.match(await after({ from: 'server', flags: RST | ACK, seq: 5008, ack: 1007 }), /from the socket itself/);
    assert.match(await after({ from: 'server', flags: RST, seq: 5008 }), /answers a segment for which there is no socket/);
    assert.match(await after({ from: 'client', flags: FIN | ACK, seq: 1007, ack: 5008 }, { from: 'client', flags: RST, seq: 1008 }), /had closed before: what the server still sends/);
    assert.match(await lastOf(...SHORT_CONNECTION, { from: 'client', flags: RST, seq: 1008 }), /Both ends had closed before/);
  });

  it('knows scans by their flags', async () => {
    assert.match(await after({ from: 'client', flags: 0, seq: 1007 }), /"null" scan[\s\S]*RFC 9293 3\.10\.7\.4/);
    assert.match(await after({ from: 'client', flags: FIN | PSH | URG, seq: 1007 }), /"Xmas" scan/);
    assert.match(await after({ from: 'client', flags: FIN, seq: 1007 }), /"FIN" scan/);
    assert.match(await after({ from: 'client', flags: SYN | FIN, seq: 1007 }), /SYN and FIN together never occur/);
    assert.match(await after({ from: 'client', flags: RST | FIN, seq: 1007 }), /RST and FIN together make no sense/);
  });

  it('joins FIN, PSH and data, and says what URG is not', async () => {
    assert.match(await after({ from: 'client', flags: FIN | PSH | ACK, seq: 1007, ack: 5008, payload: 'bye\r\n' }), /closes its half of the connection\. 5 bytes come with the FIN\./);
    assert.ok((await sample('urgent-data.pcap')).some((line) => line.includes('URG: urgent data ends at the pointer. It travels no faster')));
  });
});
