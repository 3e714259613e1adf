/** Cognito's JSON protocol: one URL, the operation in a header. */

const TIMEOUT_MILLISECONDS = 15_000;

/** Cognito's name for codes of an authenticator app. */
const TOTP = "SOFTWARE_TOKEN_MFA";

/** An error returned by Cognito; `code` is its type, for example `NotAuthorizedException`. */
export class CognitoError extends Error {
  override readonly name = "CognitoError";

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Cognito does not respond, or the response is not Cognito's. */
export class CognitoUnavailable extends Error {
  override readonly name = "CognitoUnavailable";
}

export interface Tokens {
  AccessToken: string;
  IdToken: string;
  RefreshToken?: string;
  ExpiresIn: number;
}

export class Cognito {
  constructor(
    readonly endpoint: string,
    readonly clientId: string,
  ) {}

  signUp(email: string, password: string): Promise<unknown> {
    const attributes = [{ Name: "email", Value: email }];
    return this.#call("SignUp", { Username: email, Password: password, UserAttributes: attributes });
  }

  confirm(email: string, code: string): Promise<unknown> {
    return this.#call("ConfirmSignUp", { Username: email, ConfirmationCode: code });
  }

  resendCode(email: string): Promise<unknown> {
    return this.#call("ResendConfirmationCode", { Username: email });
  }

  forgotPassword(email: string): Promise<unknown> {
    return this.#call("ForgotPassword", { Username: email });
  }

  resetPassword(email: string, code: string, password: string): Promise<unknown> {
    const body = { Username: email, ConfirmationCode: code, Password: password };
    return this.#call("ConfirmForgotPassword", body);
  }

  changePassword(accessToken: string, previous: string, proposed: string): Promise<unknown> {
    const body = {
      AccessToken: accessToken,
      PreviousPassword: previous,
      ProposedPassword: proposed,
    };
    return this.#post("ChangePassword", body);
  }

  /** Return whether a code of an authenticator app is required at sign-in. */
  async isMfaEnabled(accessToken: string): Promise<boolean> {
    const user = await this.#post("GetUser", { AccessToken: accessToken });
    return (user as { UserMFASettingList?: string[] }).UserMFASettingList?.includes(TOTP) ?? false;
  }

  /** Return a new secret for an authenticator app, in base 32; `enableMfa` starts to require its codes. */
  async createMfaSecret(accessToken: string): Promise<string> {
    const response = await this.#post("AssociateSoftwareToken", { AccessToken: accessToken });
    return (response as { SecretCode: string }).SecretCode;
  }

  /** Confirm a code of the last secret, and require one at each sign-in. */
  async enableMfa(accessToken: string, code: string): Promise<void> {
    await this.#post("VerifySoftwareToken", { AccessToken: accessToken, UserCode: code });
    await this.#setMfa(accessToken, true);
  }

  async disableMfa(accessToken: string): Promise<void> {
    await this.#setMfa(accessToken, false);
  }

  #setMfa(accessToken: string, enabled: boolean): Promise<unknown> {
    const settings = { Enabled: enabled, PreferredMfa: enabled };
    return this.#post("SetUserMFAPreference", { AccessToken: accessToken, SoftwareTokenMfaSettings: settings });
  }

  async refresh(refreshToken: string): Promise<Tokens> {
    const response = await this.#call("InitiateAuth", {
      AuthFlow: "REFRESH_TOKEN_AUTH",
      AuthParameters: { REFRESH_TOKEN: refreshToken },
    });
    return (response as { AuthenticationResult: Tokens }).AuthenticationResult;
  }

  revoke(refreshToken: string): Promise<unknown> {
    return this.#call("RevokeToken", { Token: refreshToken });
  }

  #call(operation: string, body: object): Promise<unknown> {
    return this.#post(operation, { ClientId: this.clientId, ...body });
  }

  async #post(operation: string, body: object): Promise<unknown> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.endpoint, {
        method: "POST",
        headers: {
          "Content-Type": "application/x-amz-json-1.1",
          "X-Amz-Target": `AWSCognitoIdentityProviderService.${operation}`,
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
      });
      text = await response.text();
    } catch (error) {
      throw new CognitoUnavailable(operation, { cause: error });
    }
    if (response.ok) return text ? JSON.parse(text) : {};
    throw parseError(text) ?? new CognitoUnavailable(`${operation}: ${response.status}`);
  }
}

function parseError(text: string): CognitoError | null {
  try {
    const body = JSON.parse(text) as { __type?: string; message?: string; Message?: string };
    if (!body.__type) return null;
    return new CognitoError(body.__type.split("#").pop() ?? "", body.message ?? body.Message ?? "");
  } catch {
    return null;
  }
}
