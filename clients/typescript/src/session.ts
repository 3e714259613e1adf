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
    this.tokens = await initiateAuth(
      this.pool,
      "REFRESH_TOKEN_AUTH",
      { REFRESH_TOKEN: refreshToken },
      refreshToken,
    );
  }
}

/**
 * How to prove the password: `srp` does not send it, `password` sends it to Cognito over TLS. The
 * app client must allow `USER_SRP_AUTH` or `USER_PASSWORD_AUTH`.
 */
export type SignInFlow = "srp" | "password";

/**
 * Signs in with an email address and a password. Throws `SignInRejected`, also if Cognito requires
 * a further step such as an MFA code (`code` names it), and `Unreachable`.
 */
export async function signIn(
  pool: Pool,
  email: string,
  password: string,
  flow: SignInFlow = "srp",
): Promise<Session> {
  if (flow === "srp") {
    // Loaded on demand: the library is larger than the rest of this package.
    const { signInWithSrp } = await import("./srp.js");
    return new Session(pool, await signInWithSrp(pool, email, password));
  }
  const parameters = { USERNAME: email, PASSWORD: password };
  return new Session(pool, await initiateAuth(pool, "USER_PASSWORD_AUTH", parameters));
}

interface AuthResponse {
  __type?: string;
  message?: string;
  ChallengeName?: string;
  AuthenticationResult?: { AccessToken: string; RefreshToken?: string; ExpiresIn: number };
}

async function initiateAuth(
  pool: Pool,
  flow: string,
  parameters: Record<string, string>,
  refreshToken = "",
): Promise<Tokens> {
  const region = pool.id.split("_")[0];
  const endpoint = pool.endpoint ?? `https://cognito-idp.${region}.amazonaws.com/`;
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
    },
    body: JSON.stringify({ AuthFlow: flow, ClientId: pool.clientId, AuthParameters: parameters }),
  }).catch((error: unknown) => {
    throw new Unreachable(error);
  });
  const body = (await response.json().catch(() => ({}))) as AuthResponse;
  const result = body.AuthenticationResult;
  if (!response.ok || !result) {
    const code = body.ChallengeName ?? body.__type?.split("#").pop() ?? `http_${response.status}`;
    throw new SignInRejected(code, body.message ?? code);
  }
  return {
    accessToken: result.AccessToken,
    refreshToken: result.RefreshToken ?? refreshToken,
    expiresAt: Date.now() + result.ExpiresIn * 1000,
  };
}
