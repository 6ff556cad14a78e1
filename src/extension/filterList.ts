import type { SavedFilter } from '../rpc/webviewMessages';

/**
 * A list of the setting tcpTrace.filters with a filter added, in place of one of the same name or the same text. All other entries stay as they were
 * written, also those that are no filters. null: what is there is no list, and must not be written over.
 */
export function withFilter(list: unknown, added: SavedFilter): readonly unknown[] | null {
  if (list !== undefined && !Array.isArray(list)) return null;
  const replaced = (entry: unknown): boolean => {
    const { name, filter } = (typeof entry === 'object' && entry !== null ? entry : {}) as { name?: unknown; filter?: unknown };
    return typeof filter === 'string' && (filter === added.filter || (added.name !== '' && name === added.name));
  };
  return [...((list ?? []) as unknown[]).filter((entry) => !replaced(entry)), added];
}
