import type { QueryClient } from "@tanstack/react-query";
import { createAuthenticatedFetch, Problem, readEvents, type Options, type Sightline } from "sightline-client";
import { findUnfinished, refetchImages, refreshImage, removeImages, TIMELINE } from "../api/images";
import { SignedOut } from "../session/session";
import { Store } from "../store";

/**
 * `open`: the event stream is connected. `polling`: the API responds but has no event stream.
 * `offline`: the API does not respond.
 */
export type LiveState = "off" | "connecting" | "open" | "polling" | "offline";

/** First delay before reconnecting; doubles with every failure up to the maximum. */
const RECONNECT_MILLISECONDS = 1_000;
const MAX_RECONNECT_MILLISECONDS = 20_000;

const POLL_MILLISECONDS = 2_500;

/** Events within this time are handled as one batch. */
const BATCH_MILLISECONDS = 120;

/** Images to refresh one by one; larger batches refetch whole lists instead. */
const MAX_SINGLE_REFRESHES = 30;

/** Keeps cached queries current through the event stream, or by polling while there is none. */
export class LiveUpdates {
  readonly state = new Store<LiveState>("off");
  #stopped: AbortController | null = null;
  #lastEventId = "";
  #reconnectMilliseconds = RECONNECT_MILLISECONDS;
  #changedIds = new Set<string>();
  #batchTimer: ReturnType<typeof setTimeout> | null = null;
  readonly #send: (request: Request) => Promise<Response>;

  constructor(
    private readonly options: Options,
    private readonly api: Sightline,
    private readonly queries: QueryClient,
  ) {
    this.#send = createAuthenticatedFetch(options);
  }

  start(): void {
    if (this.#stopped) return;
    this.#stopped = new AbortController();
    this.#lastEventId = "";
    void this.#keepConnected(this.#stopped.signal);
    void this.#poll(this.#stopped.signal);
  }

  stop(): void {
    this.#stopped?.abort();
    this.#stopped = null;
    this.#changedIds.clear();
    this.state.set("off");
  }

  async #keepConnected(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      if (this.state.value !== "polling" && this.state.value !== "offline") this.state.set("connecting");
      try {
        await this.#readStream(signal, () => (failures = 0));
      } catch (error) {
        if (signal.aborted || error instanceof SignedOut) return;
        failures += 1;
        this.state.set(error instanceof Problem && error.status < 500 ? "polling" : "offline");
      }
      const backoff = Math.min(MAX_RECONNECT_MILLISECONDS, RECONNECT_MILLISECONDS * 2 ** (failures - 1));
      await sleep(failures === 0 ? this.#reconnectMilliseconds : backoff, signal);
    }
  }

  async #readStream(signal: AbortSignal, onOpen: () => void): Promise<void> {
    const request = new Request(new URL(`${this.options.baseUrl}/v1/events`, location.href), {
      headers: { Accept: "text/event-stream", ...(this.#lastEventId && { "Last-Event-ID": this.#lastEventId }) },
      signal,
    });
    const response = await this.#send(request);
    if (!response.ok || !response.body) throw await Problem.fromResponse(response);
    onOpen();
    const before = this.state.value;
    this.state.set("open");
    // The stream replays missed events, but queries that failed or were restored while offline need a refetch.
    if (before === "offline") void this.queries.refetchQueries({ predicate: ({ state }) => state.status === "error" || state.isInvalidated });
    for await (const { id, event, data } of readEvents(response.body, (ms) => (this.#reconnectMilliseconds = ms))) {
      if (id) this.#lastEventId = id;
      this.#handle(event, JSON.parse(data) as Record<string, string>);
    }
  }

  #handle(event: string, data: Record<string, string>): void {
    if (event === "reset") void refetchImages(this.queries);
    if (event === "reset" || event === "album") void this.queries.invalidateQueries({ queryKey: ["albums"] });
    if (event === "album" && data.album_id) {
      void this.queries.invalidateQueries({ queryKey: ["album", data.album_id] });
    }
    if (event !== "image" || !data.image_id) return;
    if (data.change === "deleted") removeImages(this.queries, [data.image_id]);
    else this.#changedIds.add(data.image_id);
    this.#scheduleRefresh();
  }

  #scheduleRefresh(): void {
    this.#batchTimer ??= setTimeout(() => void this.#refreshChanged(), BATCH_MILLISECONDS);
  }

  async #refreshChanged(): Promise<void> {
    const ids = [...this.#changedIds];
    this.#changedIds.clear();
    this.#batchTimer = null;
    if (ids.length > MAX_SINGLE_REFRESHES) await refetchImages(this.queries);
    else await Promise.all(ids.map((id) => this.#refresh(id)));
    await this.#refetchCounts();
  }

  async #refetchCounts(): Promise<void> {
    await Promise.all(["labels", "usage", TIMELINE].map((key) => this.queries.invalidateQueries({ queryKey: [key] })));
  }

  async #refresh(id: string): Promise<void> {
    try {
      await refreshImage(this.api, this.queries, id);
    } catch (error) {
      if (error instanceof Problem && error.status === 404) removeImages(this.queries, [id]);
      // After any other error the cached image stays until the next event or poll.
    }
  }

  /** Refresh unfinished images periodically while no event stream is open. */
  async #poll(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(POLL_MILLISECONDS, signal);
      if (signal.aborted || this.state.value === "open" || document.hidden) continue;
      const ids = findUnfinished(this.queries).slice(0, MAX_SINGLE_REFRESHES);
      await Promise.all(ids.map((id) => this.#refresh(id)));
      if (ids.length > 0) await this.#refetchCounts();
    }
  }
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, milliseconds);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done);
  });
}
