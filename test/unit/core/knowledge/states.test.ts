import assert from 'node:assert/strict';
import { arrowCause, arrowLine, DIAGRAM, placeOf, STATE_ARROWS, STATE_PLACES } from '../../../../src/core/knowledge/stateDiagram';
import { findState, STATES } from '../../../../src/core/knowledge/states';
import { findSysctl } from '../../../../src/core/knowledge/sysctls';
import { CLOSED, ESTABLISHED, LAST_ACK, STATE_NAMES, SYN_SENT, TIME_WAIT } from '../../../../src/core/stream/endpointStates';

describe('states', () => {
  it('describes each state of RFC 9293', () => {
    assert.deepEqual(STATES.map((s) => s.state), STATE_NAMES.map((_, i) => i));
    for (const spec of STATES) {
      assert.match(spec.source, /RFC 9293 3\.3\.2/);
      assert.ok(spec.doc.endsWith('.') && spec.story.length > 60, STATE_NAMES[spec.state]);
      for (const key of spec.see) assert.ok(findSysctl(key), key);
    }
    assert.match(findState(TIME_WAIT)!.story, /fixed 60 s/);
  });

  it('draws every state once (CLOSED twice), inside the drawing and apart', () => {
    assert.deepEqual(STATE_PLACES.map((p) => p.state).sort((a, b) => a - b), [CLOSED, ...STATE_NAMES.keys()]);
    for (const place of STATE_PLACES) {
      assert.ok(place.x >= DIAGRAM.boxWidth / 2 && place.x <= DIAGRAM.width - DIAGRAM.boxWidth / 2);
      assert.ok(place.y >= DIAGRAM.boxHeight / 2 && place.y <= DIAGRAM.height - DIAGRAM.boxHeight / 2);
      for (const other of STATE_PLACES)
        if (other !== place) assert.ok(Math.abs(place.x - other.x) >= DIAGRAM.boxWidth || Math.abs(place.y - other.y) >= DIAGRAM.boxHeight + 10, `${place.state} ${other.state}`);
    }
  });

  it('has the arrows of the figure, each from border to border', () => {
    assert.equal(STATE_ARROWS.length, 17);
    for (const { from, to } of STATE_ARROWS) {
      const line = arrowLine(from, to, 0);
      for (const place of STATE_PLACES)
        for (const [x, y] of [[line.x1, line.y1], [line.x2, line.y2]] as const)
          assert.ok(Math.abs(x - place.x) >= DIAGRAM.boxWidth / 2 - 0.01 || Math.abs(y - place.y) >= DIAGRAM.boxHeight / 2 - 0.01, `${from} ${to}`);
    }
  });

  it('leads a failed opening to the upper CLOSED, an end to the lower one', () => {
    assert.equal(placeOf(CLOSED, SYN_SENT, true), STATE_PLACES[0]);
    assert.equal(placeOf(CLOSED, LAST_ACK, true), STATE_PLACES.at(-1));
    assert.equal(placeOf(CLOSED, SYN_SENT, false), STATE_PLACES[0]);
    assert.equal(arrowCause(ESTABLISHED, CLOSED, true), 'snd RST / delete TCB');
    assert.equal(arrowCause(ESTABLISHED, CLOSED, false), 'rcv RST / delete TCB');
    assert.equal(arrowCause(LAST_ACK, CLOSED, false), 'rcv ACK of FIN / delete TCB');
  });
});
