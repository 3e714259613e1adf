/** Lets a new tab go on with what an open one holds, so that it is never written where all can read. */

/** Milliseconds that a new tab waits for an answer of another. */
const PATIENCE = 200;

type Message<T> = { kind: "ask" } | { kind: "here"; held: T } | { kind: "out" };

export class Handover<T> {
  #channel: BroadcastChannel;
  #answer: ((held: T) => void) | null = null;

  constructor(name: string, held: () => T | null, onOut: () => void) {
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = ({ data }: MessageEvent<Message<T>>) => {
      const own = held();
      if (data.kind === "ask" && own) this.#send({ kind: "here", held: own });
      if (data.kind === "here") this.#answer?.(data.held);
      if (data.kind === "out" && own) onOut();
    };
  }

  /** What another tab holds; null where none answers. */
  ask(): Promise<T | null> {
    return new Promise((resolve) => {
      this.#answer = resolve;
      setTimeout(() => resolve(null), PATIENCE);
      this.#send({ kind: "ask" });
    }).finally(() => (this.#answer = null)) as Promise<T | null>;
  }

  tellOut(): void {
    this.#send({ kind: "out" });
  }

  #send(message: Message<T>): void {
    this.#channel.postMessage(message);
  }
}
