import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useCurrentLocation } from "../router";
import { useServices } from "../services";
import { CodeNotice } from "./CodeNotice";
import { CodeField, EmailField, PasswordField } from "./fields";
import { Form } from "./Form";
import type { EmailProps } from "./SignInForm";

export function ResetPasswordForm({ email, onEmail }: EmailProps) {
  const { t } = useTranslation();
  const { session } = useServices();
  const { state } = useCurrentLocation();
  const [code, setCode] = useState("");
  const [password, setPassword] = useState("");
  const [codeSent, setCodeSent] = useState(false);

  async function sendCode() {
    await session.cognito.forgotPassword(email);
    setCodeSent(true);
  }

  async function reset() {
    await session.cognito.resetPassword(email, code.trim(), password);
    await session.signIn(email, password);
  }

  const back = (
    <p className="small">
      <Link to="/sign-in" state={state}>
        {t("signIn.back")}
      </Link>
    </p>
  );
  if (codeSent) {
    return (
      <Form title={t("resetPassword.title")} submit={t("resetPassword.submit")} onSubmit={reset} after={back}>
        <CodeNotice text={t("resetPassword.codeSent", { email })} />
        <CodeField value={code} onValue={setCode} />
        <PasswordField isNew value={password} onValue={setPassword} />
      </Form>
    );
  }
  return (
    <Form title={t("resetPassword.title")} submit={t("resetPassword.sendCode")} onSubmit={sendCode} after={back}>
      <p className="muted">{t("resetPassword.text")}</p>
      <EmailField value={email} onValue={onEmail} />
    </Form>
  );
}
