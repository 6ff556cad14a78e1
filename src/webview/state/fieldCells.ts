import type { Result } from '../../core/engineApi';
import { MOST_VALUE_PACKETS, type FieldInfo, type FieldValues } from '../../core/query/fieldApi';
import type { RpcClient } from './rpcClient';

/** Cells that are kept. */
const MOST_CELLS = 100_000;
/** How often fields of the study are asked for again until it has ended. */
const POLL_MS = 400;

/** Shown in place of what is not known. */
export const UNKNOWN = '\u2026';

/** What a cell shows: a text, nothing yet, or that it is not known (`null`). */
export type FieldCell = string | null | undefined;

/** What the cells of a field that are not known wait for, or why they cannot be known; neither: there is no such field. */
export type Unknown = Pick<FieldValues, 'waits' | 'problem'>;

/** Values of fields that a person made columns of, for the rows on screen. */
export class FieldCells {
  private readonly cells = new Map<string, Map<number, string | null>>();
  private count = 0;
  private infos: ReadonlyMap<string, FieldInfo> | null = null;
  private loading: Promise<boolean> | null = null;
  private asking: AbortController | null = null;
  private wanted: { readonly packets: readonly number[]; readonly fields: readonly string[] } | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly unknown = new Map<string, Unknown>();
  /** Fields whose cells that are not known are asked for once more; they are shown meanwhile. */
  private readonly again = new Set<string>();

  constructor(
    private readonly rpc: RpcClient,
    private readonly changed: () => void,
  ) {}

  /** Loads which fields there are; false where the engine does not tell (now). Calls while one is under way share it. */
  load(): Promise<boolean> {
    if (this.infos) return Promise.resolve(true);
    this.loading ??= this.rpc.request('fields', null).then((result) => {
      this.loading = null;
      if (result.ok) this.infos = new Map(result.value.map((field) => [field.name, field]));
      return result.ok;
    });
    return this.loading;
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

  /** Why cells of a field are `null`. */
  why(field: string): Unknown {
    return this.unknown.get(field) ?? { waits: null, problem: null };
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
      if (!result.ok) continue;
      this.take(packets, fields, result.value);
      this.changed();
    }
  }

  private take(packets: readonly number[], fields: readonly string[], { cells, waits, problem }: FieldValues): void {
    if (this.count + packets.length * fields.length > MOST_CELLS) this.clear();
    fields.forEach((field, at) => {
      // What was not known of other rows can be asked for as well now.
      if (this.why(field).waits && cells.some((line) => line[at] !== null)) this.forgetUnknown(field);
      this.again.delete(field);
      if (cells.some((line) => line[at] === null)) this.unknown.set(field, { waits, problem });
      else this.unknown.delete(field);
      cells.forEach((line, n) => this.put(packets[n]!, field, line[at]!));
    });
    if ([...this.unknown.values()].some((why) => why.waits)) this.timer ??= setTimeout(() => this.askAgain(), POLL_MS);
  }

  /** Texts of any number of packets, by packet in the order of `fields`, for a copy. Nothing of it is kept. */
  async read(packets: readonly number[], fields: readonly string[], signal: AbortSignal): Promise<Result<ReadonlyMap<number, readonly string[]>>> {
    const found = new Map<number, readonly string[]>();
    for (let at = 0; at < packets.length && fields.length > 0; at += MOST_VALUE_PACKETS) {
      const some = packets.slice(at, at + MOST_VALUE_PACKETS);
      const result = await this.rpc.request('fieldValues', { packets: some, fields }, signal);
      if (!result.ok) return result;
      const { cells, waits, problem } = result.value;
      const unknown = waits || problem ? UNKNOWN : '';
      cells.forEach((line, n) => found.set(some[n]!, line.map((text) => text ?? unknown)));
    }
    return { ok: true, value: found };
  }

  private isMissing(packet: number, field: string): boolean {
    const cell = this.peek(packet, field);
    return cell === undefined || (cell === null && this.again.has(field));
  }

  /** What waits is asked for once more, as soon as it is on screen. */
  private askAgain(): void {
    this.timer = undefined;
    for (const [field, { waits }] of this.unknown) if (waits) this.again.add(field);
    this.changed();
  }

  private put(packet: number, field: string, text: string | null): void {
    let cells = this.cells.get(field);
    if (!cells) this.cells.set(field, (cells = new Map<number, string | null>()));
    if (!cells.has(packet)) this.count++;
    cells.set(packet, text);
  }

  private forgetUnknown(field: string): void {
    const cells = this.cells.get(field) ?? new Map<number, string | null>();
    for (const [packet, text] of cells) if (text === null && cells.delete(packet)) this.count--;
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
    this.unknown.clear();
    this.again.clear();
    clearTimeout(this.timer);
    this.timer = undefined;
    this.clear();
    this.changed();
  }
}
