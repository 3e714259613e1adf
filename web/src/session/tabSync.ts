/** Shares a value between open tabs over a BroadcastChannel, so that it need not be stored where every tab can read it. */

/** Milliseconds that a new tab waits for another tab to respond. */
const RESPONSE_TIMEOUT_MILLISECONDS = 200;

type Message<T> = { kind: "request" } | { kind: "value"; value: T } | { kind: "signedOut" };

export class TabSync<T> {
  #channel: BroadcastChannel;
  #onValue: ((value: T) => void) | null = null;

  constructor(name: string, getValue: () => T | null, onSignOut: () => void) {
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = ({ data }: MessageEvent<Message<T>>) => {
      const own = getValue();
      if (data.kind === "request" && own) this.#send({ kind: "value", value: own });
      if (data.kind === "value") this.#onValue?.(data.value);
      if (data.kind === "signedOut" && own) onSignOut();
    };
  }

  /** Request the value from other tabs; resolves to null if none responds in time. */
  request(): Promise<T | null> {
    return new Promise((resolve) => {
      this.#onValue = resolve;
      setTimeout(() => resolve(null), RESPONSE_TIMEOUT_MILLISECONDS);
      this.#send({ kind: "request" });
    }).finally(() => (this.#onValue = null)) as Promise<T | null>;
  }

  broadcastSignOut(): void {
    this.#send({ kind: "signedOut" });
  }

  #send(message: Message<T>): void {
    this.#channel.postMessage(message);
  }
}
