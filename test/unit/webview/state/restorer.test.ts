import assert from 'node:assert/strict';
import { OWN_COLUMNS } from '../../../../src/core/fields/columnChoice';
import type { EditorConfig, EditorViewState } from '../../../../src/rpc/webviewMessages';
import { initialState } from '../../../../src/extension/texts';
import { Session } from '../../../../src/webview/state/session';
import { defaultViewState } from '../../../../src/webview/state/viewState';

const CONFIG: EditorConfig = { timeFormat: 'relative', sequenceFormat: 'relative', hoverDelayMs: 0, l10n: null, fileName: 'a.pcap', filters: [], filterHistory: [], columns: OWN_COLUMNS, names: { hosts: true, ports: false } };
const SAVED: EditorViewState = { ...defaultViewState(CONFIG), view: { kind: 'stream', stream: 3 }, selectedPacket: 500, selectedStream: 3, packetScroll: 40 };
const reading = (packets: number, phase: 'indexing' | 'cancelled' | 'done' = 'indexing') => ({ ...initialState(), phase, packets, streams: packets });

/** An editor whose host answers nothing. */
function open(saved: EditorViewState | null, packets: number): Session {
  const session = new Session(() => undefined);
  session.init(CONFIG, saved, reading(packets));
  return session;
}

const place = ({ remembered: { view, selectedPacket, packetScroll } }: Session) => [view, selectedPacket, packetScroll];
const WAS = [SAVED.view, 500, 40];

describe('the place of last time', () => {
  it('is remembered until it is found again, whatever else changes meanwhile', () => {
    const session = open(SAVED, 10);
    assert.deepEqual([session.view, session.selection], [{ kind: 'all' }, null], 'the whole capture is shown');
    session.setFormat({ timeFormat: 'utc' });
    session.update({ packetScroll: 3 });
    assert.deepEqual(place(session), WAS);
    assert.equal(session.remembered.timeFormat, 'utc');
    session.setState(reading(20, 'cancelled'));
    assert.deepEqual([place(session), session.selection], [WAS, null]);
    session.setState({ ...reading(20), revision: 1 });
    assert.deepEqual(place(session), WAS, 'also when the capture is read anew meanwhile');
    session.setState({ ...reading(600), revision: 1 });
    assert.deepEqual([session.selection?.packet, session.view], [500, { kind: 'stream', stream: 3 }]);
  });

  it('gives way to what a person chooses', () => {
    const session = open(SAVED, 10);
    session.select({ packet: 7, stream: 2, rank: 0 }, 'jump');
    assert.equal(session.remembered.selectedPacket, 7);
    session.setState(reading(600));
    assert.equal(session.selection?.packet, 7);
  });

  it('is given up when the capture ends before it', () => {
    const session = open(SAVED, 10);
    session.setState(reading(20, 'done'));
    assert.deepEqual(session.view, { kind: 'stream', stream: 0 });
    assert.equal(session.remembered.selectedPacket, null);
  });
});
