/** Password sign-in with the Secure Remote Password protocol (SRP). Loaded on demand, at sign-in. */
import {
  AuthenticationDetails,
  CognitoUser,
  CognitoUserPool,
  type CognitoUserSession,
} from "amazon-cognito-identity-js";
import { CognitoUnavailable, CognitoError, type Tokens } from "./cognito";

export interface UserPool {
  endpoint: string;
  poolId: string;
  clientId: string;
}

/** The user must replace a password that an administrator set. */
export class NewPasswordRequired extends Error {
  override readonly name = "NewPasswordRequired";

  constructor(readonly complete: (password: string) => Promise<Tokens>) {
    super();
  }
}

/** The user must enter a code of an authenticator app. */
export class CodeRequired extends Error {
  override readonly name = "CodeRequired";

  /** `secret`: that of an app to set up first, if the pool requires one and the user has none. */
  constructor(
    readonly complete: (code: string) => Promise<Tokens>,
    readonly secret?: string,
  ) {
    super();
  }
}

/** In-memory storage for the Cognito library, discarded after sign-in. */
class MemoryStorage implements Storage {
  #items = new Map<string, string>();
  get length() {
    return this.#items.size;
  }
  clear() {
    this.#items.clear();
  }
  getItem(key: string) {
    return this.#items.get(key) ?? null;
  }
  key(index: number) {
    return [...this.#items.keys()][index] ?? null;
  }
  removeItem(key: string) {
    this.#items.delete(key);
  }
  setItem(key: string, value: string) {
    this.#items.set(key, value);
  }
}

/** Sign in. Throws `CognitoError`, `CognitoUnavailable`, `NewPasswordRequired` or `CodeRequired`. */
export function authenticate(pool: UserPool, email: string, password: string): Promise<Tokens> {
  const Storage = new MemoryStorage();
  const { poolId: UserPoolId, clientId: ClientId, endpoint } = pool;
  const user = new CognitoUser({
    Username: email,
    Pool: new CognitoUserPool({ UserPoolId, ClientId, endpoint, Storage }),
    Storage,
  });
  return new Promise((resolve, reject) => {
    const onSuccess = (session: CognitoUserSession) => resolve(readTokens(session));
    const onFailure = (error: unknown) => reject(readError(error));
    const setUpApp = () =>
      user.associateSoftwareToken({
        associateSecretCode: (secret) => reject(new CodeRequired((code) => confirmApp(user, code), secret)),
        onFailure,
      });
    const unexpected = (step: string) => () => reject(new CognitoError(step, step));
    user.authenticateUser(new AuthenticationDetails({ Username: email, Password: password }), {
      onSuccess,
      onFailure,
      newPasswordRequired: () =>
        reject(new NewPasswordRequired((proposed) => completeNewPassword(user, proposed))),
      // Other factors are not set up by Sightline's user pool.
      mfaRequired: unexpected("MfaRequired"),
      totpRequired: () => reject(new CodeRequired((code) => completeCode(user, code))),
      mfaSetup: setUpApp,
      selectMFAType: unexpected("MfaRequired"),
    });
  });
}

/** Send a code of the authenticator app; after a wrong one, another can be sent. */
function completeCode(user: CognitoUser, code: string): Promise<Tokens> {
  return new Promise((resolve, reject) => {
    user.sendMFACode(
      code,
      {
        onSuccess: (session) => resolve(readTokens(session)),
        onFailure: (error: unknown) => reject(readError(error)),
      },
      "SOFTWARE_TOKEN_MFA",
    );
  });
}

/** Confirm a code of the app that was set up, which ends the sign-in. */
function confirmApp(user: CognitoUser, code: string): Promise<Tokens> {
  return new Promise((resolve, reject) => {
    user.verifySoftwareToken(code, "", {
      onSuccess: (session) => resolve(readTokens(session)),
      onFailure: (error: unknown) => reject(readError(error)),
    });
  });
}

function completeNewPassword(user: CognitoUser, password: string): Promise<Tokens> {
  return new Promise((resolve, reject) => {
    user.completeNewPasswordChallenge(
      password,
      {},
      {
        onSuccess: (session) => resolve(readTokens(session)),
        onFailure: (error: unknown) => reject(readError(error)),
        totpRequired: () => reject(new CodeRequired((code) => completeCode(user, code))),
      },
    );
  });
}

function readTokens(session: CognitoUserSession): Tokens {
  const access = session.getAccessToken();
  return {
    AccessToken: access.getJwtToken(),
    IdToken: session.getIdToken().getJwtToken(),
    RefreshToken: session.getRefreshToken().getToken(),
    ExpiresIn: access.getExpiration() - access.getIssuedAt(),
  };
}

function readError(error: unknown): Error {
  const { code, message } = error as { code?: string; message?: string };
  if (!code || code === "NetworkError" || code === "UnknownError") {
    return new CognitoUnavailable("SRP", { cause: error });
  }
  return new CognitoError(code, message ?? code);
}
