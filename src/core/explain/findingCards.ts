import type { Finding, StreamReport } from '../findings/finding';
import { findingSpec } from '../findings/findingSpecs';
import { t } from '../l10n';
import { STATE_NAMES } from '../stream/endpointStates';
import type { CardDocument, Inline, Rich } from './card';
import { duration } from './words';

/** Packets that a card links to. */
const MOST_LINKS = 12;

/** The card of a finding: what was seen, the packets it rests on, what it means, what to look at next. */
export function findingCard(finding: Finding): CardDocument {
  const spec = findingSpec(finding.id)!;
  const links: Inline[] = [t('Rests on ')];
  finding.packets.slice(0, MOST_LINKS).forEach((packet, i) => links.push(...(i > 0 ? [', '] : []), { packet, text: `#${packet + 1}` }));
  const more = finding.packetCount - Math.min(finding.packets.length, MOST_LINKS);
  if (more > 0) links.push(t(' and {0} more', String(more)));
  return {
    id: `finding:${finding.id}`,
    title: `${severityWord(finding.severity)}: ${t(spec.title)}`,
    headline: [finding.text],
    here: [
      ...(finding.packets.length > 0 ? [links] : []),
      ...(finding.confidence === 'certain' ? [] : [[finding.confidence === 'likely' ? t('Likely, not certain.') : t('Possible: other explanations fit as well.')]]),
    ],
    story: [[t(spec.doc)], [t(spec.story)], [{ strong: t('Look next at') }, ' ', t(spec.next)]],
    sources: spec.sources.split(/;\s*/),
    filter: finding.stream === null ? '' : `tcp.stream == ${finding.stream}`,
    copy: `${finding.id}: ${finding.text}`,
  };
}

/** The card of a stream's row: verdict, findings, where the time went. */
export function streamCard(report: StreamReport): CardDocument {
  const here: Rich[] = report.findings.slice(0, 6).map((f) => [{ strong: `${severityWord(f.severity)}, ${t(findingSpec(f.id)!.title)}` }, `: ${f.text}`]);
  if (report.findings.length > 6) here.push([t('{0} more findings', String(report.findings.length - 6))]);
  const spent = phaseList(report).filter(({ nanoseconds }) => nanoseconds > 0);
  if (spent.length > 0) here.push([{ strong: t('Time') }, ` ${spent.map(({ name, nanoseconds }) => `${name} ${duration(nanoseconds)}`).join(', ')}`]);
  here.push([{ strong: t('At the end') }, ` ${t('client')} ${STATE_NAMES[report.clientState] ?? '?'}, ${t('server')} ${STATE_NAMES[report.serverState] ?? '?'}`]);
  return {
    id: `stream:${report.stream}`,
    title: t('Stream {0}', String(report.stream)),
    headline: [report.verdict],
    here,
    story: [],
    sources: [],
    filter: `tcp.stream == ${report.stream}`,
    copy: report.verdict,
  };
}

/** Phases with their names, in the order of a connection's life. */
export function phaseList(report: StreamReport): readonly { readonly name: string; readonly nanoseconds: number }[] {
  const p = report.phases;
  return [
    { name: t('handshake'), nanoseconds: p.handshake },
    { name: t('server thinking'), nanoseconds: p.serverThink },
    { name: t('client thinking'), nanoseconds: p.clientThink },
    { name: t('transfer'), nanoseconds: p.transfer },
    { name: t('recovery'), nanoseconds: p.recovery },
    { name: t('window-limited'), nanoseconds: p.windowLimited },
    { name: t('idle'), nanoseconds: p.idle },
    { name: t('close'), nanoseconds: p.close },
  ];
}

function severityWord(severity: Finding['severity']): string {
  return severity === 'error' ? t('Error') : severity === 'warning' ? t('Warning') : t('Note');
}
