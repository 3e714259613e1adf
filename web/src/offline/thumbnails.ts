/** Renditions of the signed-in user, cached by path: their URLs change every hour. Runs in the service worker. */
import { THUMBNAILS_PREFIX } from "./caches";

/** Entries of the cache. The oldest are removed first. */
export const MAX_IMAGES = 400;

/** A 1024 pixel preview is smaller than this; larger renditions are left out. */
export const MAX_IMAGE_BYTES = 256 * 1024;

/** New entries until the cache is trimmed again. */
const TRIM_INTERVAL = 20;

interface RenditionKey {
  owner: string;
  /** Path of the folder of an image's renditions. */
  folder: string;
  path: string;
}

/** Return what a URL of a rendition names: `…/renditions/{owner}/{image}/{name}`, in a bucket or behind CloudFront. */
export function parseRendition(url: string): RenditionKey | null {
  const match = /(\/renditions\/([\w-]+)\/[\w-]+\/)([\w.-]+)$/.exec(new URL(url).pathname);
  return match ? { owner: match[2]!, folder: match[1]!, path: match[1]! + match[3]! } : null;
}

/** Serves renditions from the cache of their owner. The page creates the cache at sign-in and deletes it at sign-out. */
export class Thumbnails {
  #added = 0;

  constructor(
    private readonly storage: CacheStorage = caches,
    private readonly load: typeof fetch = (...request) => fetch(...request),
  ) {}

  /** Return the response for a request, or null if it is none for a rendition. `waitUntil` gets what continues after it. */
  respond(request: Request, waitUntil: (rest: Promise<void>) => void): Promise<Response> | null {
    const key = request.method === "GET" && request.destination === "image" ? parseRendition(request.url) : null;
    return key && this.#serve(request, key, waitUntil);
  }

  /** Store renditions that the page loaded before it was controlled by the service worker. */
  async add(urls: readonly string[]): Promise<void> {
    for (const url of urls) {
      const key = parseRendition(url);
      if (!key) continue;
      const rest: Promise<void>[] = [];
      await this.#serve(new Request(url, { mode: "no-cors" }), key, (each) => rest.push(each)).catch(() => {});
      await Promise.all(rest);
    }
  }

  async #serve(request: Request, key: RenditionKey, waitUntil: (rest: Promise<void>) => void): Promise<Response> {
    const cache = await this.#open(key.owner);
    const cached = await cache?.match(key.path);
    if (cached) return cached;
    try {
      // The size of an opaque response is unknown, and browsers count it as several megabytes.
      const response = await this.load(request.url, { mode: "cors", credentials: "omit" });
      if (cache && response.ok) waitUntil(this.#store(cache, key.path, response.clone()));
      return response;
    } catch {
      const other = cache && (await findOther(cache, key.folder));
      return other ?? this.load(request);
    }
  }

  async #open(owner: string): Promise<Cache | null> {
    const name = THUMBNAILS_PREFIX + owner;
    return (await this.storage.has(name)) ? this.storage.open(name) : null;
  }

  async #store(cache: Cache, path: string, response: Response): Promise<void> {
    const bytes = Number(response.headers.get("Content-Length"));
    if (bytes === 0 || bytes > MAX_IMAGE_BYTES) return;
    // A full disk must not break the image.
    await cache.put(path, response).catch(() => {});
    if (this.#added++ % TRIM_INTERVAL === 0) await trim(cache);
  }
}

/** Return another rendition of the same image. */
async function findOther(cache: Cache, folder: string): Promise<Response | undefined> {
  const key = (await cache.keys()).find(({ url }) => new URL(url).pathname.startsWith(folder));
  return key && cache.match(key);
}

async function trim(cache: Cache): Promise<void> {
  const keys = await cache.keys();
  for (const key of keys.slice(0, Math.max(0, keys.length - MAX_IMAGES))) await cache.delete(key);
}
