import { t } from '../../core/l10n';
import type { Session } from '../state/session';
import { iconButton } from './dom';

/** The button that ties the zoom of graphs and ladder together. */
export function linkButton(session: Session): HTMLButtonElement {
  const button = iconButton('link', t('Graphs and timeline zoom together'), () => (session.timeZoom.linked = !session.timeZoom.linked));
  const show = (): void => button.setAttribute('aria-pressed', String(session.timeZoom.linked));
  session.events.on(['zoom'], show);
  show();
  return button;
}
