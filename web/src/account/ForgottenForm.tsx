import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { usePlace } from "../router";
import { useServices } from "../services";
import { CodeField, EmailField, PasswordField } from "./fields";
import { Form } from "./Form";
import type { EmailProps } from "./SignInForm";

export function ForgottenForm({ email, onEmail }: EmailProps) {
  const { t } = useTranslation();
  const { session } = useServices();
  const { along } = usePlace();
  const [code, setCode] = useState("");
  const [password, setPassword] = useState("");
  const [asked, setAsked] = useState(false);

  async function ask() {
    await session.cognito.forgotPassword(email);
    setAsked(true);
  }

  async function reset() {
    await session.cognito.resetPassword(email, code.trim(), password);
    await session.signIn(email, password);
  }

  const back = (
    <p className="small">
      <Link to="/sign-in" state={along}>
        {t("signIn.link")}
      </Link>
    </p>
  );
  if (asked) {
    return (
      <Form title={t("forgotten.title")} submit={t("forgotten.reset")} onSubmit={reset} after={back}>
        <p className="muted">{t("forgotten.sent", { email })}</p>
        <CodeField value={code} onValue={setCode} />
        <PasswordField isNew value={password} onValue={setPassword} />
      </Form>
    );
  }
  return (
    <Form title={t("forgotten.title")} submit={t("forgotten.submit")} onSubmit={ask} after={back}>
      <p className="muted">{t("forgotten.text")}</p>
      <EmailField value={email} onValue={onEmail} />
    </Form>
  );
}
