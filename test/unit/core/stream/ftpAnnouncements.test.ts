import assert from 'node:assert/strict';
import { FAMILY_IPV6, Segment } from '../../../../src/core/decode/segment';
import { FtpAnnouncements } from '../../../../src/core/stream/ftpAnnouncements';
import { fill } from './conversation';

const SERVER = 0x0a000002;
const CLIENT = 0x0a000001;

function between(src: number, srcPort: number, dst: number, dstPort: number): Segment {
  const s = fill(new Segment(), { from: 'c', flags: 'S', ms: 0, seq: 1 });
  s.src3 = src;
  s.srcPort = srcPort;
  s.dst3 = dst;
  s.dstPort = dstPort;
  return s;
}
const reply = (): Segment => between(SERVER, 21, CLIENT, 30000);
const command = (): Segment => between(CLIENT, 30000, SERVER, 21);

function read(ftp: FtpAnnouncements, s: Segment, text: string): void {
  const bytes = new TextEncoder().encode(`##${text}##`);
  ftp.read(s, bytes, 2, bytes.length - 2);
}

describe('FtpAnnouncements', () => {
  it('takes a passive reply once, from either end and any client port', () => {
    const ftp = new FtpAnnouncements();
    read(ftp, reply(), '227 Entering Passive Mode (10,0,0,2,200,10)\r\n');
    assert.equal(ftp.take(between(0x0a000005, 45000, SERVER, 51210)), false, 'another client');
    assert.equal(ftp.take(between(CLIENT, 45000, SERVER, 51210)), true);
    assert.equal(ftp.take(between(CLIENT, 45001, SERVER, 51210)), false);
    read(ftp, reply(), '227 =10,0,0,2,200,10');
    assert.equal(ftp.take(between(SERVER, 51210, CLIENT, 45000)), true);
  });

  it('counts announcements of the same port', () => {
    const ftp = new FtpAnnouncements();
    for (let i = 0; i < 2; i++) read(ftp, reply(), '227 (10,0,0,2,200,10)');
    assert.deepEqual([45000, 45001, 45002].map((port) => ftp.take(between(CLIENT, port, SERVER, 51210))), [true, true, false]);
  });

  it('takes PORT for connections from port 20 only', () => {
    const ftp = new FtpAnnouncements();
    read(ftp, command(), 'port 10,0,0,1,199,64\r\n');
    assert.equal(ftp.take(between(SERVER, 33333, CLIENT, 51008)), false);
    assert.equal(ftp.take(between(SERVER, 20, CLIENT, 51008)), true);
  });

  it('takes an extended passive reply at the address it came from', () => {
    const ftp = new FtpAnnouncements();
    const s = reply();
    s.family = FAMILY_IPV6;
    s.src0 = s.dst0 = 0x20010db8;
    read(ftp, s, '229 Entering Extended Passive Mode (|||51013|)');
    const data = between(CLIENT, 45000, SERVER, 51013);
    data.family = FAMILY_IPV6;
    assert.equal(ftp.take(data), false);
    data.src0 = data.dst0 = 0x20010db8;
    assert.equal(ftp.take(data), true);
  });

  it('ignores what announces nothing', () => {
    const ftp = new FtpAnnouncements();
    for (const text of ['', '227', '227 (10,0,0,300,1,2)', '227 (10,0,0,2,0,0)', '229 (|||99999|)', '230 (10,0,0,2,200,10)', '150 x\r\n227 (10,0,0,2,200,10)']) read(ftp, reply(), text);
    for (const text of ['227 (10,0,0,2,200,10)', 'EPRT |1|10.0.0.1|51011|', 'PORT', 'USER a\r\nPORT 10,0,0,1,199,64']) read(ftp, command(), text);
    assert.equal(ftp.size, 0);
  });

  it('keeps a bounded number', () => {
    const ftp = new FtpAnnouncements();
    for (let i = 0; i < 5000; i++) read(ftp, reply(), `227 (10,0,${i >> 8},${i & 255},200,10)`);
    assert.equal(ftp.size, 4096);
    assert.equal(ftp.take(between(CLIENT, 1, 0x0a000000 + 4999, 51210)), true, 'the newest is kept');
  });
});
