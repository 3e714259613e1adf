/** Proves a password to Cognito without sending it (SRP). Loaded when somebody signs in, not before. */
import {
  AuthenticationDetails,
  CognitoUser,
  CognitoUserPool,
  type CognitoUserSession,
} from "amazon-cognito-identity-js";
import { CognitoAway, Refused, type Tokens } from "./cognito";

export interface Pool {
  endpoint: string;
  poolId: string;
  clientId: string;
}

/** Cognito wants a password of the user's own, since an administrator chose the present one. */
export class NewPasswordNeeded extends Error {
  override readonly name = "NewPasswordNeeded";

  constructor(readonly answer: (password: string) => Promise<Tokens>) {
    super();
  }
}

/** Keeps what the library wants kept, for as long as it signs in. */
class Forgetful implements Storage {
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

/** Throws `Refused`, `CognitoAway`, and `NewPasswordNeeded` where that is the next step. */
export function provePassword(pool: Pool, email: string, password: string): Promise<Tokens> {
  const Storage = new Forgetful();
  const { poolId: UserPoolId, clientId: ClientId, endpoint } = pool;
  const user = new CognitoUser({
    Username: email,
    Pool: new CognitoUserPool({ UserPoolId, ClientId, endpoint, Storage }),
    Storage,
  });
  return new Promise((resolve, reject) => {
    const onSuccess = (session: CognitoUserSession) => resolve(readTokens(session));
    const onFailure = (error: unknown) => reject(readError(error));
    const unexpected = (step: string) => () => reject(new Refused(step, step));
    user.authenticateUser(new AuthenticationDetails({ Username: email, Password: password }), {
      onSuccess,
      onFailure,
      newPasswordRequired: () =>
        reject(new NewPasswordNeeded((proposed) => answerNewPassword(user, proposed))),
      mfaRequired: unexpected("MfaRequired"),
      totpRequired: unexpected("MfaRequired"),
      mfaSetup: unexpected("MfaRequired"),
      selectMFAType: unexpected("MfaRequired"),
    });
  });
}

function answerNewPassword(user: CognitoUser, password: string): Promise<Tokens> {
  return new Promise((resolve, reject) => {
    user.completeNewPasswordChallenge(
      password,
      {},
      {
        onSuccess: (session) => resolve(readTokens(session)),
        onFailure: (error: unknown) => reject(readError(error)),
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
    return new CognitoAway("SRP", { cause: error });
  }
  return new Refused(code, message ?? code);
}
