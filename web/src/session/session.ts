import { Cognito, CognitoError, type Tokens } from "./cognito";
import { TabSync } from "./tabSync";
import { NullVault, type SessionVault, type StoredSession } from "./vault";
import type { Config } from "../config";

/** No user is signed in, so requests cannot be authenticated. */
export class SignedOut extends Error {
  override readonly name = "SignedOut";
}

export type SessionState =
  | { kind: "restoring" }
  | { kind: "signedOut"; expired: boolean }
  | {
      kind: "signedIn";
      owner: string;
      email: string;
      /** Signed in on the page of the user pool: the password and the second factor are changed there. */
      fromPage: boolean;
    };

const STORAGE_KEY = "sightline.session";

/** Holds "false" in localStorage if the user chose to be signed out with the browser. */
const KEEP_KEY = "sightline.keepSignedIn";

/** Renew an access token this long before it expires. */
const RENEWAL_MARGIN_MILLISECONDS = 60_000;

/**
 * The signed-in user. The tokens are in the tab's sessionStorage, and a new tab requests them from the
 * other tabs (see docs/decisions/web-0001). Unless the user declines, a vault keeps them for the next
 * start of the browser (web-0003).
 */
export class Session {
  #state: SessionState = { kind: "restoring" };
  #subscribers = new Set<() => void>();
  #stored: StoredSession | null = null;
  #renewal: Promise<string> | null = null;
  #tabs: TabSync<StoredSession>;

  constructor(
    readonly cognito: Cognito,
    private readonly config: Config,
    private readonly storage: Storage = sessionStorage,
    private readonly vault: SessionVault = new NullVault(),
  ) {
    this.#tabs = new TabSync("sightline.session", () => this.#stored, () => this.#end(false));
  }

  get state(): SessionState {
    return this.#state;
  }

  readonly subscribe = (onChange: () => void): (() => void) => {
    this.#subscribers.add(onChange);
    return () => this.#subscribers.delete(onChange);
  };

  /** Whether the user stays signed in when the browser is closed. */
  get isKept(): boolean {
    return localStorage.getItem(KEEP_KEY) !== "false";
  }

  /** Choose it for the next sign-in. */
  set isKept(isKept: boolean) {
    if (isKept) localStorage.removeItem(KEEP_KEY);
    else localStorage.setItem(KEEP_KEY, "false");
  }

  /** Resume the session of this tab, of the last start of the browser, or of another open tab. */
  async restore(): Promise<void> {
    const text = this.storage.getItem(STORAGE_KEY);
    const own = text ? (JSON.parse(text) as StoredSession) : await this.vault.load();
    this.#stored = own ?? (await this.#tabs.request());
    if (!this.#stored) return this.#setState({ kind: "signedOut", expired: false });
    try {
      await this.token();
    } catch (error) {
      // If Cognito is unavailable now, the first request retries.
      if (error instanceof SignedOut) return;
    }
    if (this.#state.kind === "restoring") this.#continue(this.#stored);
  }

  async signIn(email: string, password: string): Promise<void> {
    const { authenticate } = await import("./srp");
    this.start(email, await authenticate(this.config.cognito, email, password));
  }

  /** Start or continue a session with these tokens. `fromPage`: of the user pool's sign-in page. */
  start(email: string, tokens: Tokens, fromPage = false): void {
    const refreshToken = tokens.RefreshToken ?? this.#stored?.refreshToken;
    if (!refreshToken) throw new SignedOut();
    const access = { token: tokens.AccessToken, idToken: tokens.IdToken, expiresAt: Date.now() + tokens.ExpiresIn * 1000 };
    const stored = { refreshToken, email, owner: readSubject(tokens.AccessToken), fromPage, access };
    if (this.isKept) void this.vault.save(stored);
    this.#continue(stored);
  }

  #continue(stored: StoredSession): void {
    const { owner, email, fromPage = false } = stored;
    this.#stored = stored;
    this.storage.setItem(STORAGE_KEY, JSON.stringify(stored));
    const same = this.#state.kind === "signedIn" && this.#state.owner === owner;
    if (!same) this.#setState({ kind: "signedIn", owner, email, fromPage });
  }

  /** Return a valid access token. `renew` requests a new one after the API has rejected the last. */
  async token(renew = false): Promise<string> {
    const access = this.#stored?.access;
    if (!renew && access && access.expiresAt - RENEWAL_MARGIN_MILLISECONDS > Date.now()) return access.token;
    // Concurrent callers share one renewal.
    this.#renewal ??= this.#renew().finally(() => (this.#renewal = null));
    return this.#renewal;
  }

  /** Return a valid ID token, which names the verified email address. */
  async idToken(): Promise<string> {
    await this.token();
    if (!this.#stored?.access) throw new SignedOut();
    return this.#stored.access.idToken;
  }

  /** Change the password and sign in with it, because the change may revoke existing tokens. */
  async changePassword(previous: string, proposed: string): Promise<void> {
    await this.cognito.changePassword(await this.token(), previous, proposed);
    if (!this.#stored) return;
    const { CodeRequired } = await import("./srp");
    try {
      await this.signIn(this.#stored.email, proposed);
    } catch (error) {
      // Do not ask for a code now: if the tokens were revoked, the next request ends the session.
      if (!(error instanceof CodeRequired)) throw error;
    }
  }

  async signOut(): Promise<void> {
    const stored = this.#stored;
    this.#tabs.broadcastSignOut();
    this.#end(false);
    // If Cognito is unavailable, the token remains valid until it expires.
    if (stored) await this.cognito.revoke(stored.refreshToken).catch(() => {});
  }

  async #renew(): Promise<string> {
    const stored = this.#stored;
    if (!stored) throw new SignedOut();
    try {
      const tokens = await this.cognito.refresh(stored.refreshToken);
      if (this.#stored !== stored) throw new SignedOut();
      this.start(stored.email, tokens, stored.fromPage);
      return tokens.AccessToken;
    } catch (error) {
      if (!(error instanceof CognitoError)) throw error;
      this.#end(true);
      throw new SignedOut();
    }
  }

  #end(expired: boolean): void {
    if (this.#stored) void this.vault.remove(this.#stored.owner);
    this.#stored = null;
    this.storage.removeItem(STORAGE_KEY);
    this.#setState({ kind: "signedOut", expired });
  }

  #setState(state: SessionState): void {
    this.#state = state;
    for (const notify of this.#subscribers) notify();
  }
}

/** Return the `sub` claim of a token. The signature is not verified here; the API does that. */
function readSubject(token: string): string {
  const payload = token.split(".")[1] ?? "";
  const json = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
  return (JSON.parse(json) as { sub: string }).sub;
}
