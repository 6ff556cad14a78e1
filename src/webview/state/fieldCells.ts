import type { StudyWait } from '../../core/engineApi';
import { MOST_VALUE_PACKETS, type FieldInfo } from '../../core/query/fieldApi';
import type { RpcClient } from './rpcClient';

/** Cells that are kept. */
const MOST_CELLS = 100_000;
/** How often fields of the study are asked for again until it has ended. */
const POLL_MS = 400;

/** What a cell shows: a text, nothing yet, or that it waits for the study (`null`). */
export type FieldCell = string | null | undefined;

/** Values of fields that a person made columns of, for the rows on screen. */
export class FieldCells {
  private readonly cells = new Map<string, Map<number, string | null>>();
  private count = 0;
  private infos: ReadonlyMap<string, FieldInfo> | null = null;
  private asking: AbortController | null = null;
  private wanted: { readonly packets: readonly number[]; readonly fields: readonly string[] } | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** What the cells that are not known wait for, and why they cannot be known. */
  waits: StudyWait | null = null;
  problem: string | null = null;

  constructor(
    private readonly rpc: RpcClient,
    private readonly changed: () => void,
  ) {}

  /** All fields there are; loaded when it is first asked for. */
  async load(): Promise<ReadonlyMap<string, FieldInfo>> {
    if (this.infos) return this.infos;
    const result = await this.rpc.request('fields', null);
    if (result.ok) this.infos ??= new Map(result.value.map((field) => [field.name, field]));
    return this.infos ?? new Map<string, FieldInfo>();
  }

  get loaded(): boolean {
    return this.infos !== null;
  }

  info(name: string): FieldInfo | undefined {
    return this.infos?.get(name);
  }

  peek(packet: number, field: string): FieldCell {
    return this.cells.get(field)?.get(packet);
  }

  /** The rows on screen: what is not known of them is asked for. A later call takes the place of an earlier one. */
  want(packets: readonly number[], fields: readonly string[]): void {
    this.wanted = { packets, fields };
    if (!this.asking) void this.ask();
  }

  private async ask(): Promise<void> {
    for (;;) {
      const { wanted } = this;
      if (!wanted) return;
      const fields = wanted.fields.filter((field) => wanted.packets.some((packet) => this.isMissing(packet, field)));
      const packets = wanted.packets.filter((packet) => fields.some((field) => this.isMissing(packet, field))).slice(0, MOST_VALUE_PACKETS);
      this.wanted = null;
      if (packets.length === 0) return;
      const controller = new AbortController();
      this.asking = controller;
      const result = await this.rpc.request('fieldValues', { packets, fields }, controller.signal);
      if (controller.signal.aborted) return;
      this.asking = null;
      if (!result.ok) return;
      const { cells, waits, problem } = result.value;
      cells.forEach((line, n) => line.forEach((text, at) => this.put(packets[n]!, fields[at]!, text)));
      this.waits = waits;
      this.problem = problem;
      clearTimeout(this.timer);
      if (waits) this.timer = setTimeout(() => this.askAgain(), POLL_MS);
      this.changed();
    }
  }

  /** Makes the cells of any number of packets known, as far as they can be. */
  async fill(packets: readonly number[], fields: readonly string[]): Promise<void> {
    for (let at = 0; at < packets.length && fields.length > 0; at += MOST_VALUE_PACKETS) {
      const some = packets.slice(at, at + MOST_VALUE_PACKETS);
      const result = await this.rpc.request('fieldValues', { packets: some, fields });
      if (!result.ok) return;
      result.value.cells.forEach((line, n) => line.forEach((text, i) => this.put(some[n]!, fields[i]!, text)));
    }
  }

  private isMissing(packet: number, field: string): boolean {
    return this.peek(packet, field) === undefined;
  }

  /** What was not known is asked for once more, as soon as it is on screen. */
  private askAgain(): void {
    for (const [field, cells] of this.cells) if ([...cells.values()].some((text) => text === null)) this.forget(field);
    this.changed();
  }

  private put(packet: number, field: string, text: string | null): void {
    if (this.count >= MOST_CELLS) this.clear();
    let cells = this.cells.get(field);
    if (!cells) this.cells.set(field, (cells = new Map<number, string | null>()));
    if (!cells.has(packet)) this.count++;
    cells.set(packet, text);
  }

  private forget(field: string): void {
    this.count -= this.cells.get(field)?.size ?? 0;
    this.cells.delete(field);
  }

  private clear(): void {
    this.cells.clear();
    this.count = 0;
  }

  /** The capture was read or studied anew. */
  reset(): void {
    this.asking?.abort();
    this.asking = null;
    this.wanted = null;
    this.waits = null;
    this.problem = null;
    clearTimeout(this.timer);
    this.clear();
    this.changed();
  }
}
