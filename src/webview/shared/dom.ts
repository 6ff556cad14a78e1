/** A new element with a class and attributes; text goes in through textContent only. */
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, className = '', attributes: Readonly<Record<string, string>> = {}, text = ''): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text) element.textContent = text;
  return element;
}

export function icon(name: string, className = ''): HTMLSpanElement {
  return el('span', `codicon codicon-${name} ${className}`.trim(), { 'aria-hidden': 'true' });
}

/** A toolbar button with an icon; its name is its tooltip. */
export function iconButton(name: string, label: string, onClick: (event: MouseEvent) => void): HTMLButtonElement {
  const button = el('button', 'icon-button', { type: 'button', title: label, 'aria-label': label });
  button.append(icon(name));
  button.addEventListener('click', onClick);
  return button;
}

/** What VS Code's own context menu on this element is about (contributed menus look at `webviewSection`). */
export function setMenuContext(element: HTMLElement, section: string, more: Readonly<Record<string, string>> = {}): void {
  element.dataset.vscodeContext = JSON.stringify({ webviewSection: section, preventDefaultContextMenuItems: true, ...more });
}

/** True while text is typed: single-letter keys then belong to the input. */
export function isTyping(event: KeyboardEvent): boolean {
  return event.composedPath().some((target) => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT|VSCODE-TEXTFIELD|VSCODE-SINGLE-SELECT)$/.test(target.tagName)));
}

let inFrame = false;

/** requestAnimationFrame, noting that its callback runs as part of a frame. */
export function nextFrame(callback: () => void): number {
  return requestAnimationFrame(() => {
    inFrame = true;
    try {
      callback();
    } finally {
      inFrame = false;
    }
  });
}

/** Calls back once the browser has painted what was changed: after the frame under way, else after the next one. */
export function afterPaint(callback: () => void): void {
  const post = (): void => {
    const channel = new MessageChannel();
    channel.port1.onmessage = callback;
    channel.port2.postMessage(null);
  };
  if (inFrame) post();
  else requestAnimationFrame(post);
}

/** For benchmarks: the view has painted the effect of an action. */
export function markPainted(what: string): void {
  afterPaint(() => performance.mark('tcp-trace:painted', { detail: { what } }));
}

/** A table, and over it the note that says why it is empty: beside it in the tree, for a grid has rows only. */
export function gridBox(grid: HTMLElement, note: HTMLElement): HTMLElement {
  const box = el('div', 'grid-box');
  box.append(grid, note);
  return box;
}
