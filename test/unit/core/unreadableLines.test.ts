import assert from 'node:assert/strict';
import { checkToHost } from '../../../src/extension/messageChecks';
import { openCapture } from '../../support/openCapture';

const GOOD = '12:00:00.000001 IP 10.0.0.1.40000 > 10.0.0.2.80: Flags [S], seq 1000, win 64240, length 0\n';
const BAD = '12:00:00.000101 IP 10.0.0.2.80 > 10.0.0.1.40000: Flags [Q?!], seq 9000, ack 1001, win 65160, length 0\n';

describe('lines that cannot be read', () => {
  it('are told with their numbers, the first 200 of them', async () => {
    const capture = await openCapture(new TextEncoder().encode(GOOD + BAD + GOOD + BAD.repeat(300)));
    const { unreadable } = await capture.ask('state', null);
    assert.equal(unreadable?.count, 301);
    assert.equal(unreadable.lines.length, 200);
    assert.deepEqual(unreadable.lines.slice(0, 2), [{ line: 2, reason: 'flags' }, { line: 4, reason: 'flags' }]);
    await capture.engine.close();
  });

  it('are not mentioned where there are none', async () => {
    const capture = await openCapture(new TextEncoder().encode(GOOD));
    assert.equal((await capture.ask('state', null)).unreadable, undefined);
    await capture.engine.close();
  });

  it('are opened by a line number only', () => {
    assert.deepEqual(checkToHost({ kind: 'openLine', line: 3, uri: 'file:///etc/passwd' }), { kind: 'openLine', line: 3 });
    for (const line of [0, -1, 1.5, '3', null]) assert.equal(checkToHost({ kind: 'openLine', line }), null);
  });
});
