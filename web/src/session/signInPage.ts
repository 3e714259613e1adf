/**
 * Sign-in on the page of the user pool, which also offers other identity providers: the authorization
 * code flow with PKCE (RFC 7636), `state` and `nonce`.
 */
import { CognitoError, CognitoUnavailable, type Tokens } from "./cognito";
import type { Config } from "../config";

/** Path of the web application that the page redirects to. */
export const CALLBACK_PATH = "/sign-in/callback";

/** In place of an identity provider: the email and password form of the page. */
export const OWN_USERS = "COGNITO";

const STORAGE_KEY = "sightline.signInPage";

const SCOPE = "openid email profile";

const TIMEOUT_MILLISECONDS = 15_000;

/** What the callback must have, kept in the tab until then. */
interface PendingSignIn {
  verifier: string;
  state: string;
  nonce: string;
  /** The URL to return to. */
  from?: string;
}

interface TokenResponse {
  access_token?: string;
  id_token?: string;
  refresh_token?: string;
  expires_in?: number;
  error?: string;
  error_description?: string;
}

export interface SignedInUser {
  email: string;
  tokens: Tokens;
  from?: string;
}

/** Leave for the sign-in page. */
export async function openSignInPage(config: Config, provider: string, from?: string): Promise<void> {
  const pending: PendingSignIn = { verifier: random(), state: random(), nonce: random(), from };
  const challenge = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(pending.verifier));
  const parameters = new URLSearchParams({
    response_type: "code",
    client_id: config.cognito.clientId,
    redirect_uri: callbackUrl(),
    scope: SCOPE,
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: encodeBase64Url(new Uint8Array(challenge)),
    code_challenge_method: "S256",
  });
  if (provider !== OWN_USERS) parameters.set("identity_provider", provider);
  sessionStorage.setItem(STORAGE_KEY, JSON.stringify(pending));
  location.assign(`${config.cognito.domain}/oauth2/authorize?${parameters}`);
}

/**
 * Exchange the code in the query of the callback for tokens. It works once. Throws `CognitoError`:
 * `SignInPageFailed` with the message of the page, and `SignInPageMismatch` for a callback that does
 * not belong to this tab; and `CognitoUnavailable`.
 */
export async function completeSignIn(config: Config, query: string): Promise<SignedInUser> {
  const parameters = new URLSearchParams(query);
  const stored = sessionStorage.getItem(STORAGE_KEY);
  sessionStorage.removeItem(STORAGE_KEY);
  const pending = stored === null ? null : (JSON.parse(stored) as PendingSignIn);
  // Checked first: the message of a forged callback must not be shown.
  if (!pending || parameters.get("state") !== pending.state) throw mismatch();
  const code = parameters.get("code");
  if (!code) {
    const error = parameters.get("error") ?? "no code";
    throw new CognitoError("SignInPageFailed", parameters.get("error_description") ?? error);
  }
  const body = await requestTokens(config, code, pending.verifier);
  if (!body.access_token || !body.id_token || !body.refresh_token) throw new CognitoUnavailable("token");
  const claims = readClaims(body.id_token);
  if (claims.nonce !== pending.nonce || claims.aud !== config.cognito.clientId) throw mismatch();
  return {
    email: claims.email ?? "",
    from: pending.from,
    tokens: {
      AccessToken: body.access_token,
      IdToken: body.id_token,
      RefreshToken: body.refresh_token,
      ExpiresIn: body.expires_in ?? 0,
    },
  };
}

async function requestTokens(config: Config, code: string, verifier: string): Promise<TokenResponse> {
  let response: Response;
  let body: TokenResponse;
  try {
    response = await fetch(`${config.cognito.domain}/oauth2/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "authorization_code",
        client_id: config.cognito.clientId,
        redirect_uri: callbackUrl(),
        code,
        code_verifier: verifier,
      }),
      signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
    });
    body = (await response.json()) as TokenResponse;
  } catch (error) {
    throw new CognitoUnavailable("token", { cause: error });
  }
  if (response.ok) return body;
  throw new CognitoError("SignInPageFailed", body.error_description ?? body.error ?? String(response.status));
}

const mismatch = () => new CognitoError("SignInPageMismatch", "The callback does not belong to this tab.");

const callbackUrl = () => location.origin + CALLBACK_PATH;

/** The claims of an ID token that came from the token endpoint itself (OpenID Connect Core, 3.1.3.7). */
function readClaims(token: string): { nonce?: string; aud?: string; email?: string } {
  const payload = token.split(".")[1] ?? "";
  const bytes = Uint8Array.from(atob(payload.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes)) as { nonce?: string; aud?: string; email?: string };
}

/** Return 256 random bits. */
function random(): string {
  return encodeBase64Url(crypto.getRandomValues(new Uint8Array(32)));
}

function encodeBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
