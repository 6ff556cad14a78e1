/** Which field the three detail panes point at: the one under the pointer, else the one in focus. */
export class Highlight {
  private hoveredNode: string | null = null;
  private selectedNode: string | null = null;
  private readonly listeners: (() => void)[] = [];

  get hovered(): string | null {
    return this.hoveredNode;
  }
  get selected(): string | null {
    return this.selectedNode;
  }
  /** What is to be seen in all three panes. */
  get current(): string | null {
    return this.hoveredNode ?? this.selectedNode;
  }

  hover(node: string | null): void {
    if (node === this.hoveredNode) return;
    this.hoveredNode = node;
    this.changed();
  }

  select(node: string | null): void {
    if (node === this.selectedNode) return;
    this.selectedNode = node;
    this.changed();
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

/** What a detail pane does with the pointer and the keyboard. */
export interface NodeActions {
  /** The pointer is on a node, shown at `anchor`. */
  hover(node: string, anchor: Element): void;
  leave(): void;
  /** A node was clicked or reached by key. */
  select(node: string): void;
  /** Opens the card now. */
  showCard(node: string, anchor: Element): void;
}

/** Tells the actions about elements with `data-node` under the pointer. */
export function listenToNodes(element: HTMLElement, actions: NodeActions): void {
  element.addEventListener('mouseover', (event) => {
    const anchor = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-node]') : null;
    const node = anchor?.dataset.node;
    if (anchor && node) actions.hover(node, anchor);
    else actions.leave();
  });
  element.addEventListener('mouseleave', () => actions.leave());
}
