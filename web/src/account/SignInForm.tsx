import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { navigate } from "wouter/use-browser-location";
import { useCurrentLocation } from "../router";
import { useServices } from "../services";
import { CognitoError } from "../session/cognito";
import { openSignInPage, OWN_USERS } from "../session/signInPage";
import { CodeField, EmailField, PasswordField } from "./fields";
import { Form } from "./Form";
import { MfaSetup } from "./MfaSetup";

export interface EmailProps {
  email: string;
  onEmail: (email: string) => void;
}

/** A step after the password: a code of the authenticator app, or a new password. */
interface Step {
  isCode: boolean;
  /** Of an authenticator app to set up first. */
  secret?: string;
  complete: (answer: string) => Promise<void>;
}

export function SignInForm({ email, onEmail }: EmailProps) {
  const { t } = useTranslation();
  const { session, config } = useServices();
  const { state } = useCurrentLocation();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [isKept, setKept] = useState(session.isKept);
  const [step, setStep] = useState<Step | null>(null);

  async function signIn(name: string, secret: string) {
    try {
      await session.signIn(name, secret);
    } catch (error) {
      if (error instanceof CognitoError && error.code === "UserNotConfirmedException") {
        navigate("/sign-up", { state: { ...state, confirm: true } });
        return;
      }
      await requestStep(name, error);
    }
  }

  /** Show the form of the next step that Cognito requires. Throws any other error. */
  async function requestStep(name: string, error: unknown) {
    const { CodeRequired, NewPasswordRequired } = await import("../session/srp");
    const isCode = error instanceof CodeRequired;
    if (!isCode && !(error instanceof NewPasswordRequired)) throw error;
    setPassword("");
    const complete = async (answer: string) => {
      try {
        session.start(name, await error.complete(answer));
      } catch (next) {
        await requestStep(name, next);
      }
    };
    setStep({ isCode, secret: isCode ? error.secret : undefined, complete });
  }

  if (step?.isCode) {
    return (
      <Form title={t(step.secret ? "mfa.setUp" : "mfa.codeTitle")} submit={t("signIn.submit")} onSubmit={() => step.complete(code.trim())}>
        {step.secret && <MfaSetup secret={step.secret} email={email} />}
        <p>{t("mfa.codeText")}</p>
        <CodeField value={code} onValue={setCode} />
      </Form>
    );
  }
  if (step) {
    return (
      <Form title={t("signIn.newPassword")} submit={t("save")} onSubmit={() => step.complete(password)}>
        <PasswordField isNew value={password} onValue={setPassword} />
      </Form>
    );
  }
  return (
    <Form
      title={t("signIn.title")}
      submit={t("signIn.submit")}
      onSubmit={() => {
        session.isKept = isKept;
        return signIn(email, password);
      }}
      after={
        <>
          {config.cognito.identityProviders?.map((provider) => (
            <button
              key={provider}
              type="button"
              className="button"
              onClick={() => void openSignInPage(config, provider, state.from)}
            >
              {provider === OWN_USERS ? t("signIn.page") : t("signIn.with", { provider })}
            </button>
          ))}
          {config.demo && (
            <button
              type="button"
              className="button"
              onClick={() => {
                onEmail(config.demo!.email);
                setPassword(config.demo!.password);
              }}
            >
              {t("signIn.demo")}
            </button>
          )}
          <p className="row small">
            <Link to="/forgot-password" state={state}>
              {t("signIn.forgotPassword")}
            </Link>
            <span className="grow" />
            {config.signUp && (
              <Link to="/sign-up" state={state}>
                {t("signUp.link")}
              </Link>
            )}
          </p>
        </>
      }
    >
      <EmailField value={email} onValue={onEmail} />
      <PasswordField value={password} onValue={setPassword} />
      <label className="check">
        <input type="checkbox" checked={isKept} onChange={(event) => setKept(event.target.checked)} />
        {t("signIn.keep")}
      </label>
    </Form>
  );
}
