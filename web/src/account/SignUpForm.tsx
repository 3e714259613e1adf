import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { navigate } from "wouter/use-browser-location";
import { usePlace } from "../router";
import { useServices } from "../services";
import { say } from "../ui/toasts";
import { CodeField, EmailField, PasswordField } from "./fields";
import { Form } from "./Form";
import type { EmailProps } from "./SignInForm";

/** Signing up, and then the code that proves the address; `confirm` begins with the latter. */
export function SignUpForm({ email, onEmail }: EmailProps) {
  const { t } = useTranslation();
  const { session } = useServices();
  const { along } = usePlace();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [announced, setAnnounced] = useState(along.confirm === true && email !== "");

  async function signUp() {
    await session.cognito.signUp(email, password);
    setAnnounced(true);
  }

  async function confirm() {
    await session.cognito.confirm(email, code.trim());
    // Whoever came from signing in types the password there.
    if (password) await session.signIn(email, password);
    else navigate("/sign-in", { state: along });
  }

  async function resend() {
    await session.cognito.resendCode(email);
    say({ text: t("code.sent", { email }) });
  }

  const back = (
    <p className="small">
      <Link to="/sign-in" state={along}>
        {t("signIn.link")}
      </Link>
    </p>
  );
  if (announced) {
    return (
      <Form
        title={t("signUp.confirm")}
        submit={t("signUp.confirmSubmit")}
        onSubmit={confirm}
        after={
          <p className="row small">
            <button
              type="button"
              className="link"
              onClick={() => void resend().catch(() => say({ tone: "bad", text: t("code.notSent") }))}
            >
              {t("code.again")}
            </button>
            <span className="grow" />
            <button type="button" className="link" onClick={() => setAnnounced(false)}>
              {t("back")}
            </button>
          </p>
        }
      >
        <p className="muted">{t("code.sent", { email })}</p>
        <CodeField value={code} onValue={setCode} />
      </Form>
    );
  }
  return (
    <Form title={t("signUp.title")} submit={t("signUp.submit")} onSubmit={signUp} after={back}>
      <EmailField value={email} onValue={onEmail} />
      <PasswordField isNew label={t("password.label")} value={password} onValue={setPassword} />
    </Form>
  );
}
