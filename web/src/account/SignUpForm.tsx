import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { navigate } from "wouter/use-browser-location";
import { useCurrentLocation } from "../router";
import { useServices } from "../services";
import { showToast } from "../ui/toasts";
import { CodeNotice } from "./CodeNotice";
import { CodeField, EmailField, PasswordField } from "./fields";
import { Form } from "./Form";
import type { EmailProps } from "./SignInForm";

/** Creates an account, then confirms its email address with a code. With `state.confirm`, starts at the code. */
export function SignUpForm({ email, onEmail }: EmailProps) {
  const { t } = useTranslation();
  const { session } = useServices();
  const { state } = useCurrentLocation();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [confirming, setConfirming] = useState(state.confirm === true && email !== "");

  async function signUp() {
    await session.cognito.signUp(email, password);
    setConfirming(true);
  }

  async function confirm() {
    await session.cognito.confirm(email, code.trim());
    // After a redirect from the sign-in form, the password is not known here.
    if (password) await session.signIn(email, password);
    else navigate("/sign-in", { state: state });
  }

  async function resend() {
    await session.cognito.resendCode(email);
    showToast({ text: t("code.sent", { email }) });
  }

  const back = (
    <p className="small">
      <Link to="/sign-in" state={state}>
        {t("signIn.back")}
      </Link>
    </p>
  );
  if (confirming) {
    return (
      <Form
        title={t("signUp.confirmTitle")}
        submit={t("signUp.confirmSubmit")}
        onSubmit={confirm}
        after={
          <p className="row small">
            <button
              type="button"
              className="link"
              onClick={() => void resend().catch(() => showToast({ tone: "danger", text: t("code.sendFailed") }))}
            >
              {t("code.resend")}
            </button>
            <span className="grow" />
            <button type="button" className="link" onClick={() => setConfirming(false)}>
              {t("back")}
            </button>
          </p>
        }
      >
        <CodeNotice text={t("code.sent", { email })} />
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
