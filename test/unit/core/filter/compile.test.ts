import assert from 'node:assert/strict';
import type { CaptureModel } from '../../../../src/core/query/captureModel';
import { faultOf, fixture, modelOf, passing } from '../../../support/filters';

describe('display filters on a capture', () => {
  let model: CaptureModel;

  before(async () => {
    model = await modelOf(fixture('redis_session.pcap'));
  });

  const count = async (filter: string): Promise<number> => (await passing(model, filter)).length;

  it('passes everything when empty', async () => {
    assert.equal(await count(' '), model.packets.length);
  });

  it('compares columns', async () => {
    assert.deepEqual(await passing(model, 'tcp.flags.syn == 1 && tcp.flags.ack == 0'), [1, 22, 32, 42, 52]);
    assert.deepEqual(await passing(model, 'tcp.flags & 0x02 and not tcp.flags & 0x10'), [1, 22, 32, 42, 52]);
    assert.deepEqual(await passing(model, 'frame.number in {3, 10..12}'), [3, 10, 11, 12]);
    assert.deepEqual(await passing(model, 'tcp.stream == 1 and tcp.len > 0'), [25, 27]);
  });

  it('takes long lists of terms', async () => {
    const terms = (of: (n: number) => string, operator: string): string => Array.from({ length: 400 }, (_, n) => of(n)).join(` ${operator} `);
    assert.deepEqual(await passing(model, terms((n) => `frame.number==${n * 20}`, '||')), [20, 40, 60].filter((n) => n <= model.packets.length));
    assert.equal(await count(terms((n) => `frame.number!=${n * 20}`, '&&')), model.packets.length - Math.floor(model.packets.length / 20));
    assert.equal(await count(terms(() => 'tcp', 'xor')), 0);
  });

  it('takes a field with two values for either, and for both where all are asked', async () => {
    const total = model.packets.length;
    assert.equal(await count('tcp.port == 6379'), total);
    assert.equal(await count('tcp.port != 6379'), 0);
    assert.equal(await count('tcp.port !== 6379'), total);
    assert.equal(await count('all tcp.port > 1024'), total);
    assert.equal(await count('all tcp.port == 6379'), 0);
    assert.equal(await count('tcp.port not in {6379}'), 0);
    assert.equal(await count('not tcp.port == 1'), total);
  });

  it('lets no comparison pass where the field is missing, but its negation', async () => {
    assert.equal(await count('udp.port != 53'), 0);
    assert.equal(await count('not udp.port == 53'), model.packets.length);
  });

  it('reads addresses with prefix lengths, and dates', async () => {
    const total = model.packets.length;
    assert.equal(await count('ip.addr == 127.0.0.0/8'), total);
    assert.equal(await count('ip.addr == 128.0.0.0/8'), 0);
    assert.equal(await count('ip.addr == 0.0.0.0/0'), total);
    assert.equal(await count('ipv6.addr == ::/0'), 0);
    assert.equal(await count('frame.time > "2020-01-01 00:00:00"'), total);
    assert.equal(await count('frame.time_relative < 0.5'), (await passing(model, 'frame.time_epoch < 9999999999 and frame.time_relative < .5')).length);
  });

  it('takes values below 0 for what they are compared with', async () => {
    const total = model.packets.length;
    for (const filter of ['frame.time_relative >= -1', 'frame.time_relative >= -1.0', 'frame.time_relative > -.5', 'frame.time_relative > -1767225600', 'tcp.len > -1', '-1 < tcp.len', 'frame.time_relative in {-1..10000}']) assert.equal(await count(filter), total, filter);
    assert.equal(await count('tcp.len < -1 or tcp.hdr_len == -1000 or frame.time_relative < -1'), 0);
    assert.match(faultOf(model, 'ip.src == -1').message, /-1 is no value for ip\.src: expected an IPv4 address/);
    assert.match(faultOf(model, '-1').message, /-1 is a value, not a field/);
    assert.match(faultOf(model, 'tcp.len == -1.5').message, /-1\.5 is no value for tcp\.len: expected a number/);
  });

  it('looks into payload, headers and options', async () => {
    assert.deepEqual(await passing(model, 'tcp.payload contains "ping"'), [45, 55]);
    assert.deepEqual(await passing(model, 'tcp.payload[0:4] == 2a:31:0d:0a'), [16, 45, 55]);
    assert.deepEqual(await passing(model, "tcp.payload[0] == '+' and tcp.payload[1] == 4f"), [6, 14, 17, 27]);
    assert.deepEqual(await passing(model, 'tcp[13] == 2'), [1, 22, 32, 42, 52]);
    assert.deepEqual(await passing(model, 'tcp.options.mss_val == 65495 and tcp.flags.ack == 0'), [1, 22, 32, 42, 52]);
    assert.deepEqual(await passing(model, 'len(tcp.payload) == 14'), [16, 45, 55]);
    assert.equal(await count('ip.ttl == 64'), model.packets.length);
  });

  it('matches regular expressions without regard to case, "$" also before a last line feed', async () => {
    assert.deepEqual(await passing(model, 'tcp.payload matches "P.NG"'), [45, 47, 55, 57]);
    assert.deepEqual(await passing(model, 'tcp.payload matches "(?-i)P.NG"'), [47, 57]);
    assert.deepEqual(await passing(model, 'tcp.payload matches r"ping\\r$"'), [45, 55]);
    assert.deepEqual(await passing(model, 'tcp.payload matches "\\d\\r"'), await passing(model, 'tcp.payload matches "[0-9]\\x0d"'));
  });

  it('calculates', async () => {
    assert.deepEqual(await passing(model, '{tcp.len + 1} * 2 == 30'), [16, 45, 55]);
    assert.deepEqual(await passing(model, 'tcp.len/2 == 7'), [16, 45, 55]);
    assert.deepEqual(await passing(model, '-tcp.len == -14'), [16, 45, 55]);
    assert.equal(await count('tcp.len / 0 == 7'), 0);
    assert.deepEqual(await passing(model, 'tcp.len + -14 == 0'), [16, 45, 55]);
    assert.equal(await count('min(tcp.srcport, tcp.dstport) == 6379'), model.packets.length);
  });

  it('stays within one stream when asked to', async () => {
    assert.deepEqual(await passing(model, 'tcp.len > 0', 1), [25, 27]);
  });

  it('takes time linear in the text for a hostile regular expression', async () => {
    const begun = process.cpuUsage();
    await passing(model, 'tcp.payload matches "(([a-z0-9 ]+)*)*$x" or tcp.payload matches "(.*)*(.*)*(.*)*!"');
    assert.ok(process.cpuUsage(begun).user < 5e6);
    assert.match(faultOf(model, 'tcp.payload matches "(a)\\\\1"').message, /cannot be used/);
    assert.match(faultOf(model, 'tcp.payload matches "a{1000}{1000}"').message, /cannot be used/);
  });

  it('says what is wrong, where, and what may have been meant', () => {
    const said = (filter: string): string => {
      const fault = faultOf(model, filter);
      return `${filter.slice(fault.from, fault.to)}: ${fault.message} ${fault.suggestions.join(' ')}`.trim();
    };
    assert.match(said('tcp.prot == 80'), /^tcp\.prot: There is no field "tcp\.prot"\. tcp\.port/);
    assert.match(said('TCP'), /^TCP: .* tcp$/);
    assert.match(said('tcp.port == 70000'), /^70000: 70000 is too large for tcp\.port: at most 65535\./);
    assert.match(said('ip.addr == 10.0.0.300'), /^10\.0\.0\.300: .*IPv4 address/);
    assert.match(said('ip.addr == 10.0.0.1/33'), /IPv4 address/);
    assert.match(said('ipv6.addr == 1::2::3'), /IPv6 address/);
    assert.match(said('tcp.flags.syn == maybe'), /True or False/);
    assert.match(said('tcp.analysis.retransmission == 1'), /has no value/);
    assert.match(said('tcp.len contains "1"'), /is a number/);
    assert.match(said('tcp.payload contains PING'), /^PING: .*"PING"$/);
    assert.match(said('ip.src == tcp.port'), /different kinds/);
    assert.match(said('80 == 80'), /no field/);
    assert.match(said('80'), /must be compared/);
    assert.match(said('lenght(tcp.payload) > 3'), /^lenght: There is no function/);
    assert.match(said('tcp.port in {5..1}'), /^5\.\.1: The range ends before it begins/);
    assert.match(said('tcp.seq[0] == 1'), /has no bytes/);
    assert.match(said('frame.time > "yesterday"'), /a date and time/);
  });
});

describe('display filters on a text capture', () => {
  it('know what the text shows and nothing else', async () => {
    const text = await modelOf(fixture('redis_session.tcpdump'));
    const binary = await modelOf(fixture('redis_session.pcap'));
    for (const filter of ['tcp.flags.syn == 1', 'tcp.len > 0 and tcp.srcport == 6379', 'ip.src == 127.0.0.1 && tcp.flags.fin == 1', 'tcp.options.mss_val == 65495', 'tcp.analysis.flags'])
      assert.deepEqual(await passing(text, filter), await passing(binary, filter), filter);
    assert.deepEqual(await passing(text, 'tcp.payload'), []);
    assert.deepEqual(await passing(text, 'ip.ttl'), []);
    assert.deepEqual(await passing(text, 'frame.len'), []);
  });
});
