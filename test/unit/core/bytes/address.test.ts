import assert from 'node:assert/strict';
import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { formatAddress, formatEndpoint, formatIpv4, formatIpv6 } from '../../../../src/core/bytes/address';
import { FAMILY_NAME } from '../../../../src/core/decode/segment';

describe('addresses', () => {
  it('writes IPv4 as a dotted quad', () => {
    assert.equal(formatIpv4(0xc0a80001), '192.168.0.1');
    assert.equal(formatIpv4(0xffffffff), '255.255.255.255');
  });

  it('writes IPv6 as RFC 5952 asks', () => {
    assert.equal(formatIpv6(0, 0, 0, 1), '::1');
    assert.equal(formatIpv6(0, 0, 0, 0), '::');
    assert.equal(formatIpv6(0x20010db8, 0, 0, 1), '2001:db8::1');
    assert.equal(formatIpv6(0x20010db8, 0x00000001, 0x00010001, 0x00010001), '2001:db8:0:1:1:1:1:1'); // one zero group is not compressed
    assert.equal(formatIpv6(0x20010000, 0x00000001, 0, 0x00000001), '2001:0:0:1::1'); // the longer run wins
    assert.equal(formatIpv6(0, 0, 0xffff, 0x0a000001), '::ffff:10.0.0.1');
  });

  it('writes what the platform also takes for an IPv6 address', () => {
    const word = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffffffff }));
    fc.assert(fc.property(word, word, word, word, (...words) => isIPv6(formatIpv6(...words))));
  });

  it('brackets IPv6 endpoints and resolves names', () => {
    assert.equal(formatEndpoint('::1', 80), '[::1]:80');
    assert.equal(formatEndpoint('10.0.0.1', 80), '10.0.0.1:80');
    assert.equal(formatAddress(FAMILY_NAME, 0, 0, 0, 7, (id) => `name${id}`), 'name7');
  });
});
