/** The one place where what the page knows is kept; parts watch the keys that they show. */

export interface Store<T extends object> {
  get(): Readonly<T>;
  set(patch: Partial<T>): void;
  /** Calls back after a change of one of the keys; returns how to stop. */
  watch(keys: readonly (keyof T)[], changed: (now: Readonly<T>) => void): () => void;
}

export function createStore<T extends object>(initial: T): Store<T> {
  let state = initial;
  const watchers = new Set<{ keys: readonly (keyof T)[]; changed: (now: Readonly<T>) => void }>();
  return {
    get: () => state,
    set(patch) {
      const before = state;
      state = { ...state, ...patch };
      for (const watcher of [...watchers]) {
        if (!watchers.has(watcher)) continue;
        if (watcher.keys.some(key => !Object.is(before[key], state[key]))) watcher.changed(state);
      }
    },
    watch(keys, changed) {
      const watcher = { keys, changed };
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}
