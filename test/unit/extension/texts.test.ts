import assert from 'node:assert/strict';
import { escapeGlob, formatBytes, formatDuration, parseFrameNumber, percent, positionText, statusIcon, streamTitle } from '../../../src/extension/texts';

describe('texts of the extension host', () => {
  it('formats bytes with decimal units', () => {
    assert.deepEqual([0, 999, 1000, 1536, 268_435_456, 4e9, 5e15].map(formatBytes), ['0 B', '999 B', '1 kB', '1.5 kB', '268 MB', '4 GB', '5000 TB']);
  });

  it('formats durations in the unit that fits', () => {
    assert.deepEqual([0, 999, 1500, 41_234_567, 4.56e9, 59.9e9, 125e9].map(formatDuration), ['0 ns', '999 ns', '1.5 µs', '41.2 ms', '4.56 s', '59.9 s', '2 min 05 s']);
  });

  it('writes endpoints as in a URL', () => {
    assert.equal(streamTitle({ stream: 3, client: '10.0.0.2', clientPort: '34698', server: 'fe80::1', serverPort: 'redis' }), '3  10.0.0.2:34698 → [fe80::1]:redis');
  });

  it('counts packets from 1 and streams as tcp.stream does', () => {
    const words = { withStream: 'stream {stream}/{streams} - packet {packet}/{packets}', packetOnly: 'packet {packet}/{packets}' };
    const position = { packet: 44, packets: 1000, stream: 3, streams: 120, rankInStream: 0, streamPackets: 9 };
    assert.equal(positionText(position, words), 'stream 3/120 - packet 45/1000');
    assert.equal(positionText({ ...position, stream: null }, words), 'packet 45/1000');
  });

  it('never says 100% before the end', () => {
    assert.deepEqual([-1, 0, 0.459, 0.9999, 1].map(percent), [0, 0, 45, 99, 99]);
  });

  it('reads frame numbers as people write them', () => {
    assert.deepEqual(['45', ' #45 ', '1,200,000', '1 200 000', '0'].map(parseFrameNumber), [45, 45, 1_200_000, 1_200_000, 0]);
    assert.deepEqual(['', 'x', '-1', '1e3', '0x10', '12345678901'].map(parseFrameNumber), [null, null, null, null, null, null]);
  });

  it('escapes what a glob would read', () => {
    assert.equal(escapeGlob('a[1]{x}*?.pcap'), 'a[[]1[]][{]x[}][*][?].pcap');
  });

  it('has an icon for every status', () => {
    for (const status of ['no-handshake', 'syn', 'handshake', 'open', 'half-closed', 'closed', 'reset'] as const) assert.match(statusIcon(status)[0], /^[a-z-]+$/);
  });
});
