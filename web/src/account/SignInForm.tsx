import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { navigate } from "wouter/use-browser-location";
import { usePlace } from "../router";
import { useServices } from "../services";
import { Refused } from "../session/cognito";
import { EmailField, PasswordField } from "./fields";
import { Form } from "./Form";

export interface EmailProps {
  email: string;
  onEmail: (email: string) => void;
}

export function SignInForm({ email, onEmail }: EmailProps) {
  const { t } = useTranslation();
  const { session, config } = useServices();
  const { along } = usePlace();
  const [password, setPassword] = useState("");
  const [next, setNext] = useState<((password: string) => Promise<void>) | null>(null);

  async function signIn(name: string, secret: string) {
    try {
      await session.signIn(name, secret);
    } catch (error) {
      if (error instanceof Refused && error.code === "UserNotConfirmedException") {
        navigate("/sign-up", { state: { ...along, confirm: true } });
        return;
      }
      const { NewPasswordNeeded } = await import("../session/srp");
      if (!(error instanceof NewPasswordNeeded)) throw error;
      setPassword("");
      setNext(() => async (chosen: string) => session.enter(name, await error.answer(chosen)));
    }
  }

  if (next) {
    return (
      <Form title={t("signIn.newPassword")} submit={t("save")} onSubmit={() => next(password)}>
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
            <Link to="/forgotten" state={along}>
              {t("signIn.forgotten")}
            </Link>
            <span className="grow" />
            {config.signUp && (
              <Link to="/sign-up" state={along}>
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
