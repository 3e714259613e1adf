import {
  AuthenticationDetails,
  CognitoUser,
  CognitoUserPool,
  type CognitoUserSession,
} from "amazon-cognito-identity-js";
import { Unreachable } from "./problem.js";
import { type ChallengeHandler, type Pool, SignInRejected, type Tokens } from "./session.js";

const TOTP = "SOFTWARE_TOKEN_MFA";

/** Codes of the library for a request that Cognito has not answered. */
const UNREACHABLE_CODES = new Set(["NetworkError", "UnknownError"]);

/** In-memory storage for the library, discarded after the sign-in. */
class MemoryStorage {
  readonly #items = new Map<string, string>();

  getItem(key: string): string | null {
    return this.#items.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.#items.set(key, value);
  }

  removeItem(key: string): void {
    this.#items.delete(key);
  }

  clear(): void {
    this.#items.clear();
  }
}

/**
 * Signs in with the Secure Remote Password protocol (SRP), which does not send the password. Throws
 * `SignInRejected` and `Unreachable`.
 */
export function signInWithSrp(
  pool: Pool,
  email: string,
  password: string,
  onChallenge?: ChallengeHandler,
): Promise<Tokens> {
  const Storage = new MemoryStorage();
  const user = new CognitoUser({
    Username: email,
    Pool: new CognitoUserPool({
      UserPoolId: pool.id,
      ClientId: pool.clientId,
      Storage,
      ...(pool.endpoint === undefined ? {} : { endpoint: pool.endpoint }),
    }),
    Storage,
  });
  return new Promise((resolve, reject) => {
    const rejectChallenge = (name: string) => () => reject(new SignInRejected(name, name));
    const onSuccess = (session: CognitoUserSession) => resolve(readTokens(session));
    const onFailure = (error: unknown) => reject(readError(error));
    const sendCode = async (answer: ChallengeHandler) =>
      user.sendMFACode(await answer(TOTP), { onSuccess, onFailure }, TOTP);
    user.authenticateUser(new AuthenticationDetails({ Username: email, Password: password }), {
      onSuccess,
      onFailure,
      newPasswordRequired: rejectChallenge("NEW_PASSWORD_REQUIRED"),
      mfaRequired: rejectChallenge("SMS_MFA"),
      totpRequired: onChallenge ? () => void sendCode(onChallenge).catch(reject) : rejectChallenge(TOTP),
      mfaSetup: rejectChallenge("MFA_SETUP"),
      selectMFAType: rejectChallenge("SELECT_MFA_TYPE"),
      customChallenge: rejectChallenge("CUSTOM_CHALLENGE"),
    });
  });
}

function readTokens(session: CognitoUserSession): Tokens {
  const access = session.getAccessToken();
  const lifetimeSeconds = access.getExpiration() - access.getIssuedAt();
  return {
    accessToken: access.getJwtToken(),
    refreshToken: session.getRefreshToken().getToken(),
    expiresAt: Date.now() + lifetimeSeconds * 1000,
  };
}

function readError(error: unknown): Error {
  const { code, message } = error as { code?: string; message?: string };
  if (!code || UNREACHABLE_CODES.has(code)) return new Unreachable(error);
  return new SignInRejected(code, message ?? code);
}
