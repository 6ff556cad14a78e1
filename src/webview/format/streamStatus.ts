import type { StreamStatus } from '../../core/engineApi';
import { t } from '../../core/l10n';

/** Codicon of a stream's status; the same ones as in the native tree view. */
export const STATUS_ICONS: Readonly<Record<StreamStatus, string>> = {
  'no-handshake': 'circle-outline',
  syn: 'circle-slash',
  handshake: 'plug',
  open: 'arrow-both',
  'half-closed': 'arrow-right',
  closed: 'pass',
  reset: 'error',
};

/** One or two words. */
export function statusWord(status: StreamStatus): string {
  switch (status) {
    case 'no-handshake':
      return t('mid-stream');
    case 'syn':
      return t('unanswered');
    case 'handshake':
      return t('SYN/ACK only');
    case 'open':
      return t('open');
    case 'half-closed':
      return t('half-closed');
    case 'closed':
      return t('closed');
    case 'reset':
      return t('reset');
  }
}

export function statusTone(status: StreamStatus): 'error' | 'warning' | '' {
  return status === 'reset' ? 'error' : status === 'syn' || status === 'handshake' ? 'warning' : '';
}
