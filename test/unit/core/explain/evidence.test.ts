import assert from 'node:assert/strict';
import { LABELS } from '../../../../src/core/analysis/labels';
import { evidenceCards, packetEvidence } from '../../../../src/core/explain/evidence';
import { Bulk } from '../../../support/bulk';
import { judgedModel } from '../../../support/model';
import { tcpCapture } from '../../../support/pcapWriter';

const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('evidence', () => {
  it('says what a verdict rests on, and why Wireshark says something else', async () => {
    const capture = new Bulk().data(0, 1).data(1, 1.0001).data(2, 1.0002).ack(1, 1.02).ack(1, 1.0202, { sack: [[2, 3]] }).data(1, 1.003).ack(3, 1.041);
    const model = await judgedModel(tcpCapture(capture.segments));
    const [again, label] = await packetEvidence(model, 8);
    assert.equal(again?.field, 'segment.retransmission');
    assert.deepEqual(again.packets, [4]);
    assert.equal(again.confidence, 'certain');
    assert.match(plain(again.rule), /same bytes are in packet #5/);
    assert.match(plain(again.rival), /TSval 1001 in packet #5, 1004 in packet #9.*Wireshark calls this out of order, because: It starts at 101, before the next sequence number 301/);
    assert.equal(label?.field, 'tcp.analysis.out_of_order');
    assert.match(plain(label.measured), /2\.8 ms after it; the limit is the round trip of the handshake, 20\.1 ms/);
    const [lost] = await packetEvidence(model, 4);
    assert.equal(lost?.field, 'segment.lost');
    assert.deepEqual(lost.packets, [8, 9]);
    const cards = await evidenceCards(model, 8);
    assert.deepEqual(cards.map((c) => c.id), ['segment.retransmission', 'tcp.analysis.out_of_order']);
    assert.ok(cards[0]!.here[0]!.some((part) => typeof part === 'object' && 'packet' in part && part.packet === 4), 'the packet is a link');
  });

  it('has a rule with numbers for a duplicate ACK, a gap and a closed window', async () => {
    const capture = new Bulk().data(0, 1).data(2, 1.001).ack(1, 1.02).ack(1, 1.021).ack(1, 1.022, { window: 0 });
    const model = await judgedModel(tcpCapture(capture.segments));
    const rule = async (packet: number): Promise<string> => plain((await packetEvidence(model, packet)).map((e) => `${e.field}: ${e.rule} ${e.measured}`).join('\n'));
    assert.match(await rule(4), /lost_segment: It starts at 201; 101 was expected next. 100 bytes are missing/);
    assert.match(await rule(6), /duplicate_ack: .*acknowledgment number \(101\).*number 1 in a row. 200 bytes were sent beyond it/);
    assert.match(await rule(7), /zero_window: The window field is 0/);
  });

  it('knows a name for every label', async () => {
    const { nameOf } = await import('../../../../src/core/explain/evidence');
    for (const label of LABELS) assert.ok(nameOf(label.field, 0)?.doc);
  });
});
