import { Cognito, Refused, type Tokens } from "./cognito";
import { Handover } from "./handover";
import type { Config } from "../config";

/** Nobody is signed in, and no call can be signed. */
export class SignedOut extends Error {
  override readonly name = "SignedOut";
}

export type SessionState =
  | { kind: "restoring" }
  | { kind: "out"; expired: boolean }
  | { kind: "in"; owner: string; email: string };

/** What survives a reload of this tab, and nothing else does. */
interface Kept {
  refreshToken: string;
  email: string;
  owner: string;
}

const KEY = "sightline.session";

/** Milliseconds before its end at which a token is renewed. */
const EARLY = 60_000;

/**
 * Who is signed in. Access tokens are in memory alone; the refresh token is in this tab's
 * sessionStorage, and a new tab asks the others for it (see docs/decisions/web-0001).
 */
export class Session {
  #state: SessionState = { kind: "restoring" };
  #listeners = new Set<() => void>();
  #kept: Kept | null = null;
  #access: { token: string; until: number } | null = null;
  #renewing: Promise<string> | null = null;
  #handover: Handover<Kept>;

  constructor(
    readonly cognito: Cognito,
    private readonly config: Config,
    private readonly storage: Storage = sessionStorage,
  ) {
    this.#handover = new Handover("sightline.session", () => this.#kept, () => this.#leave(false));
  }

  get state(): SessionState {
    return this.#state;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Whether this tab was signed in before it was loaded. */
  get isKept(): boolean {
    return this.storage.getItem(KEY) !== null;
  }

  /** Go on where this tab, or another one, was signed in. */
  async restore(): Promise<void> {
    const text = this.storage.getItem(KEY);
    this.#kept = text ? (JSON.parse(text) as Kept) : await this.#handover.ask();
    if (!this.#kept) return this.#change({ kind: "out", expired: false });
    try {
      await this.token(true);
    } catch (error) {
      // Whoever cannot be asked now is asked again by the first call.
      if (error instanceof SignedOut) return;
      this.#change({ kind: "in", owner: this.#kept.owner, email: this.#kept.email });
    }
  }

  async signIn(email: string, password: string): Promise<void> {
    const { provePassword } = await import("./srp");
    this.enter(email, await provePassword(this.config.cognito, email, password));
  }

  /** Signed in by these tokens. */
  enter(email: string, tokens: Tokens): void {
    const refreshToken = tokens.RefreshToken ?? this.#kept?.refreshToken;
    if (!refreshToken) throw new SignedOut();
    const owner = readSubject(tokens.AccessToken);
    this.#kept = { refreshToken, email, owner };
    this.storage.setItem(KEY, JSON.stringify(this.#kept));
    this.#access = { token: tokens.AccessToken, until: Date.now() + tokens.ExpiresIn * 1000 };
    const same = this.#state.kind === "in" && this.#state.owner === owner;
    if (!same) this.#change({ kind: "in", owner, email });
  }

  /** A token that is good for a while; another one where `renew` says that the last was refused. */
  async token(renew = false): Promise<string> {
    if (!renew && this.#access && this.#access.until - EARLY > Date.now()) return this.#access.token;
    // Everyone who asks meanwhile gets the same.
    this.#renewing ??= this.#renew().finally(() => (this.#renewing = null));
    return this.#renewing;
  }

  /** Changes the password, and signs in by it: what was signed in before may be no longer. */
  async changePassword(previous: string, proposed: string): Promise<void> {
    await this.cognito.changePassword(await this.token(), previous, proposed);
    if (this.#kept) await this.signIn(this.#kept.email, proposed);
  }

  async signOut(): Promise<void> {
    const kept = this.#kept;
    this.#handover.tellOut();
    this.#leave(false);
    // The token ends by itself where Cognito cannot be told.
    if (kept) await this.cognito.revoke(kept.refreshToken).catch(() => {});
  }

  async #renew(): Promise<string> {
    const kept = this.#kept;
    if (!kept) throw new SignedOut();
    try {
      const tokens = await this.cognito.refresh(kept.refreshToken);
      if (this.#kept !== kept) throw new SignedOut();
      this.enter(kept.email, tokens);
      return tokens.AccessToken;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#leave(true);
      throw new SignedOut();
    }
  }

  #leave(expired: boolean): void {
    this.#kept = null;
    this.#access = null;
    this.storage.removeItem(KEY);
    this.#change({ kind: "out", expired });
  }

  #change(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

/** The `sub` of a token, which nobody checks here: the API does. */
function readSubject(token: string): string {
  const payload = token.split(".")[1] ?? "";
  const json = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
  return (JSON.parse(json) as { sub: string }).sub;
}
