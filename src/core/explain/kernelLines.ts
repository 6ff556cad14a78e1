import { FIELD_SYSCTLS } from '../knowledge/fieldSysctls';
import { currentDefault, findSysctl } from '../knowledge/sysctls';
import { t } from '../l10n';
import type { Rich } from './card';

/** One line for each kernel parameter: its key, what it sets, its default. */
export function sysctlLines(keys: readonly string[]): readonly Rich[] {
  return keys.flatMap((key): Rich[] => {
    const spec = findSysctl(key);
    return spec ? [[{ code: key }, ` ${t(spec.doc)} `, t('Default: {0}.', currentDefault(spec))]] : [];
  });
}

/** The kernel parameters behind a field, or nothing. */
export function kernelLines(filter: string): readonly Rich[] {
  return sysctlLines(FIELD_SYSCTLS[filter] ?? []);
}
