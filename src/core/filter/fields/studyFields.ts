import { VERDICTS } from '../../analysis/verdicts';
import { STATE_FIELD_SPECS, pathText } from '../../fields/stateFields';
import { UNKNOWN_STATE } from '../../findings/finding';
import { FINDING_SPECS } from '../../findings/findingSpecs';
import { STATE_NAMES } from '../../stream/endpointStates';
import { CONFIDENCES, PHASES, type ListedFinding, type StreamSummary } from '../../study/studyColumns';
import { SEVERITIES } from '../../study/studyIndex';
import { META_TCP, type PacketBlock } from '../../table/packetTable';
import type { FieldType, Value } from '../values';
import type { FilterField, ValueChoice } from './field';

const isTcp = (block: PacketBlock, i: number): boolean => (block.meta[i]! & META_TCP) !== 0;

/** Bits of each segment.* field, and its doc. */
function segmentFields(): readonly FilterField[] {
  const bits = new Map<string, { bits: number; doc: string }>();
  for (const spec of VERDICTS) {
    const known = bits.get(spec.field);
    if (known) known.bits |= spec.bit;
    else bits.set(spec.field, { bits: spec.bit, doc: spec.field === 'segment.duplicate' ? 'A copy, made by the network or by the capture.' : spec.doc });
  }
  return Array.from(bits, ([name, spec]): FilterField => ({
    name, type: 'label', doc: spec.doc, scope: 'frame', needs: 'verdicts',
    columns: (model) => (block, i, packet) => (isTcp(block, i) && (model.verdicts?.get(packet) ?? 0) & spec.bits ? 1 : NaN),
  }));
}

const stateChoices = (): readonly ValueChoice[] => STATE_NAMES.map((text) => ({ text, doc: '' }));

const stateFields: readonly FilterField[] = STATE_FIELD_SPECS.map(({ name, role, whole, doc }) => ({
  name, type: 'text', doc, scope: 'frame', needs: 'states', ...(whole ? {} : { choices: stateChoices }),
  rowValues: (model) => (block, i, packet) => {
    const path = isTcp(block, i) ? (model.columns?.path(packet, role) ?? []) : [];
    return path.length === 0 ? null : pathText(whole ? path : path.slice(-1));
  },
}));

/** Names of ranks as the values of a field: compared as numbers, written as words. */
const names = (list: readonly (string | null)[]): Readonly<Record<number, string>> => Object.fromEntries(list.flatMap((name, rank) => (name === null ? [] : [[rank, name]])));

const choicesOf = (list: readonly (string | null)[]) => (): readonly ValueChoice[] => list.filter((text) => text !== null).map((text) => ({ text, doc: '' }));

const findingChoices = (): readonly ValueChoice[] => FINDING_SPECS.map(({ id, title }) => ({ text: id, doc: title }));

const NOTHING: readonly Value[] = [];

type Shape = Pick<FilterField, 'values' | 'choices'>;

function finding(name: string, type: FieldType, doc: string, of: (finding: ListedFinding, text: () => string) => Value, shape: Shape = {}): FilterField {
  return {
    name: `finding.${name}`, type, doc, scope: 'frame', needs: 'reports', ...shape,
    rowLists: (model) => (block, i, packet) => {
      const { columns } = model;
      const found = columns?.findingsOf(packet, block.stream[i]!) ?? [];
      return found.length === 0 ? NOTHING : found.map((one) => of(one, () => columns!.textOf(one)));
    },
  };
}

function verdict(name: string, type: FieldType, doc: string, of: (summary: StreamSummary) => Value | null, shape: Shape = {}): FilterField {
  return {
    name: `verdict.${name}`, type, doc, scope: 'frame', needs: 'reports', ...shape,
    rowValues: (model) => (block, i) => {
      const summary = isTcp(block, i) ? (model.columns?.summary(block.stream[i]!) ?? null) : null;
      return summary && of(summary);
    },
  };
}

/** Findings of the packet's whole stream. */
function verdictFinding(name: string, type: FieldType, doc: string, of: (findings: readonly ListedFinding[]) => readonly Value[], shape: Shape): FilterField {
  return {
    name: `verdict.${name}`, type, doc, scope: 'frame', needs: 'reports', ...shape,
    rowLists: (model) => (block, i) => (isTcp(block, i) && model.columns ? of(model.columns.findingsOfStream(block.stream[i]!)) : NOTHING),
  };
}

const stateName = (state: number): string | null => (state === UNKNOWN_STATE ? null : (STATE_NAMES[state] ?? null));

const PHASE_DOCS: Readonly<Record<(typeof PHASES)[number], readonly [name: string, doc: string]>> = {
  handshake: ['handshake', 'Seconds that the stream spent in its handshake'],
  serverThink: ['server_think', 'Seconds that the stream waited for the server to answer'],
  clientThink: ['client_think', 'Seconds that the stream waited for the client to ask'],
  transfer: ['transfer', 'Seconds that the stream spent moving data'],
  recovery: ['recovery', 'Seconds that the stream spent repairing losses'],
  windowLimited: ['window_limited', 'Seconds that a closed or full window held the stream up'],
  idle: ['idle', 'Seconds that the stream was idle'],
  close: ['close', 'Seconds that the stream took to close'],
};

/** What the study says: our verdicts on segments, endpoint states, findings of the packet, and the verdict on its stream. */
export const STUDY_FIELDS: readonly FilterField[] = [
  ...segmentFields(),
  ...stateFields,
  finding('id', 'text', 'Finding that lists this packet (at most 100 are listed; one that lists none belongs to its whole stream)', (f) => f.id, { choices: findingChoices }),
  finding('severity', 'number', 'Severity of a finding that lists this packet: info < warning < error', (f) => f.severity, { values: names(SEVERITIES), choices: choicesOf(SEVERITIES) }),
  finding('confidence', 'number', 'Confidence of a finding that lists this packet: possible < likely < certain', (f) => f.confidence, { values: names(CONFIDENCES), choices: choicesOf(CONFIDENCES) }),
  finding('text', 'text', 'Sentence of a finding that lists this packet', (_, text) => text()),
  verdict('text', 'text', "How the packet's stream went, in a sentence", (s) => s.verdict),
  verdict('closed_by', 'text', "Who closed the packet's stream", (s) => s.closedBy, { choices: choicesOf(['client', 'server', 'both']) }),
  verdict('client_state', 'text', 'State of the client at the end of the capture', (s) => stateName(s.clientState), { choices: stateChoices }),
  verdict('server_state', 'text', 'State of the server at the end of the capture; none where it did not answer the SYN', (s) => stateName(s.serverState), { choices: stateChoices }),
  verdictFinding('finding', 'text', "Finding of the packet's stream, whichever packets it lists", (list) => list.map((f) => f.id), { choices: findingChoices }),
  verdictFinding('severity', 'number', "Worst severity of the findings of the packet's stream: info < warning < error", (list) => (list.length > 0 ? [list.reduce((worst, f) => Math.max(worst, f.severity), 0)] : NOTHING), { values: names(SEVERITIES), choices: choicesOf(SEVERITIES) }),
  ...PHASES.map((phase, at) => verdict(PHASE_DOCS[phase][0], 'duration', PHASE_DOCS[phase][1], (s) => s.phases[at] ?? null)),
];
