import type { Nanoseconds } from '../bytes/units';
import { duration, sentence, side } from '../explain/words';
import type { Finding, StreamPhases } from '../findings/finding';
import { t } from '../l10n';
import type { PhaseClock } from './phases';
import type { StreamFacts } from './streamFacts';

/** A phase is worth a word from this share of the stream's time, and this long. */
const SHARE = 0.05;
const AT_LEAST: Nanoseconds = 50_000_000;
/** Thinking is worth a word when it is most of the time. */
const THINK_SHARE = 0.5;
const THINK_AT_LEAST: Nanoseconds = 500_000_000;

/** Who ended the connection: the sender of the first FIN or RST; 'both' when FINs crossed; null when it did not end, or never was. */
export function closedBy(facts: StreamFacts, findings: readonly Finding[]): 'client' | 'server' | 'both' | null {
  if (findings.some((f) => f.id === 'close.simultaneous')) return 'both';
  if (findings.some((f) => f.id === 'handshake.refused' || f.id === 'handshake.aborted')) return null;
  const first = facts.ends.map((end) => Math.min(Number.isNaN(end.finTime) ? Infinity : end.finTime, Number.isNaN(end.rstTime) ? Infinity : end.rstTime));
  if (!Number.isFinite(first[0]!) && !Number.isFinite(first[1]!)) return null;
  // At the same moment, or without any times: the order of the file tells.
  const [a, b] = facts.ends.map((end) => Math.min(end.finPacket, end.rstPacket));
  return facts.roleOf(first[0]! < first[1]! || (first[0] === first[1] && a! <= b!) ? 0 : 1);
}

/** Share of data segments that were retransmissions, in percent. */
export function retransmittedPercent(segments: number, retransmitted: number): number {
  return segments === 0 ? 0 : (100 * retransmitted) / segments;
}

/** "Client closed first, cleanly, after 12.3 s; 0.4% retransmitted; server's receive window limited it for 3.1 s." */
export function verdictSentence(facts: StreamFacts, findings: readonly Finding[], clock: PhaseClock, retransmitted: number): string {
  const phases = clock.phases(facts.client);
  const parts = [ending(facts, findings)];
  if (retransmitted > 0) parts.push(retransmitted < 0.1 ? t('under 0.1% retransmitted') : t('{0}% retransmitted', retransmitted.toFixed(retransmitted < 10 ? 1 : 0)));
  const total = facts.lastTime - facts.firstTime;
  const counts = (spent: Nanoseconds): boolean => spent >= AT_LEAST && spent >= SHARE * total;
  for (const sender of [0, 1] as const) {
    const held = clock.windowLimited(sender);
    if (counts(held)) parts.push(t("{0}'s receive window limited it for {1}", side(facts.roleOf(sender ? 0 : 1)), duration(held)));
  }
  if (counts(phases.recovery)) parts.push(t('{0} lost in recovery', duration(phases.recovery)));
  addThinking(phases, total, parts);
  return `${sentence(parts.join('; '))}.`;
}

function addThinking(phases: StreamPhases, total: Nanoseconds, parts: string[]): void {
  if (phases.serverThink >= THINK_AT_LEAST && phases.serverThink >= THINK_SHARE * total) parts.push(t('the server thought for {0}', duration(phases.serverThink)));
  else if (phases.clientThink >= THINK_AT_LEAST && phases.clientThink >= THINK_SHARE * total) parts.push(t('the client thought for {0}', duration(phases.clientThink)));
  else if (phases.idle >= THINK_SHARE * total && phases.idle > 0) parts.push(t('idle for {0}', duration(phases.idle)));
}

function ending(facts: StreamFacts, findings: readonly Finding[]): string {
  const total = facts.timed ? duration(facts.lastTime - facts.firstTime) : t('an unknown time');
  const has = (id: string): boolean => findings.some((f) => f.id === id);
  const client = facts.ends[facts.client];
  const server = facts.ends[facts.server];
  if (has('handshake.self-connected')) return t('Connected to itself');
  if (has('handshake.refused')) return t('Refused by the server');
  if (has('handshake.unreachable')) return t('Never connected: an ICMP error came back');
  if (has('handshake.no-answer')) return client.syns === 1 ? t('Never connected: the SYN was not answered') : t('Never connected: {0} SYNs in {1} were not answered', String(client.syns), total);
  if (has('handshake.aborted')) return t('The client gave the handshake up');
  if (has('handshake.accept-queue-full') && Number.isNaN(server.dataTime) && server.fins === 0) 
    return server.rsts > 0
      ? t('Never accepted: the accept queue of the server was full, and it reset the connection after {0}', total)
      : t('Never accepted: the accept queue of the server was full');
  if (has('keepalive.dead')) return t('Given up after {0}: keep-alives were not answered', total);
  if (has('half-open')) return server.rsts > client.rsts ? t('The server had lost the connection, found out after {0}', total) : client.rsts > 0 ? t('The client had lost the connection, found out after {0}', total) : t('Half-open');
  if (has('loss.dead') || has('user-timeout')) return t('Given up after {0}: data was not acknowledged', total);
  if (facts.ends[0].fins + facts.ends[1].fins > 0) return closing(facts, findings, total);
  if (has('reset.idle-timeout')) return t('Reset after idling, by {0}, after {1}', side(client.rsts > 0 ? 'client' : 'server'), total);
  if (client.rsts > 0 || server.rsts > 0) {
    if (has('reset.challenged') && !has('reset.by-client') && !has('reset.by-server')) return t('Open when the capture ends, after {0}; a RST changed nothing', total);
    if (has('reset.injected') && !has('reset.by-client') && !has('reset.by-server')) return t('Reset by something on the way after {0}', total);
    return client.rsts > 0 && !(server.rstTime < client.rstTime) ? t('Reset by the client after {0}', total) : t('Reset by the server after {0}', total);
  }
  if (server.packets === 0 && client.packets === client.syns) return t('A SYN, and the capture ends');
  if (client.packets === 0 || server.packets === 0) return t('Only one direction is in the capture; open after {0}', total);
  if (Number.isNaN(server.acked) && server.syns > 0) return t('The handshake was not completed');
  return facts.midStream ? t('Starts mid-stream, open when the capture ends, after {0}', total) : t('Open when the capture ends, after {0}', total);
}

function closing(facts: StreamFacts, findings: readonly Finding[], total: string): string {
  const who = closedBy(facts, findings);
  const [a, b] = facts.ends;
  const resets = a.rsts + b.rsts > 0;
  if (who === 'both') return t('Both closed at once, cleanly, after {0}', total);
  const first = who === 'server' ? t('server closed first') : t('client closed first');
  if (a.fins > 0 && b.fins > 0) return resets ? t('{0}, a RST came after the close, after {1}', first, total) : a.finAcked && b.finAcked ? t('{0}, cleanly, after {1}', first, total) : t('{0}, the last FIN was not acknowledged, after {1}', first, total);
  const closer = a.fins > 0 ? facts.roleOf(0) : facts.roleOf(1);
  if (resets) {
    const by = facts.ends[facts.client].rsts > 0 ? 'client' : 'server';
    return by === closer ? t('{0} closed, and reset what still came, after {1}', side(closer), total) : t('{0} closed, {1} answered with a reset, after {2}', side(closer), side(by), total);
  }
  return t('{0} closed, the other side did not, after {1}', side(closer), total);
}
