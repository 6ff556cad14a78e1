/** Colours that the canvas paints with, as VS Code's variables say in the present theme. */
export interface Theme {
  readonly foreground: string;
  readonly dim: string;
  readonly background: string;
  readonly client: string;
  readonly server: string;
  readonly warning: string;
  readonly error: string;
  readonly line: string;
  /** Fainter than `line`. */
  readonly grid: string;
  readonly selection: string;
  readonly selectionText: string;
  readonly hover: string;
  readonly slider: string;
  readonly focus: string;
  /** A high-contrast theme: fills give way to outlines. */
  readonly contrast: boolean;
  /** By kind of state: before the connection, opening, open, closing, waiting. */
  readonly states: { readonly none: string; readonly opening: string; readonly open: string; readonly closing: string; readonly waiting: string };
  readonly font: string;
  readonly mono: string;
}

const NAMES = {
  foreground: 'var(--vscode-foreground)',
  dim: 'var(--vscode-descriptionForeground)',
  background: 'var(--vscode-editor-background)',
  client: 'var(--client)',
  server: 'var(--server)',
  warning: 'color-mix(in srgb, var(--vscode-editorWarning-foreground, var(--vscode-charts-yellow)) 66%, var(--vscode-foreground))',
  error: 'color-mix(in srgb, var(--vscode-errorForeground) 72%, var(--vscode-foreground))',
  line: 'var(--vscode-editorIndentGuide-activeBackground1, var(--vscode-descriptionForeground))',
  grid: 'color-mix(in srgb, var(--vscode-foreground) 16%, transparent)',
  selection: 'var(--vscode-list-inactiveSelectionBackground, transparent)',
  selectionText: 'var(--vscode-list-inactiveSelectionForeground, var(--vscode-foreground))',
  hover: 'var(--vscode-list-hoverBackground, transparent)',
  slider: 'var(--vscode-scrollbarSlider-background, transparent)',
  focus: 'var(--vscode-contrastActiveBorder, var(--vscode-focusBorder))',
  none: 'var(--vscode-descriptionForeground)',
  opening: 'var(--vscode-charts-yellow)',
  open: 'var(--vscode-charts-green)',
  closing: 'var(--vscode-charts-orange)',
  waiting: 'var(--vscode-charts-foreground, var(--vscode-foreground))',
} as const;

/** Reads the colours through a probe: custom properties resolve only on an element. */
export function readTheme(host: HTMLElement): Theme {
  const probe = document.createElement('span');
  probe.className = 'visually-hidden';
  host.append(probe);
  const color = (value: string): string => {
    probe.style.color = value;
    return getComputedStyle(probe).color;
  };
  const { none, opening, open, closing, waiting, ...plain } = NAMES;
  const colors = Object.fromEntries(Object.entries(plain).map(([name, value]) => [name, color(value)])) as { [K in keyof typeof plain]: string };
  const states = { none: color(none), opening: color(opening), open: color(open), closing: color(closing), waiting: color(waiting) };
  probe.style.fontFamily = 'var(--mono)';
  const mono = getComputedStyle(probe).fontFamily;
  const own = getComputedStyle(host);
  probe.remove();
  return { ...colors, states, mono, font: own.fontFamily, contrast: document.body.className.includes('vscode-high-contrast') };
}

/** Calls back when VS Code changes the theme. */
export function onThemeChange(listener: () => void): void {
  const observer = new MutationObserver(listener);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
}
