import { duration, grouped } from '../../core/explain/words';
import { t } from '../../core/l10n';
import type { GraphKind, SeriesId } from '../../core/seriesApi';
import type { Theme } from '../timeline/theme';

/** How a line looks. */
export interface LineStyle {
  readonly name: string;
  readonly color: string;
  /** `step`: a value holds until the next one. */
  readonly shape: 'line' | 'step' | 'points' | 'bars';
  readonly dashed: boolean;
}

export function graphName(graph: GraphKind): string {
  switch (graph) {
    case 'sequence':
      return t('Sequence numbers');
    case 'rtt':
      return t('Round-trip time');
    case 'throughput':
      return t('Throughput');
    case 'flight':
      return t('Bytes in flight');
    case 'window':
      return t('Window scaling');
    case 'length':
      return t('Segment lengths');
  }
}

/** What the y axis counts. */
export type Unit = 'sequence' | 'time' | 'rate' | 'bytes';

export function unitOf(graph: GraphKind): Unit {
  return graph === 'sequence' ? 'sequence' : graph === 'rtt' ? 'time' : graph === 'throughput' ? 'rate' : 'bytes';
}

/** `of`: whose data the graph is about; its peer has the other colour. */
export function lineStyle(id: SeriesId, of: 'client' | 'server', theme: Theme): LineStyle {
  const own = of === 'client' ? theme.client : theme.server;
  const peer = of === 'client' ? theme.server : theme.client;
  const style = (name: string, color: string, shape: LineStyle['shape'], dashed = false): LineStyle => ({ name, color, shape, dashed });
  switch (id) {
    case 'data':
      return style(t('Data sent'), own, 'bars');
    case 'resent':
      return style(t('Sent again or out of order'), theme.warning, 'bars');
    case 'ack':
      return style(t('Acknowledged'), peer, 'step');
    case 'windowEdge':
      return style(t('End of the receive window'), theme.states.open, 'step', true);
    case 'sack':
      return style(t('SACK blocks'), theme.states.closing, 'bars');
    case 'rtt':
      return style(t('RTT of each ACK'), peer, 'points');
    case 'smoothedRtt':
      return style(t('Smoothed (RFC 6298)'), theme.states.closing, 'line');
    case 'leastRtt':
      return style(t('Least so far'), theme.states.open, 'step', true);
    case 'throughput':
      return style(t('Throughput (payload sent)'), own, 'line');
    case 'goodput':
      return style(t('Goodput (payload acknowledged)'), theme.states.open, 'line', true);
    case 'inFlight':
      return style(t('Bytes in flight'), own, 'line');
    case 'receiveWindow':
      return style(t('Receive window of the other end'), theme.states.open, 'step', true);
    case 'window':
      return style(t('Window in bytes'), own, 'step');
    case 'windowField':
      return style(t('Window field as sent'), theme.states.closing, 'step', true);
    case 'length':
      return style(t('Payload bytes'), own, 'points');
  }
}

/** A value with its unit, in full. */
export function valueText(value: number, unit: Unit): string {
  switch (unit) {
    case 'sequence':
      return grouped(value);
    case 'time':
      return duration(value);
    case 'rate':
      return rateText(value * 8);
    case 'bytes':
      return t('{0} bytes', grouped(Math.round(value)));
  }
}

/** A value on an axis, short. */
export function axisText(value: number, unit: Unit): string {
  if (unit === 'time') return duration(value);
  if (unit === 'rate') return rateText(value * 8);
  return short(value);
}

function rateText(bits: number): string {
  const units = ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s'];
  let value = bits;
  let k = 0;
  while (Math.abs(value) >= 1000 && k < units.length - 1) {
    value /= 1000;
    k++;
  }
  return `${Number(value.toPrecision(3))} ${units[k]!}`;
}

function short(value: number): string {
  const units = ['', 'k', 'M', 'G', 'T'];
  let n = value;
  let k = 0;
  while (Math.abs(n) >= 10_000 && k < units.length - 1) {
    n /= 1000;
    k++;
  }
  return `${Number(n.toPrecision(4))}${units[k]!}`;
}
