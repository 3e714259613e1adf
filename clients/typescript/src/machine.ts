import { Unreachable } from "./problem.js";
import { RENEWAL_MARGIN_MS, SignInRejected } from "./session.js";

/** A machine client of the user pool. Its secret must never reach a browser. */
export interface MachineClient {
  /** Token endpoint of the user pool's domain: `https://…/oauth2/token`. */
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  /** Scopes to request, such as `images:read`; all that the client has by default. */
  scopes?: string[];
}

interface TokenResponse {
  access_token?: string;
  expires_in?: number;
  error?: string;
  error_description?: string;
}

/** Cognito puts the identifier of the API's resource server before each scope. */
const RESOURCE_SERVER = "sightline";

/** Access tokens for client credentials, which act for the client's own service account. */
export class ClientCredentials {
  #current: { token: string; expiresAt: number } | null = null;
  #request: Promise<string> | null = null;

  constructor(private readonly client: MachineClient) {}

  /**
   * Returns an access token, a new one if the last expires or if `renew` is true. For
   * `Options.token`. Throws `SignInRejected` and `Unreachable`.
   */
  readonly token = async (renew: boolean): Promise<string> => {
    const current = this.#current;
    if (!renew && current && Date.now() <= current.expiresAt - RENEWAL_MARGIN_MS) return current.token;
    // Concurrent requests share one token request.
    this.#request ??= this.#fetch().finally(() => {
      this.#request = null;
    });
    return this.#request;
  };

  async #fetch(): Promise<string> {
    const { tokenUrl, clientId, clientSecret, scopes = [] } = this.client;
    const form = new URLSearchParams({ grant_type: "client_credentials" });
    if (scopes.length) form.set("scope", scopes.map((scope) => `${RESOURCE_SERVER}/${scope}`).join(" "));
    const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
    const response = await fetch(tokenUrl, {
      method: "POST",
      headers: { Authorization: `Basic ${btoa(pair)}` },
      body: form,
    }).catch((error: unknown) => {
      throw new Unreachable(error);
    });
    const body = (await response.json().catch(() => ({}))) as TokenResponse;
    if (!response.ok || !body.access_token) {
      const code = body.error ?? `http_${response.status}`;
      throw new SignInRejected(code, body.error_description ?? code);
    }
    this.#current = {
      token: body.access_token,
      expiresAt: Date.now() + (body.expires_in ?? 0) * 1000,
    };
    return body.access_token;
  }
}
