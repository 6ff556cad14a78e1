import assert from 'node:assert/strict';
import { OWN_COLUMNS } from '../../../../src/core/fields/columnChoice';
import { initialState } from '../../../../src/extension/texts';
import type { EditorConfig } from '../../../../src/rpc/webviewMessages';
import { Session } from '../../../../src/webview/state/session';
import type { TimeZoom } from '../../../../src/webview/state/timeZoom';
import type { TimelineStore } from '../../../../src/webview/state/timelineStore';
import { TimelineLink, type ZoomedLadder } from '../../../../src/webview/timeline/timelineLink';

const CONFIG: EditorConfig = { timeFormat: 'relative', sequenceFormat: 'relative', hoverDelayMs: 0, l10n: null, fileName: 'a.pcap', filters: [], filterHistory: [], columns: OWN_COLUMNS, names: { hosts: true, ports: false } };

/** A session that shows stream 1, and what the link sees of a ladder that is zoomed to a part of it. */
function open(): { readonly show: (stream: number) => void; readonly zoom: TimeZoom; readonly link: TimelineLink } {
  const session = new Session(() => undefined);
  session.init(CONFIG, null, { ...initialState(), phase: 'done', packets: 10, streams: 3 });
  const store = { head: { stream: -1 } };
  const ladder = { shownTime: () => ({ from: 100, to: 200 }) } as unknown as ZoomedLadder;
  const show = (stream: number): void => {
    session.setView({ kind: 'stream', stream });
    store.head = { stream };
  };
  show(1);
  return { show, zoom: session.timeZoom, link: new TimelineLink(session, store as unknown as TimelineStore, ladder, () => undefined) };
}

describe('a ladder that is zoomed', () => {
  const wait = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 250));

  it('tells the graphs a moment later', async () => {
    const { link, zoom } = open();
    link.moved(true);
    assert.equal(zoom.part, null);
    await wait();
    assert.deepEqual(zoom.part, { from: 100, to: 200 });
  });

  it('leaves the stream alone that was chosen in that moment', async () => {
    const { link, show, zoom } = open();
    link.moved(true);
    show(2);
    await wait();
    assert.equal(zoom.part, null);
  });
});
