import { arrowCause } from '../knowledge/stateDiagram';
import { findState } from '../knowledge/states';
import { STATE_NAMES } from '../stream/endpointStates';
import { t } from '../l10n';
import type { StateChange } from '../timelineApi';
import type { CardDocument, Rich } from './card';
import { sysctlLines } from './kernelLines';
import { sentence, side } from './words';

/** "SYN-SENT → ESTABLISHED" */
export function pathText(path: readonly number[]): string {
  return path.map((state) => STATE_NAMES[state] ?? '?').join(' → ');
}

/** The card of a state band: what the state is, and the transition that led to it. `change` null: it was so when the capture began. */
export function stateCard(end: 'client' | 'server', state: number, change: StateChange | null): CardDocument {
  const name = STATE_NAMES[state] ?? '?';
  const spec = findState(state);
  const here: Rich[] = [];
  if (change) {
    for (let k = 1; k < change.path.length; k++)
      here.push([`${pathText(change.path.slice(k - 1, k + 1))}: `, { code: arrowCause(change.path[k - 1]!, change.path[k]!, change.observed) }]);
    here.push([t('On packet '), { packet: change.packet, text: `#${change.packet + 1}` }, '.']);
    here.push([
      change.observed
        ? t('Observed: {0} itself sent what shows it.', side(end))
        : t('Inferred: {0} gets there if the packet arrives; what it sends later would show it.', side(end)),
    ]);
  } else here.push([t('So it stood when the capture began, as far as its first packet tells.')]);
  return {
    id: `state.${end}`,
    title: name,
    headline: [{ strong: name }, t(': state of {0}', side(end))],
    here,
    story: spec ? [[t(spec.doc)], [t(spec.story)], ...sysctlLines(spec.see)] : [],
    sources: spec ? spec.source.split('; ') : [],
    filter: '',
    copy: `${sentence(side(end))}: ${name}`,
  };
}
