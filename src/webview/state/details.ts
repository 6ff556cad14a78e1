import type { PacketDetail, RpcError } from '../../core/engineApi';
import type { CardDocument } from '../../core/explain/card';
import { NodeIndex } from '../panes/nodeIndex';
import type { RpcClient } from './rpcClient';

/** A packet's details with the look-ups of its nodes. */
export interface Details {
  readonly detail: PacketDetail;
  readonly index: NodeIndex;
}

const MOST_DETAILS = 60;
const MOST_CARDS = 300;

/** Details and hover cards that were read, of one revision of the capture. */
export class DetailCache {
  private readonly details = new Map<number, Details>();
  private readonly onTheirWay = new Map<number, Promise<Details | RpcError | null>>();
  private readonly cards = new Map<string, CardDocument | null>();
  private revision = 0;

  constructor(private readonly rpc: RpcClient) {}

  /** Forgets all when the capture was read anew. */
  setRevision(revision: number): void {
    if (revision === this.revision) return;
    this.revision = revision;
    this.details.clear();
    this.onTheirWay.clear();
    this.cards.clear();
  }

  /** Cards may tell of verdicts that have changed. */
  forgetCards(): void {
    this.cards.clear();
  }

  peek(packet: number): Details | undefined {
    return this.details.get(packet);
  }

  /** The details; an error; or null when the answer came too late to matter. */
  load(packet: number, signal: AbortSignal): Promise<Details | RpcError | null> {
    const held = this.details.get(packet);
    if (held) return Promise.resolve(held);
    const asked = this.onTheirWay.get(packet);
    if (asked) return asked;
    const promise = this.request(packet, signal).finally(() => {
      if (this.onTheirWay.get(packet) === promise) this.onTheirWay.delete(packet);
    });
    this.onTheirWay.set(packet, promise);
    // Who asks again after this was given up starts anew.
    signal.addEventListener('abort', () => this.onTheirWay.delete(packet), { once: true });
    return promise;
  }

  /** Reads details that are likely to be asked for next. */
  readAhead(packet: number): void {
    if (!this.details.has(packet)) void this.load(packet, new AbortController().signal);
  }

  private async request(packet: number, signal: AbortSignal): Promise<Details | RpcError | null> {
    const revision = this.revision;
    const result = await this.rpc.request('packetDetail', { packet }, signal);
    if (!result.ok) return result.error.code === 'cancelled' || result.error.code === 'stale' ? null : result.error;
    if (revision !== this.revision || result.value.revision !== revision) return null;
    const details: Details = { detail: result.value, index: new NodeIndex(result.value) };
    remember(this.details, packet, details, MOST_DETAILS);
    return details;
  }

  peekCard(packet: number, node: string): CardDocument | null | undefined {
    return this.cards.get(`${packet} ${node}`);
  }

  /** The hover card of a node; null when there is none or it could not be read. */
  async card(packet: number, node: string, signal: AbortSignal): Promise<CardDocument | null> {
    const key = `${packet} ${node}`;
    const held = this.cards.get(key);
    if (held !== undefined) return held;
    const revision = this.revision;
    const result = await this.rpc.request('card', { packet, node }, signal);
    if (!result.ok || revision !== this.revision) return null;
    remember(this.cards, key, result.value, MOST_CARDS);
    return result.value;
  }
}

function remember<K, V>(map: Map<K, V>, key: K, value: V, most: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > most) map.delete(map.keys().next().value as K);
}
