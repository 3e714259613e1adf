import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { navigate } from "wouter/use-browser-location";
import { useCurrentLocation } from "../router";
import { useServices } from "../services";
import { CognitoError } from "../session/cognito";
import { EmailField, PasswordField } from "./fields";
import { Form } from "./Form";

export interface EmailProps {
  email: string;
  onEmail: (email: string) => void;
}

export function SignInForm({ email, onEmail }: EmailProps) {
  const { t } = useTranslation();
  const { session, config } = useServices();
  const { state } = useCurrentLocation();
  const [password, setPassword] = useState("");
  const [completeSignIn, setCompleteSignIn] = useState<((password: string) => Promise<void>) | null>(null);

  async function signIn(name: string, secret: string) {
    try {
      await session.signIn(name, secret);
    } catch (error) {
      if (error instanceof CognitoError && error.code === "UserNotConfirmedException") {
        navigate("/sign-up", { state: { ...state, confirm: true } });
        return;
      }
      const { NewPasswordRequired } = await import("../session/srp");
      if (!(error instanceof NewPasswordRequired)) throw error;
      setPassword("");
      setCompleteSignIn(() => async (chosen: string) => session.start(name, await error.complete(chosen)));
    }
  }

  if (completeSignIn) {
    return (
      <Form title={t("signIn.newPassword")} submit={t("save")} onSubmit={() => completeSignIn(password)}>
        <PasswordField isNew value={password} onValue={setPassword} />
      </Form>
    );
  }
  return (
    <Form
      title={t("signIn.title")}
      submit={t("signIn.submit")}
      onSubmit={() => signIn(email, password)}
      after={
        <>
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
    </Form>
  );
}
