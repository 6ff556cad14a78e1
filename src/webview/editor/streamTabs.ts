import { t } from '../../core/l10n';
import type { StreamTab } from '../../rpc/webviewMessages';
import { el } from '../shared/dom';
import type { Session } from '../state/session';

export interface TabPanel {
  readonly tab: StreamTab;
  readonly label: string;
  /** Has the id `<tab>-panel`. */
  readonly panel: HTMLElement;
  /** The panel has come into sight. */
  opened?(): void;
}

/** The tabs over what is shown of a stream; the choice is remembered. Arrow keys, Home and End move along them. */
export class StreamTabs {
  readonly element = el('div', 'tabs', { role: 'tablist', 'aria-label': t('Views of the stream') });
  private readonly buttons: readonly HTMLButtonElement[];
  private shown: StreamTab | null = null;

  constructor(
    private readonly session: Session,
    private readonly panels: readonly TabPanel[],
  ) {
    this.buttons = panels.map(({ tab, label, panel }) => {
      const button = el('button', 'tab', { type: 'button', role: 'tab', id: `tab-${tab}`, 'aria-controls': panel.id }, label);
      button.addEventListener('click', () => this.open(tab));
      return button;
    });
    this.element.append(...this.buttons);
    this.element.addEventListener('keydown', (event) => this.key(event));
    this.show();
  }

  open(tab: StreamTab): void {
    if (tab === this.session.viewState.tab) return;
    this.session.update({ tab });
    this.show();
    this.session.events.emit('tab');
  }

  private show(): void {
    const { tab } = this.session.viewState;
    this.panels.forEach(({ tab: own, panel }, i) => {
      const on = own === tab;
      panel.hidden = !on;
      this.buttons[i]!.setAttribute('aria-selected', String(on));
      this.buttons[i]!.tabIndex = on ? 0 : -1;
    });
    if (this.shown !== tab) {
      this.shown = tab;
      this.panels.find((one) => one.tab === tab)?.opened?.();
    }
  }

  private key(event: KeyboardEvent): void {
    const at = this.panels.findIndex(({ tab }) => tab === this.session.viewState.tab);
    const n = this.panels.length;
    const to = { ArrowRight: (at + 1) % n, ArrowLeft: (at + n - 1) % n, Home: 0, End: n - 1 }[event.key];
    if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    this.open(this.panels[to]!.tab);
    this.buttons[to]!.focus();
    event.preventDefault();
  }
}
