/** Topics with their listeners. */
export class Emitter<Topic extends string> {
  private readonly listeners = new Map<Topic, (() => void)[]>();

  on(topics: readonly Topic[], listener: () => void): void {
    for (const topic of topics) {
      const list = this.listeners.get(topic);
      if (list) list.push(listener);
      else this.listeners.set(topic, [listener]);
    }
  }

  emit(topic: Topic): void {
    for (const listener of this.listeners.get(topic) ?? []) listener();
  }
}
