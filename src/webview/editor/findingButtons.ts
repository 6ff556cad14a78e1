import { grouped } from '../../core/explain/words';
import { t } from '../../core/l10n';
import type { Session } from '../state/session';
import { el, icon, iconButton } from '../shared/dom';

/** How many errors and warnings the study found, and the way from one to the next. */
export class FindingButtons {
  readonly element = el('span', 'button-group findings', { role: 'group' });
  private readonly counts = el('button', 'finding-counts', { type: 'button' });
  private readonly steps: readonly HTMLButtonElement[];

  constructor(private readonly session: Session) {
    this.element.setAttribute('aria-label', t('Findings'));
    this.counts.addEventListener('click', () => session.sortStreams({ streamSort: 'severity', streamSortDescending: false }));
    this.steps = [
      iconButton('arrow-up', t('Previous finding (Shift+F8)'), () => session.host.run('previousFinding')),
      iconButton('arrow-down', t('Next finding (F8)'), () => session.host.run('nextFinding')),
    ];
    this.element.append(this.counts, ...this.steps);
  }

  update(): void {
    const { study } = this.session.state;
    const total = study.errors + study.warnings + study.infos;
    this.element.hidden = study.version === 0;
    for (const step of this.steps) step.disabled = total === 0;
const words = (text: string): HTMLElement => el('span', 'visually-hidden', {}, text);
    this.counts.replaceChildren(icon('error'), grouped(study.errors), words(` ${t('errors')}, `), icon('warning'), grouped(study.warnings), words(` ${t('warnings')}`));
    this.counts.classList.toggle('has-errors', study.errors > 0);
    this.counts.classList.toggle('has-warnings', study.warnings > 0);
    this.counts.title = t('{0} errors, {1} warnings, {2} notes. Click to put the worst streams first.', grouped(study.errors), grouped(study.warnings), grouped(study.infos));
  }
}
