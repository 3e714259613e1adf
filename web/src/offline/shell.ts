/** The files of the application, cached so that it starts without a network. Runs in the service worker. */

/** What a build consists of; see vite.config.ts. */
export interface ShellManifest {
  /** Changes with every file of the build. */
  version: string;
  /** The script that the page of this build loads, as a path. */
  entry: string;
  /** Paths of all files but the page and its configuration. */
  files: readonly string[];
}

const PAGE = "/index.html";

/** Differs between deployments of one build, and may change without a build. */
const CONFIG = "/config.json";

const PREFIX = "sightline-shell-";

/** Serves the page and its files: those named by content hash from the cache, the others from the network while it responds. */
export class Shell {
  constructor(
    private readonly manifest: ShellManifest,
    private readonly storage: CacheStorage = caches,
    private readonly load: typeof fetch = (...request) => fetch(...request),
  ) {}

  /** Store all files of the build. Throws if the server has another build, so that the browser tries again later. */
  async install(): Promise<void> {
    const page = await this.#fetch(PAGE, { cache: "no-cache" });
    if (!(await page.clone().text()).includes(this.manifest.entry)) throw new Error(`${PAGE} is of another build.`);
    const cache = await this.storage.open(this.#name);
    await Promise.all([
      cache.put(PAGE, page),
      this.#fetch(CONFIG, { cache: "no-cache" }).then((config) => cache.put(CONFIG, config)),
      ...this.manifest.files.map((path) => this.#store(cache, path)),
    ]);
  }

  /** Remove the files of earlier builds, once no page uses them. */
  async activate(): Promise<void> {
    const names = await this.storage.keys();
    const outdated = names.filter((name) => name.startsWith(PREFIX) && name !== this.#name);
    await Promise.all(outdated.map((name) => this.storage.delete(name)));
  }

  /** Return the response for a request, or null if it is none for the shell. */
  respond(request: Request, preloaded: Promise<Response | undefined> = Promise.resolve(undefined)): Promise<Response> | null {
    const { origin, pathname } = new URL(request.url);
    if (request.method !== "GET" || origin !== location.origin) return null;
    if (request.mode === "navigate") return isApplicationPath(pathname) ? this.#fetchOr(PAGE, request, preloaded) : null;
    if (pathname === CONFIG) return this.#fetchConfig(request);
    return this.manifest.files.includes(pathname) ? this.#findOrFetch(request, pathname) : null;
  }

  get #name(): string {
    return PREFIX + this.manifest.version;
  }

  /** Copy a file from the cache of an earlier build, or download it. */
  async #store(cache: Cache, path: string): Promise<void> {
    const isHashed = path.startsWith("/assets/");
    const known = isHashed ? await this.storage.match(path) : undefined;
    await cache.put(path, known ?? (await this.#fetch(path, isHashed ? {} : { cache: "no-cache" })));
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const response = await this.load(path, init);
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return response;
  }

  async #find(path: string): Promise<Response | undefined> {
    return (await this.storage.open(this.#name)).match(path);
  }

  async #findOrFetch(request: Request, path: string): Promise<Response> {
    return (await this.#find(path)) ?? this.load(request);
  }

  async #fetchConfig(request: Request): Promise<Response> {
    const response = await this.#fetchOr(CONFIG, request);
    if (response.ok) await (await this.storage.open(this.#name)).put(CONFIG, response.clone());
    return response;
  }

  /** Return the response of the network, or a cached file if the network or the server fails. */
  async #fetchOr(path: string, request: Request, preloaded: Promise<Response | undefined> = Promise.resolve(undefined)): Promise<Response> {
    const response = await preloaded.then((early) => early ?? this.load(request)).catch(() => Response.error());
    if (response.type !== "error" && response.status < 500) return response;
    return (await this.#find(path)) ?? response;
  }
}

/** Whether the page is served at a path: routes have no file extension, and the API has pages of its own. */
function isApplicationPath(pathname: string): boolean {
  return !/^\/(v1|docs|mail|health)(\/|$)/.test(pathname) && !/\.[^/]+$/.test(pathname);
}
