import assert from 'node:assert/strict';
import type { DetailNode, DetailTree } from '../../../../src/core/decode/detail';

/** Every node of a tree, parents first. */
export function nodesOf(tree: DetailTree): DetailNode[] {
  const list: DetailNode[] = [];
  const add = (node: DetailNode): void => {
    list.push(node);
    node.children.forEach(add);
  };
  tree.layers.forEach(add);
  return list;
}

export function nodeById(tree: DetailTree, id: string): DetailNode {
  const node = nodesOf(tree).find((n) => n.id === id);
  assert.ok(node, `no node ${id} among ${nodesOf(tree).map((n) => n.id).join(' ')}`);
  return node;
}

// eslint-disable-next-line no-control-regex -- the very characters that must not be shown
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

/** What holds for every tree: ranges within buffers and parents, unique ids, bits within bytes, issues that are shown, text that hides nothing. */
export function checkTree(tree: DetailTree): void {
  const ids = new Set<string>();
  const shown = new Set<unknown>();
  const check = (node: DetailNode, parent: DetailNode | null): void => {
    assert.ok(!ids.has(node.id), `id ${node.id} twice`);
    ids.add(node.id);
    const buffer = tree.buffers[node.buffer ?? 0];
    assert.ok(buffer, `${node.id}: buffer ${node.buffer ?? 0}`);
    const end = node.start + node.length;
    assert.ok(Number.isInteger(node.start) && Number.isInteger(node.length) && node.start >= 0 && node.length >= 0 && end <= buffer.bytes.length, `${node.id}: ${node.start}+${node.length} of ${buffer.bytes.length}`);
    if (node.bits !== undefined) assert.ok((node.bit ?? 0) + node.bits <= node.length * 8, `${node.id}: bits`);
    if (parent) {
      assert.equal(node.buffer ?? 0, parent.buffer ?? 0, `${node.id}: buffer of its parent`);
      assert.ok(node.start >= parent.start && end <= parent.start + parent.length, `${node.id}: ${node.start}+${node.length} outside ${parent.id} ${parent.start}+${parent.length}`);
    }
    assert.ok(node.raw === null || Number.isFinite(node.raw), `${node.id}: raw ${String(node.raw)}`);
    assert.ok(!HIDDEN.test(node.value) && !HIDDEN.test(node.label), `${node.id}: hidden characters in ${JSON.stringify(node.value)}`);
    if (node.issue) shown.add(node.issue);
    for (const child of node.children) check(child, node);
  };
  for (const layer of tree.layers) check(layer, null);
  for (const issue of tree.issues) assert.ok(shown.has(issue), `issue without node: ${issue.message}`);
  if (tree.tcp) assert.ok(tree.layers.includes(tree.tcp), 'tcp is one of the layers');
}
