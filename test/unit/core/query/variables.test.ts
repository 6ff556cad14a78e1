import assert from 'node:assert/strict';
import { packetVariables } from '../../../../src/core/query/variables';
import { Bulk } from '../../../support/bulk';
import { judgedModel } from '../../../support/model';
import { tcpCapture } from '../../../support/pcapWriter';

describe('variables of both ends', () => {
  it('stand after each packet, with the SACK scoreboard', async () => {
    const capture = new Bulk().data(0, 1).data(1, 1.001).data(2, 1.002).data(3, 1.003).ack(1, 1.02).ack(1, 1.021, { sack: [[2, 3]] }).ack(1, 1.022, { sack: [[2, 4]] }).data(1, 1.03).ack(4, 1.05);
    const model = await judgedModel(tcpCapture(capture.segments));
    const client = async (packet: number): Promise<unknown[]> => {
      const [c] = (await packetVariables(model, packet))!.ends;
      return [c.role, c.sndUna, c.sndNxt, c.sndWnd, c.inFlight, c.pipe, c.sacked];
    };
    assert.deepEqual(await client(0), ['client', 0, 1, null, 1, 1, []]);
    assert.deepEqual(await client(6), ['client', 1, 401, 65_535, 400, 400, []]);
    assert.deepEqual(await client(9), ['client', 101, 401, 64_000, 300, 100, [[201, 401]]]);
    assert.deepEqual(await client(11), ['client', 401, 401, 64_000, 0, 0, []]);
    const server = (await packetVariables(model, 9))!.ends[1];
    assert.deepEqual([server.role, server.rcvNxt, server.rcvWnd, server.sndScale], ['server', 101, 64_000, 7]);
  });

  it('are the same whether or not a later packet was asked for before', async () => {
    const capture = new Bulk();
    for (let n = 0; n < 40; n++) capture.data(n, 1 + n * 0.01).ack(n, 1.001 + n * 0.01);
    const bytes = tcpCapture(capture.segments);
    const [one, other] = [await judgedModel(bytes), await judgedModel(bytes)];
    await packetVariables(one, 80);
    for (const packet of [79, 3, 50, 4, 0]) assert.deepEqual(await packetVariables(one, packet), await packetVariables(other, packet));
  });

  it('have no window where the text shows none', async () => {
    const text = 'IP 10.0.0.1.40000 > 10.0.0.2.80: Flags [.], seq 101:201, ack 1, length 100\n12:00:01.000000 IP 10.0.0.2.80 > 10.0.0.1.40000: Flags [.], ack 201, length 0\n';
    const ends = (await packetVariables(await judgedModel(Buffer.from(`12:00:00.000000 ${text}`)), 1))!.ends;
    assert.deepEqual(ends.map((end) => [end.sndWnd, end.rcvWnd]), [[null, null], [null, null]]);
  });
});
