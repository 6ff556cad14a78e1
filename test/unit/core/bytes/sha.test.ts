import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { sha1Word, sha256Word } from '../../../../src/core/bytes/sha';

describe('sha', () => {
  it("agrees with Node's digests of eight bytes", () => {
    for (const text of ['0000000000000000', 'ffffffffffffffff', '0123456789abcdef', '80000000fedcba98']) {
      const key = Buffer.from(text, 'hex');
      const [high, low] = [key.readUInt32BE(0), key.readUInt32BE(4)];
      assert.equal(sha1Word(high, low), createHash('sha1').update(key).digest().readUInt32BE(0));
      assert.equal(sha256Word(high, low), createHash('sha256').update(key).digest().readUInt32BE(0));
    }
  });
});
