import { t } from '../../core/l10n';
import * as api from '../../core/overviewApi';

/** What the marks of a lane say, in words. */
export function laneWords(cells: Uint8Array): string {
  const count = (bit: number): number => cells.reduce((sum, bits) => sum + (bits & bit ? 1 : 0), 0);
  let all = 0;
  for (const bits of cells) all |= bits;
  const words: string[] = [];
  if (all & api.LANE_SYN) words.push('SYN');
  if (all & api.LANE_RESENT) words.push(count(api.LANE_RESENT) > 1 ? t('sent again in {0} places', count(api.LANE_RESENT)) : t('sent again in 1 place'));
  if (all & api.LANE_CLOSED) words.push(t('window closed'));
  if (all & api.LANE_FIN) words.push('FIN');
  if (all & api.LANE_RST) words.push('RST');
  return words.join(', ');
}
