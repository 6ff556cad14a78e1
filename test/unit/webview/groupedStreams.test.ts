import assert from 'node:assert/strict';
import type { StreamRowData } from '../../../src/core/engineApi';
import type { StreamGroup } from '../../../src/core/overviewApi';
import * as api from '../../../src/core/overviewApi';
import { GroupedStreams, isGroup } from '../../../src/webview/editor/groupedStreams';
import { PageCache } from '../../../src/webview/grid/pageCache';
import { lanePaths } from '../../../src/webview/overview/laneCell';
import { laneWords } from '../../../src/webview/overview/laneWords';

const group = (id: string, count: number): StreamGroup => ({ id, title: id, severity: 'error', count });

/** Streams in the order of their groups: row 0 is stream 100. */
function table(): { readonly groups: GroupedStreams; readonly wanted: (readonly [number, number])[]; readonly shown: () => string[] } {
  const wanted: (readonly [number, number])[] = [];
  const groups = new GroupedStreams({
    peek: (index) => ({ stream: 100 + index }) as StreamRowData,
    wantRanges: (ranges) => wanted.push(...ranges),
    onChange: () => () => undefined,
  });
  groups.setGroups([group('reset', 2), group('loss', 3), group('', 1)]);
  const shown = (): string[] => Array.from({ length: groups.total }, (_, i) => {
    const row = groups.peek(i)!;
    return isGroup(row) ? `${row.open ? '-' : '+'}${row.group.id}` : String(row.stream);
  });
  return { groups, wanted, shown };
}

describe('the streams table with headings', () => {
  it('stands each stream under its heading', () => {
    const { groups, shown } = table();
    assert.deepEqual(shown(), ['-reset', '100', '101', '-loss', '102', '103', '104', '-', '105']);
    for (let place = 0; place < 6; place++) assert.equal(groups.streamRow(groups.tableRow(place)!), place);
    assert.equal(groups.streamRow(3), null);
  });

  it('leaves out the streams of a closed group', () => {
    const { groups, shown } = table();
    let told = 0;
    groups.onChange(() => told++);
    groups.toggle('loss');
    assert.deepEqual(shown(), ['-reset', '100', '101', '+loss', '-', '105']);
    assert.equal(groups.tableRow(3), null);
    assert.equal(groups.tableRow(5), 5);
    groups.toggle('loss', false);
    assert.equal(groups.total, 6);
    groups.toggleAll();
    assert.deepEqual(shown(), ['+reset', '+loss', '+']);
    groups.toggleAll();
    assert.equal(groups.total, 9);
    assert.equal(told, 4);
  });

  it('asks for the streams on screen only', () => {
    const { groups, wanted } = table();
    groups.want(3, 5);
    groups.toggle('reset');
    groups.toggle('loss');
    groups.want(0, 1);
    groups.want(0, 3);
    assert.deepEqual(wanted, [[2, 3], [5, 5]]);
  });

  it('reads nothing of a closed group between two open ones', async () => {
    const read: number[] = [];
    const pages = new PageCache<StreamRowData>((start, count) => {
      read.push(start);
      return Promise.resolve({ total: 100_020, rows: Array.from({ length: Math.min(count, 100_020 - start) }, (_, i) => ({ stream: start + i }) as StreamRowData) });
    });
    pages.setTotal(100_020);
    const groups = new GroupedStreams(pages);
    groups.setGroups([group('reset', 10), group('loss', 100_000), group('', 10)]);
    groups.toggle('loss');
    groups.want(0, groups.total - 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(read, [0, 99_968]);
    assert.deepEqual([10, 13, 22].map((index) => (groups.peek(index) as StreamRowData).stream), [9, 100_010, 100_019]);
  });
});

describe('the small timeline of a row', () => {
  const cells = Uint8Array.of(api.LANE_CLIENT | api.LANE_SYN, 0, api.LANE_SERVER | api.LANE_DATA, api.LANE_SERVER | api.LANE_DATA | api.LANE_RESENT, api.LANE_RST | api.LANE_CLIENT);

  it('joins cells that look the same', () => {
    const paths = lanePaths(cells);
    assert.deepEqual(paths.map((path) => path.className), ['lane-line', 'tone-client', 'tone-server', 'lane-open', 'lane-warning', 'lane-error']);
    assert.equal(paths[2]!.d, 'M2 8h2v6h-2z');
  });

  it('tells its marks in words', () => {
    assert.equal(laneWords(cells), 'SYN, sent again in 1 place, RST');
    assert.equal(laneWords(new Uint8Array(5)), '');
  });
});
