import { Unreachable } from "./problem.js";

/** The Cognito user pool and app client that users sign in with. */
export interface Pool {
  id: string;
  clientId: string;
  /** Cognito's URL; the AWS endpoint of the pool's region by default. */
  endpoint?: string;
}

export interface Tokens {
  accessToken: string;
  refreshToken: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** Cognito rejected the sign-in, or the session has expired: `code` is Cognito's error code. */
export class SignInRejected extends Error {
  override readonly name = "SignInRejected";

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Milliseconds before its expiry at which an access token is renewed. */
export const RENEWAL_MARGIN_MS = 30_000;

/** The tokens of a signed-in user. To keep it, store `tokens` and pass them to the constructor. */
export class Session {
  #renewal: Promise<void> | null = null;

  constructor(
    readonly pool: Pool,
    public tokens: Tokens,
  ) {}

  /**
   * Returns an access token, renewed if it expires or if `renew` is true. For `Options.token`.
   * Throws `SignInRejected` if the session has expired, and `Unreachable`.
   */
  readonly token = async (renew: boolean): Promise<string> => {
    if (renew || Date.now() > this.tokens.expiresAt - RENEWAL_MARGIN_MS) {
      // Concurrent requests share one renewal.
      this.#renewal ??= this.#renew().finally(() => {
        this.#renewal = null;
      });
      await this.#renewal;
    }
    return this.tokens.accessToken;
  };

  async #renew(): Promise<void> {
    const { refreshToken } = this.tokens;
    const response = await send(this.pool, "InitiateAuth", {
      AuthFlow: "REFRESH_TOKEN_AUTH",
      AuthParameters: { REFRESH_TOKEN: refreshToken },
    });
    this.tokens = readTokens(response, refreshToken);
  }
}

/**
 * How to prove the password: `srp` does not send it, `password` sends it to Cognito over TLS. The
 * app client must allow `USER_SRP_AUTH` or `USER_PASSWORD_AUTH`.
 */
export type SignInFlow = "srp" | "password";

/** Returns the response to a challenge of Cognito: `SOFTWARE_TOKEN_MFA`, a code of an authenticator app. */
export type ChallengeHandler = (name: "SOFTWARE_TOKEN_MFA") => Promise<string> | string;

/**
 * Signs in with an email address and a password, and with a code that `onChallenge` returns if the
 * user has an authenticator app. Throws `SignInRejected`, also if Cognito requires any other step
 * (`code` names it), and `Unreachable`.
 */
export async function signIn(
  pool: Pool,
  email: string,
  password: string,
  flow: SignInFlow = "srp",
  onChallenge?: ChallengeHandler,
): Promise<Session> {
  if (flow === "srp") {
    // Loaded on demand: the library is larger than the rest of this package.
    const { signInWithSrp } = await import("./srp.js");
    return new Session(pool, await signInWithSrp(pool, email, password, onChallenge));
  }
  const parameters = { USERNAME: email, PASSWORD: password };
  let response = await send(pool, "InitiateAuth", {
    AuthFlow: "USER_PASSWORD_AUTH",
    AuthParameters: parameters,
  });
  if (response.ChallengeName === TOTP && onChallenge) {
    const { USER_ID_FOR_SRP = email } = response.ChallengeParameters ?? {};
    response = await send(pool, "RespondToAuthChallenge", {
      ChallengeName: TOTP,
      Session: response.Session,
      ChallengeResponses: { USERNAME: USER_ID_FOR_SRP, [`${TOTP}_CODE`]: await onChallenge(TOTP) },
    });
  }
  return new Session(pool, readTokens(response));
}

/** Cognito's name for a code of an authenticator app. */
const TOTP = "SOFTWARE_TOKEN_MFA";

interface AuthResponse {
  __type?: string;
  message?: string;
  ChallengeName?: string;
  ChallengeParameters?: Record<string, string>;
  Session?: string;
  AuthenticationResult?: { AccessToken: string; RefreshToken?: string; ExpiresIn: number };
}

/** Sends a request to Cognito. Throws `SignInRejected` and `Unreachable`. */
async function send(pool: Pool, action: string, request: object): Promise<AuthResponse> {
  const region = pool.id.split("_")[0];
  const endpoint = pool.endpoint ?? `https://cognito-idp.${region}.amazonaws.com/`;
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": `AWSCognitoIdentityProviderService.${action}`,
    },
    body: JSON.stringify({ ClientId: pool.clientId, ...request }),
  }).catch((error: unknown) => {
    throw new Unreachable(error);
  });
  const body = (await response.json().catch(() => ({}))) as AuthResponse;
  if (response.ok) return body;
  const code = body.__type?.split("#").pop() ?? `http_${response.status}`;
  throw new SignInRejected(code, body.message ?? code);
}

/** Returns the tokens of a response. Throws `SignInRejected` for a challenge. */
function readTokens(body: AuthResponse, refreshToken = ""): Tokens {
  const result = body.AuthenticationResult;
  if (!result) {
    const code = body.ChallengeName ?? "unexpected_response";
    throw new SignInRejected(code, code);
  }
  return {
    accessToken: result.AccessToken,
    refreshToken: result.RefreshToken ?? refreshToken,
    expiresAt: Date.now() + result.ExpiresIn * 1000,
  };
}
