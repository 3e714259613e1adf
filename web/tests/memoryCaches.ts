/** Caches in memory, with what the application uses of the Cache API. Entries are ordered as they were added. */
export class MemoryCaches {
  readonly caches = new Map<string, Map<string, Response>>();

  async keys() {
    return [...this.caches.keys()];
  }

  async has(name: string) {
    return this.caches.has(name);
  }

  async delete(name: string) {
    return this.caches.delete(name);
  }

  async match(path: string) {
    for (const entries of this.caches.values()) {
      const found = entries.get(path);
      if (found) return found.clone();
    }
    return undefined;
  }

  async open(name: string) {
    if (!this.caches.has(name)) this.caches.set(name, new Map());
    const entries = this.caches.get(name)!;
    const toPath = (key: string | { url: string }) => (typeof key === "string" ? key : new URL(key.url).pathname);
    return {
      match: async (key: string | { url: string }) => entries.get(toPath(key))?.clone(),
      put: async (key: string, response: Response) => void entries.set(key, response),
      delete: async (key: string | { url: string }) => entries.delete(toPath(key)),
      keys: async () => [...entries.keys()].map((path) => ({ url: `https://app.example${path}` })),
    };
  }

  /** Return the paths in a cache. */
  paths(name: string): string[] {
    return [...(this.caches.get(name)?.keys() ?? [])];
  }

  get storage(): CacheStorage {
    return this as unknown as CacheStorage;
  }
}
