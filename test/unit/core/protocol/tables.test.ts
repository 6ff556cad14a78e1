import assert from 'node:assert/strict';
import type { HeaderSpec } from '../../../../src/core/protocol/fieldSpec';
import { allFields, fieldByFilter, FIXED_HEADERS, HEADERS } from '../../../../src/core/protocol';
import { MPTCP_SUBTYPES } from '../../../../src/core/protocol/mptcp';
import { TCP, TCP_FLAGS } from '../../../../src/core/protocol/tcp';
import { TCP_OPTIONS } from '../../../../src/core/protocol/tcpOptions';

/** Bits covered by the fields that are wholes, in order; fails on a gap or an overlap. */
function tile(header: HeaderSpec): void {
  let bit = 0;
  const wholes = header.fields.filter((f) => !f.derived && !f.name.includes('.'));
  wholes.forEach((f, i) => {
    assert.equal(f.bit, bit, `${header.id}.${f.name} starts at bit ${f.bit}, the one before ends at ${bit}`);
    if (f.bits === 0) assert.equal(i, wholes.length - 1, `${header.id}.${f.name}: only the last field may be open`);
    bit += f.bits;
  });
}

describe('protocol tables', () => {
  it('tell each field what it is, what for, and where it is defined', () => {
    for (const header of HEADERS) {
      for (const text of [header.label, header.doc, header.story, header.rfc]) assert.ok(text, `header ${header.id}`);
      for (const f of header.fields) {
        const id = `${header.id}.${f.name}`;
        assert.match(f.name, /^[a-z][A-Za-z0-9]*(\.[a-z][A-Za-z0-9]*)?$/, id);
        assert.ok(f.label && f.rfc, id);
        assert.match(f.doc, /^[A-Z].*[.?]$/, `${id}: doc`);
        assert.ok(!f.doc.includes('\n'), id);
        assert.match(f.story ?? '', /[.]$/, `${id}: story`);
      }
      assert.equal(new Set(header.fields.map((f) => f.name)).size, header.fields.length, `${header.id}: names`);
    }
  });

  it('give the TCP header and its common options a story of at least two sentences', () => {
    const sentences = (text: string | undefined): number => (text?.match(/[.?](\s|$)/g) ?? []).length;
    for (const f of TCP.fields.filter((x) => !x.derived)) assert.ok(sentences(f.story) >= 2, `tcp.${f.name}`);
    for (const kind of [0, 1, 2, 3, 4, 5, 8, 19, 28, 29, 30, 34, 69, 172, 174, 253, 254]) {
      const option = TCP_OPTIONS.get(kind)!;
      assert.ok(sentences(option.story) + sentences(option.doc) >= 2, option.id);
    }
  });

  it('tile fixed headers without gap or overlap', () => {
    for (const header of FIXED_HEADERS) tile(header);
    for (const option of TCP_OPTIONS.values()) if (option.id !== 'tcp.option.mptcp' && option.fields.length > 2) tile(option);
    for (const message of MPTCP_SUBTYPES) {
      const fixed = message.fields.filter((f) => f.bits > 0);
      tile({ ...message, fields: fixed });
    }
  });

  it('divide the flags into reserved bits and nine flags', () => {
    assert.deepEqual(TCP_FLAGS.map((f) => [f.spec.name, f.mask]), [
      ['flags.reserved', 0xe00], ['flags.ae', 0x100], ['flags.cwr', 0x80], ['flags.ece', 0x40], ['flags.urg', 0x20],
      ['flags.ack', 0x10], ['flags.psh', 8], ['flags.rst', 4], ['flags.syn', 2], ['flags.fin', 1],
    ]);
  });

  it('name every assigned TCP option kind', () => {
    const assigned = [...Array(31).keys(), 34, 69, 172, 174, 253, 254];
    for (const kind of assigned) assert.ok(TCP_OPTIONS.get(kind), `kind ${kind}`);
    assert.equal(new Set([...TCP_OPTIONS.values()].map((o) => o.id)).size, TCP_OPTIONS.size);
  });

  it('list each filter name once, and find it again', () => {
    const fields = allFields();
    const filters = fields.map((f) => f.field.filter).filter((f) => f !== '');
    assert.equal(new Set(filters).size, filters.length);
    for (const name of filters) assert.equal(fieldByFilter(name)?.field.filter, name);
    assert.equal(fieldByFilter('tcp.window_size_value')?.field.name, 'windowSize');
    assert.equal(fieldByFilter('tcp.flags.reset')?.field.label, 'RST');
    assert.equal(fieldByFilter('no.such'), null);
    // One name, one meaning: where several headers carry it, they call it the same.
    const labels = new Map<string, string>();
    for (const header of HEADERS) {
      for (const f of header.fields) {
        if (!f.filter) continue;
        const seen = labels.get(f.filter);
        if (seen === undefined) labels.set(f.filter, f.label);
        else assert.equal(f.label, seen, `${header.id}.${f.name} (${f.filter})`);
      }
    }
  });
});
