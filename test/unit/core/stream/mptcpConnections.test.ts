import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { MptcpConnections } from '../../../../src/core/stream/mptcpConnections';

describe('MptcpConnections', () => {
  it('joins subflows by the tokens of both versions', () => {
    for (const hash of ['sha1', 'sha256']) {
      const key = Buffer.from('0123456789abcdef', 'hex');
      const token = createHash(hash).update(key).digest().readUInt32BE(0);
      const connections = new MptcpConnections();
      const other = connections.create();
      const mine = connections.create();
      connections.addKey(mine, key.readUInt32BE(0), key.readUInt32BE(4));
      assert.equal(connections.join(token, other), mine, hash);
      assert.notEqual(connections.join(token + 1, -1), mine);
    }
  });

  it('remembers an unknown token for the next join, and subtypes 0 to 7', () => {
    const connections = new MptcpConnections();
    const first = connections.join(5, -1);
    assert.equal(connections.join(5, -1), first);
    connections.note(first, 0x104);
    assert.equal(connections.seen(first), 4);
  });
});
