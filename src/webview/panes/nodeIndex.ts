import type { DetailNodeData, DiagramBox, PacketDetail } from '../../core/engineApi';

interface Interval {
  readonly start: number;
  readonly end: number;
  /** Greatest end among this and all earlier intervals: where the walk back may stop. */
  readonly reach: number;
  readonly node: DetailNodeData;
}

/** Bytes that a node covers. */
export interface ByteRange {
  readonly buffer: number;
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** Looks up the nodes of one packet: by id, upwards, and by the byte that they cover. */
export class NodeIndex {
  private readonly nodes = new Map<string, DetailNodeData>();
  private readonly parents = new Map<string, DetailNodeData>();
  private readonly intervals: Interval[][];
  private readonly boxed: ReadonlySet<string>;

  constructor(detail: Pick<PacketDetail, 'tree' | 'buffers' | 'diagram'>) {
    this.boxed = new Set(detail.diagram.map((box) => box.node));
    const byBuffer: DetailNodeData[][] = detail.buffers.map(() => []);
    const visit = (node: DetailNodeData, parent: DetailNodeData | null): void => {
      if (!this.nodes.has(node.id)) this.nodes.set(node.id, node);
      if (parent) this.parents.set(node.id, parent);
      if (node.length > 0) byBuffer[node.buffer]?.push(node);
      for (const child of node.children) visit(child, node);
    };
    for (const node of detail.tree) visit(node, null);
    this.intervals = byBuffer.map((nodes) => {
      nodes.sort((a, b) => a.start - b.start || b.length - a.length);
      let reach = 0;
      return nodes.map((node) => {
        const end = node.start + node.length;
        reach = Math.max(reach, end);
        return { start: node.start, end, reach, node };
      });
    });
  }

  get(id: string): DetailNodeData | null {
    return this.nodes.get(id) ?? null;
  }

  parent(id: string): DetailNodeData | null {
    return this.parents.get(id) ?? null;
  }

  /** The node and its ancestors, from the inside out. */
  *upwards(id: string): Generator<DetailNodeData> {
    for (let node = this.nodes.get(id); node; node = this.parents.get(node.id)) yield node;
  }

  /** First node, outermost first, with one of these Wireshark names. */
  byFilter(filters: readonly string[]): DetailNodeData | null {
    for (const filter of filters) for (const node of this.nodes.values()) if (node.filter === filter) return node;
    return null;
  }

  /**
   * The node that says most about a byte: the smallest that contains it. Where several fields share the byte (flags), the
   * field that holds them together.
   */
  at(buffer: number, offset: number): DetailNodeData | null {
    const list = this.intervals[buffer] ?? [];
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle]!.start <= offset) low = middle + 1;
      else high = middle;
    }
    let best: DetailNodeData | null = null;
    for (let i = low - 1; i >= 0 && list[i]!.reach > offset; i--) {
      const { end, node } = list[i]!;
      if (end <= offset) continue;
      if (!best || node.length < best.length || (node.length === best.length && this.finer(node, best))) best = node;
    }
    if (!best) return null;
    if (best.bits === null) return best;
    const parent = this.parents.get(best.id);
    const shared = parent && parent.kind !== 'layer' && parent.start <= offset && parent.start + parent.length > offset && parent.buffer === buffer;
    return shared && parent.children.length > 1 ? parent : best;
  }

  range(id: string): ByteRange | null {
    const node = this.nodes.get(id);
    return node && node.length > 0 ? { buffer: node.buffer, start: node.start, end: node.start + node.length } : null;
  }

  /** Nodes whose boxes stand for a node: its own, else those inside it, else that of the nearest one around it. */
  boxesOf(id: string): ReadonlySet<string> {
    if (this.boxed.has(id)) return new Set([id]);
    const node = this.nodes.get(id);
    const inside = new Set<string>();
    const visit = (child: DetailNodeData): void => {
      if (this.boxed.has(child.id)) inside.add(child.id);
      else child.children.forEach(visit);
    };
    node?.children.forEach(visit);
    if (inside.size > 0) return inside;
    for (const around of this.upwards(id)) if (this.boxed.has(around.id)) return new Set([around.id]);
    return inside;
  }

  /** Of two nodes of equal length: the one whose bits come first, else the deeper one. */
  private finer(node: DetailNodeData, than: DetailNodeData): boolean {
    if (node.bit !== null && than.bit !== null) return node.bit < than.bit;
    return this.depth(node) > this.depth(than);
  }

  private depth(node: DetailNodeData): number {
    let depth = 0;
    for (let at = this.parents.get(node.id); at; at = this.parents.get(at.id)) depth++;
    return depth;
  }
}

/** What assistive technology reads of a box. */
export function boxPlace(box: DiagramBox): { readonly word: number; readonly first: number; readonly last: number } {
  return { word: box.row + 1, first: box.column, last: box.column + box.width - 1 };
}
