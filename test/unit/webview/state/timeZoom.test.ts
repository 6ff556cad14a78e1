import assert from 'node:assert/strict';
import { OWN_COLUMNS } from '../../../../src/core/fields/columnChoice';
import { initialState } from '../../../../src/extension/texts';
import { Session } from '../../../../src/webview/state/session';
import type { EditorConfig } from '../../../../src/rpc/webviewMessages';

const CONFIG: EditorConfig = { timeFormat: 'relative', sequenceFormat: 'relative', hoverDelayMs: 0, l10n: null, fileName: 'a.pcap', filters: [], filterHistory: [], columns: OWN_COLUMNS, names: { hosts: true, ports: false } };

describe('the zoom that graphs and ladder share', () => {
  let session: Session;
  let told: number;

  beforeEach(() => {
    session = new Session(() => undefined);
    session.init(CONFIG, null, { ...initialState(), phase: 'done', packets: 10, streams: 3 });
    session.setView({ kind: 'stream', stream: 1 });
    told = 0;
    session.events.on(['zoom'], () => told++);
  });

  it('is told once for each part', () => {
    session.timeZoom.set({ from: 1, to: 2 });
    session.timeZoom.set({ from: 1, to: 2 });
    assert.equal(told, 1);
    session.timeZoom.set(null);
    assert.deepEqual([session.timeZoom.part, told], [null, 2]);
  });

  it('belongs to its stream and to the capture as it was read', () => {
    session.timeZoom.set({ from: 1, to: 2 });
    session.setView({ kind: 'stream', stream: 2 });
    assert.equal(session.timeZoom.part, null);
    session.setView({ kind: 'stream', stream: 1 });
    assert.deepEqual(session.timeZoom.part, { from: 1, to: 2 });
    session.setState({ ...session.state, revision: session.state.revision + 1 });
    session.setView({ kind: 'stream', stream: 1 });
    assert.equal(session.timeZoom.part, null);
  });

  it('stays as it is while the two are unlinked, and remembers that', () => {
    session.timeZoom.set({ from: 1, to: 2 });
    session.timeZoom.linked = false;
    session.timeZoom.set({ from: 5, to: 6 });
    assert.deepEqual(session.timeZoom.part, { from: 1, to: 2 });
    assert.equal(session.viewState.panes.unlinked, 1);
    session.timeZoom.linked = true;
    assert.equal(session.timeZoom.linked, true);
  });
});
