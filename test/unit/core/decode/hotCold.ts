import assert from 'node:assert/strict';
import { UNKNOWN_LENGTH } from '../../../../src/core/bytes/units';
import type { DetailNode, DetailTree } from '../../../../src/core/decode/detail';
import { HEADER_BASIC, HEADER_BOGUS, HEADER_FIXED, OPT_MSS, OPT_SACK_PERMITTED, OPT_TIMESTAMPS, OPT_WINDOW_SCALE, type Segment } from '../../../../src/core/decode/segment';

interface OptionValues {
  mss: number | null;
  shift: number | null;
  tsVal: number | null;
  tsEcr: number | null;
  sackPermitted: boolean;
  sack: string;
  fastOpen: boolean;
  mptcp: number;
}

function child(node: DetailNode, name: string): DetailNode | undefined {
  return node.children.find((c) => c.id === `${node.id}.${name}`);
}

const whole = (option: DetailNode): boolean => option.children.every((c) => c.kind !== 'issue');

/** What the options of a tree say, the last of several equal ones counting. */
function coldOptions(tcp: DetailNode): OptionValues {
  const values: OptionValues = { mss: null, shift: null, tsVal: null, tsEcr: null, sackPermitted: false, sack: '', fastOpen: false, mptcp: 0 };
  const edges: string[] = [];
  for (const option of child(tcp, 'options')?.children ?? []) {
    if (option.kind !== 'option') continue;
    if (option.raw === 5) {
      for (const block of option.children) if (block.label.startsWith('Block')) edges.push(`${child(block, 'left')?.raw ?? '?'}-${child(block, 'right')?.raw ?? '?'}`);
      continue;
    }
    if (option.raw === 30) {
      const subtype = child(option, 'subtype')?.raw;
      if (subtype !== undefined && subtype !== null && !option.children.some((c) => c.issue?.kind === 'cut')) values.mptcp |= 1 << subtype;
      continue;
    }
    if (!whole(option)) continue;
    if (option.raw === 2) values.mss = child(option, 'mss')?.raw ?? null;
    else if (option.raw === 3) values.shift = child(option, 'shift')?.raw ?? null;
    else if (option.raw === 4) values.sackPermitted = true;
    else if (option.raw === 8) {
      values.tsVal = child(option, 'tsVal')?.raw ?? null;
      values.tsEcr = child(option, 'tsEcr')?.raw ?? null;
    } else if (option.raw === 34) values.fastOpen = true;
  }
  values.sack = edges.slice(0, 4).join(' ');
  return values;
}

function hotOptions(s: Segment): OptionValues {
  const timestamps = (s.optionsSeen & OPT_TIMESTAMPS) !== 0;
  return {
    mss: s.optionsSeen & OPT_MSS ? s.mss : null,
    shift: s.optionsSeen & OPT_WINDOW_SCALE ? s.windowScale : null,
    tsVal: timestamps ? s.tsVal : null,
    tsEcr: timestamps ? s.tsEcr : null,
    sackPermitted: (s.optionsSeen & OPT_SACK_PERMITTED) !== 0,
    sack: Array.from({ length: s.sackCount }, (_, i) => `${s.sackLeft[i]!}-${s.sackRight[i]!}`).join(' '),
    fastOpen: s.fastOpenCookie >= 0,
    mptcp: s.mptcpSubtypes,
  };
}

/** The cold pass's TCP layer says what the hot pass's row says: every number of the header that was captured, and the options. */
export function checkSame(row: Segment | null, tree: DetailTree, where: string): void {
  const tcp = tree.tcp;
  assert.equal(tcp !== null, row !== null, `${where}: TCP found by one pass only`);
  if (!tcp || !row) return;
  const raw = (name: string): number | null | undefined => tcp.children.find((c) => c.id === `tcp.${name}`)?.raw;
  const expected: Record<string, number | null | undefined> = { srcPort: row.srcPort, dstPort: row.dstPort };
  if (row.header >= HEADER_BASIC) Object.assign(expected, { seq: row.seq, dataOffset: row.headerLength });
  if (row.header >= HEADER_BASIC && row.header !== HEADER_BOGUS) Object.assign(expected, { ack: row.ack, flags: row.flags, windowSize: row.window, length: row.length === UNKNOWN_LENGTH ? undefined : row.length });
  if (row.header >= HEADER_FIXED && row.header !== HEADER_BOGUS) expected.urgentPointer = row.urgentPointer;
  const found = Object.fromEntries(Object.keys(expected).map((name) => [name, raw(name)]));
  assert.deepEqual(found, expected, where);
  assert.equal(tcp.start, row.tcpOffset, `${where}: place`);
  assert.equal(tcp.buffer ?? 0, row.reassembled ? tree.buffers.length - 1 : 0, `${where}: buffer`);
  if (row.header < HEADER_FIXED || row.header === HEADER_BOGUS) return;
  const cold = coldOptions(tcp);
  const hot = hotOptions(row);
  // The hot pass counts a Fast Open option by its experiment number as well.
  if (hot.fastOpen && !cold.fastOpen) cold.fastOpen = (child(tcp, 'options')?.children ?? []).some((o) => (o.raw === 253 || o.raw === 254) && child(o, 'exId')?.raw === 0xf989);
  assert.deepEqual(cold, hot, `${where}: options`);
}
