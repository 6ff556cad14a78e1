import assert from 'node:assert/strict';
import { MemorySource } from '../../../../src/core/capture/byteSource';
import { CaptureExports } from '../../../../src/core/export/captureExports';
import type { CopiedText, PacketSelection } from '../../../../src/core/export/exportApi';
import { fixture, modelOf, passing, testHost } from '../../../support/filters';

const going = { aborted: false };

describe('text of selected rows', () => {
  const copied = async (what: PacketSelection, form: 'tcpdump' | 'hex' = 'tcpdump', file = 'redis_session.pcap'): Promise<CopiedText> => {
    const bytes = fixture(file);
    return new CaptureExports(await modelOf(bytes), new MemorySource(bytes), testHost).text({ what, form }, going);
  };

  it('is that of the packets in those rows of the view, each once', async () => {
    const model = await modelOf(fixture('redis_session.pcap'));
    const matches = await passing(model, 'tcp.len > 0');
    const byRows = await copied({ kind: 'rows', view: { kind: 'all', filter: 'tcp.len > 0' }, ranges: [[3, 4], [0, 1], [4, 4], [1_000_000, 2_000_000]] });
    const byNumber = await copied({ kind: 'packets', packets: [0, 1, 3, 4].map((row) => matches[row]! - 1) });
    assert.equal(byRows.lines, 4);
    assert.equal(byRows.text, byNumber.text);
    const stream = model.streamPackets.of(1);
    assert.equal((await copied({ kind: 'rows', view: { kind: 'stream', stream: 1 }, ranges: [[1, 2]] })).text, (await copied({ kind: 'packets', packets: [stream[1]!, stream[2]!] })).text);
    assert.equal((await copied({ kind: 'rows', view: { kind: 'all' }, ranges: [[0, 4_000_000_000]] })).lines, model.packets.length);
  });

  it('is hex with offsets when asked for, where there are bytes', async () => {
    const { text, lines } = await copied({ kind: 'rows', view: { kind: 'all' }, ranges: [[0, 1]] }, 'hex');
    assert.equal(lines, 2);
    assert.match(text, /^000000 {2}([0-9a-f]{2} ){15}[0-9a-f]{2}\n000010 {2}/);
    assert.equal(text.split('\n\n').length, 3);
    assert.deepEqual(await copied({ kind: 'packets', packets: [0] }, 'hex', 'redis_session.tcpdump'), { text: '', lines: 0, leftOut: 1, more: false });
  });
});
