import { el, icon } from '../shared/dom';

export interface Choice {
  readonly text: string;
  readonly icon: string;
  readonly doc: string;
}

/** A list under an input, chosen from by keys that the input hands on, or by pointer. The focus stays in the input. */
export class ChoiceList {
  readonly element = el('div', 'choice-list', { role: 'listbox', id: 'filter-choices' });
  private choices: readonly Choice[] = [];
  private at = 0;

  constructor(
    label: string,
    private readonly accept: (choice: Choice) => void,
  ) {
    this.element.hidden = true;
    this.element.setAttribute('aria-label', label);
    // The input must not lose the focus.
    this.element.addEventListener('pointerdown', (event) => event.preventDefault());
    this.element.addEventListener('click', (event) => {
      const row = event.target instanceof Element ? event.target.closest('.choice') : null;
      const choice = row ? this.choices[[...this.element.children].indexOf(row)] : undefined;
      if (choice) this.accept(choice);
    });
  }

  get open(): boolean {
    return !this.element.hidden;
  }

  get active(): Choice | null {
    return this.open ? (this.choices[this.at] ?? null) : null;
  }

  /** Id of the active row, for aria-activedescendant. */
  get activeId(): string {
    return this.open && this.at >= 0 ? `filter-choice-${this.at}` : '';
  }

  show(choices: readonly Choice[], left: number): void {
    this.choices = choices;
    this.at = 0;
    this.element.hidden = choices.length === 0;
    this.element.replaceChildren(
      ...choices.map((choice, i) => {
        const row = el('div', 'choice', { role: 'option', id: `filter-choice-${i}` });
        row.append(icon(choice.icon, `choice-icon`), el('span', 'choice-text', {}, choice.text), el('span', 'choice-doc', {}, choice.doc));
        row.title = choice.doc;
        return row;
      }),
    );
    this.element.scrollTop = 0;
    this.element.style.left = '0';
    const room = (this.element.parentElement?.clientWidth ?? 0) - this.element.offsetWidth;
    this.element.style.left = `${Math.max(0, Math.min(left, room))}px`;
    this.mark();
  }

  close(): void {
    this.element.hidden = true;
  }

  move(by: number): void {
    const count = this.choices.length;
    if (count === 0) return;
    this.at = Math.abs(by) === 1 ? (this.at + by + count) % count : Math.max(0, Math.min(count - 1, this.at + by));
    this.mark();
    this.element.children[this.at]?.scrollIntoView({ block: 'nearest' });
  }

  private mark(): void {
    [...this.element.children].forEach((row, i) => row.setAttribute('aria-selected', String(i === this.at)));
  }
}
