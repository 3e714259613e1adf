/** Cognito's own protocol: one address, the operation in a header, JSON both ways. */

const TIMEOUT = 15_000;

/** A refusal by Cognito; `code` is its own name of it, as `NotAuthorizedException`. */
export class Refused extends Error {
  override readonly name = "Refused";

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Cognito does not answer, or not with anything that it says. */
export class CognitoAway extends Error {
  override readonly name = "CognitoAway";
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

  async refresh(refreshToken: string): Promise<Tokens> {
    const answer = await this.#call("InitiateAuth", {
      AuthFlow: "REFRESH_TOKEN_AUTH",
      AuthParameters: { REFRESH_TOKEN: refreshToken },
    });
    return (answer as { AuthenticationResult: Tokens }).AuthenticationResult;
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
        signal: AbortSignal.timeout(TIMEOUT),
      });
      text = await response.text();
    } catch (error) {
      throw new CognitoAway(operation, { cause: error });
    }
    if (response.ok) return text ? JSON.parse(text) : {};
    throw readRefusal(text) ?? new CognitoAway(`${operation}: ${response.status}`);
  }
}

function readRefusal(text: string): Refused | null {
  try {
    const said = JSON.parse(text) as { __type?: string; message?: string; Message?: string };
    if (!said.__type) return null;
    return new Refused(said.__type.split("#").pop() ?? "", said.message ?? said.Message ?? "");
  } catch {
    return null;
  }
}
