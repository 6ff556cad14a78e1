import assert from 'node:assert/strict';
import { MemorySource } from '../../../../src/core/capture/byteSource';
import { openReader } from '../../../../src/core/capture/detect';
import { Explainer } from '../../../../src/core/explain/explain';
import { PACKET_FIELDS, type TcpRow } from '../../../../src/core/fields/packetFields';
import { StateReplay } from '../../../../src/core/fields/stateFields';
import { filterField } from '../../../../src/core/filter/fields/fields';
import { Pipeline } from '../../../../src/core/index/pipeline';
import type { CaptureModel } from '../../../../src/core/query/captureModel';
import type { FieldValues } from '../../../../src/core/query/fieldApi';
import { FieldQueries } from '../../../../src/core/query/fieldQueries';
import { decodePacket } from '../../../../src/core/query/packetDetail';
import type { CardDocument } from '../../../../src/core/explain/card';
import { fixture, modelOf, studied, testHost } from '../../../support/filters';
import { studyCapture } from '../../../support/study';

const going = { aborted: false };

function queries(model: CaptureModel): FieldQueries {
  const explainer = new Explainer(model);
  return new FieldQueries(model, (packet) => decodePacket(model, packet), (decoded, node) => explainer.nodeCard(decoded, node), testHost);
}

async function values(model: CaptureModel, packets: readonly number[], fields: readonly string[]): Promise<FieldValues> {
  const asked = queries(model);
  for (;;) {
    const reply = (await asked.answer('fieldValues', { packets, fields }, going)) as FieldValues;
    if (!reply.waits) return reply;
  }
}

describe('columns of any field', () => {
  for (const file of ['redis_session.pcap', 'loss_burst.pcap', 'redis_session.tcpdump', 'mptcp_fallback.pcapng']) {
    it(`show of ${file} what the command line prints`, async () => {
      const bytes = fixture(file);
      const model = await studied(bytes);
      const fields = PACKET_FIELDS.filter((field) => filterField(field.name));
      assert.ok(fields.length > 70);
      const { verdicts } = await studyCapture(bytes);
      const states = new StateReplay(verdicts);
      const pipeline = new Pipeline(await openReader(new MemorySource(bytes)), { splitStreamsBy: [] }, states);
      const printed: { packet: number; cells: string[] }[] = [];
      while (await pipeline.read((row) => {
        if (row.segment && printed.length < 60) {
          const tcp = Object.assign(row as TcpRow, { verdict: verdicts.get(row.packet), states });
          printed.push({ packet: row.packet, cells: fields.map((field) => [field.value(tcp)].flat().join(', ')) });
        }
        return true;
      }, 1 << 24));
      const { cells, problem } = await values(model, printed.map(({ packet }) => packet), fields.map((field) => field.name));
      assert.equal(problem, null);
      printed.forEach(({ packet, cells: expected }, n) =>
        fields.forEach((field, at) => {
          const shown = cells[n]![at]!.replace('\u2713', '1');
          // Bytes are shown up to a limit, and "missing" is told by the details.
          if (file.endsWith('.tcpdump') && filterField(field.name)!.type === 'header') return;
          if (field.name === 'tcp.options' || field.name === 'ip.src_host' || field.name === 'ip.dst_host') return;
          assert.equal(shown, expected[at], `${field.name} of frame ${packet + 1}`);
        }),
      );
    });
  }

  it('name severities, join several values, and leave empty what is not there', async () => {
    const model = await studied(fixture('loss_burst.pcap'));
    const packets = Array.from({ length: model.packets.length }, (_, i) => i);
    const { cells } = await values(model, packets, ['finding.id', 'finding.severity', 'udp.port', 'no.such.field', 'verdict.text']);
    const found = cells.filter(([id]) => id !== '');
    assert.ok(found.length > 0 && found.every(([, severity]) => severity!.split(', ').every((one) => ['info', 'warning', 'error'].includes(one))));
    assert.ok(cells.every(([, , udp, none, text]) => udp === '' && none === null && text !== ''));
    await assert.rejects(() => values(model, [model.packets.length], ['tcp.len']), RangeError);
  });

  it('tell why what needs a study is not known without one, and know the rest', async () => {
    const { cells, problem } = await values(await modelOf(fixture('redis_session.pcap')), [0], ['segment.lost', 'tcp.len']);
    assert.deepEqual(cells, [[null, '0']]);
    assert.match(problem!, /study/);
  });

  it('have cards: of the header where the packet has the field, else of what the field is', async () => {
    const model = await studied(fixture('loss_burst.pcap'));
    const card = (packet: number, field: string): Promise<CardDocument | null> => queries(model).answer('fieldCard', { packet, field }, going) as Promise<CardDocument | null>;
    assert.equal((await card(0, 'tcp.options.mss_val'))!.id.startsWith('tcp.option'), true);
    const state = (await card(0, 'state.client'))!;
    assert.match(JSON.stringify(state.headline), /SYN-SENT/);
    assert.match(JSON.stringify((await card(0, 'udp.port'))!.headline), /not in this packet/);
    assert.equal(await card(0, 'no.such.field'), null);
  });
});
