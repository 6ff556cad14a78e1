import type { StudyWait } from '../../core/engineApi';
import { grouped } from '../../core/explain/words';
import { t } from '../../core/l10n';
import { percent } from './text';

/** What a filter, or a column, waits for. */
export function waitText({ what, done, of }: StudyWait): string {
  if (what === 'streams') return t('studying streams, {0} of {1}', grouped(done), grouped(of));
  const share = percent(done / Math.max(1, of));
  return what === 'index' ? t('reading the capture, {0} %', share) : t('studying the capture, {0} %', share);
}
