import type { QueryClient } from "@tanstack/react-query";
import { createSender, Problem, readEvents, type Options, type Sightline } from "sightline-client";
import { findUnfinished, hidePictures, refreshPicture, rereadPictures } from "../api/pictures";
import { SignedOut } from "../session/session";
import { Store } from "../store";

/** `open`: changes come by themselves; `away`: the API does not answer; else something in between. */
export type LiveState = "off" | "connecting" | "open" | "polling" | "away";

/** Milliseconds: between tries to connect (doubling), between looks where no events come, and in
 * which changes are gathered before they are looked at. */
const RETRY = 1_000;
const LONGEST_RETRY = 20_000;
const POLL = 2_500;
const GATHER = 120;

/** Pictures that are looked at one by one; where more have changed, lists are read anew. */
const FEW = 30;

/** Keeps what is on the screen as it is at the API: by its events, or by asking where none come. */
export class Live {
  readonly state = new Store<LiveState>("off");
  #stopped: AbortController | null = null;
  #lastId = "";
  #retry = RETRY;
  #changed = new Set<string>();
  #gathering: ReturnType<typeof setTimeout> | null = null;
  readonly #send: (request: Request) => Promise<Response>;

  constructor(
    private readonly options: Options,
    private readonly api: Sightline,
    private readonly queries: QueryClient,
  ) {
    this.#send = createSender(options);
  }

  start(): void {
    if (this.#stopped) return;
    this.#stopped = new AbortController();
    this.#lastId = "";
    void this.#follow(this.#stopped.signal);
    void this.#poll(this.#stopped.signal);
  }

  stop(): void {
    this.#stopped?.abort();
    this.#stopped = null;
    this.#changed.clear();
    this.state.set("off");
  }

  async #follow(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      if (this.state.value !== "polling" && this.state.value !== "away") this.state.set("connecting");
      try {
        await this.#listen(signal, () => (failures = 0));
      } catch (error) {
        if (signal.aborted || error instanceof SignedOut) return;
        failures += 1;
        this.state.set(error instanceof Problem && error.status < 500 ? "polling" : "away");
      }
      const wait = failures === 0 ? this.#retry : Math.min(LONGEST_RETRY, RETRY * 2 ** (failures - 1));
      await sleep(wait, signal);
    }
  }

  async #listen(signal: AbortSignal, onOpen: () => void): Promise<void> {
    const request = new Request(new URL(`${this.options.baseUrl}/v1/events`, location.href), {
      headers: { Accept: "text/event-stream", ...(this.#lastId && { "Last-Event-ID": this.#lastId }) },
      signal,
    });
    const response = await this.#send(request);
    if (!response.ok || !response.body) throw await Problem.of(response);
    onOpen();
    const before = this.state.value;
    this.state.set("open");
    // Whoever was away resumes, and hears of what was missed; but not of lists that failed to be read.
    if (before === "away") void this.queries.refetchQueries({ predicate: ({ state }) => state.status === "error" });
    for await (const { id, event, data } of readEvents(response.body, (ms) => (this.#retry = ms))) {
      if (id) this.#lastId = id;
      this.#hear(event, JSON.parse(data) as Record<string, string>);
    }
  }

  #hear(event: string, data: Record<string, string>): void {
    if (event === "reset") void rereadPictures(this.queries);
    if (event === "reset" || event === "album") void this.queries.invalidateQueries({ queryKey: ["albums"] });
    if (event === "album" && data.album_id) {
      void this.queries.invalidateQueries({ queryKey: ["album", data.album_id] });
    }
    if (event !== "image" || !data.image_id) return;
    if (data.change === "deleted") hidePictures(this.queries, [data.image_id]);
    else this.#note(data.image_id);
  }

  #note(id: string): void {
    this.#changed.add(id);
    this.#gathering ??= setTimeout(() => void this.#lookAtChanged(), GATHER);
  }

  async #lookAtChanged(): Promise<void> {
    const ids = [...this.#changed];
    this.#changed.clear();
    this.#gathering = null;
    await this.#look(ids);
    await this.#recount();
  }

  async #recount(): Promise<void> {
    await Promise.all(["labels", "usage"].map((key) => this.queries.invalidateQueries({ queryKey: [key] })));
  }

  async #look(ids: string[]): Promise<void> {
    if (ids.length > FEW) return rereadPictures(this.queries);
    await Promise.all(ids.map((id) => this.#lookAt(id)));
  }

  async #lookAt(id: string): Promise<void> {
    try {
      await refreshPicture(this.api, this.queries, id);
    } catch (error) {
      if (error instanceof Problem && error.status === 404) hidePictures(this.queries, [id]);
      // Otherwise what is shown stays, and the next event or look comes.
    }
  }

  /** Where no events come, what is being processed is looked at again and again. */
  async #poll(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(POLL, signal);
      if (signal.aborted || this.state.value === "open" || document.hidden) continue;
      const ids = findUnfinished(this.queries).slice(0, FEW);
      await Promise.all(ids.map((id) => this.#lookAt(id)));
      if (ids.length > 0) await this.#recount();
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
