import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Redirect, Route, Switch } from "wouter";
import { usePlace } from "../router";
import { useServices } from "../services";
import { Icon } from "../ui/Icon";
import { useTitle } from "../ui/useTitle";
import { ForgottenForm } from "./ForgottenForm";
import { LanguageChooser } from "./Preferences";
import { SignInForm } from "./SignInForm";
import { SignUpForm } from "./SignUpForm";
import "./account.css";

/** What somebody sees who is not signed in. */
export default function SignedOutPages({ expired }: { expired: boolean }) {
  const { config } = useServices();
  const { pathname, search } = usePlace();
  // What somebody typed goes along from one form to the next.
  const [email, setEmail] = useState("");
  const shared = { email, onEmail: setEmail };
  return (
    <Frame expired={expired}>
      <Switch>
        <Route path="/sign-in">
          <SignInForm {...shared} />
        </Route>
        {config.signUp && (
          <Route path="/sign-up">
            <SignUpForm {...shared} />
          </Route>
        )}
        <Route path="/forgotten">
          <ForgottenForm {...shared} />
        </Route>
        <Route>
          <Redirect to="/sign-in" replace state={{ from: pathname + search }} />
        </Route>
      </Switch>
    </Frame>
  );
}

function Frame({ expired, children }: { expired: boolean; children: ReactNode }) {
  const { t } = useTranslation();
  useTitle(t("signIn.title"));
  return (
    <div className="door">
      <main className="door-card" id="content">
        <div className="door-brand">
          <img src="/icon.svg" alt="" width={44} height={44} />
          <div>
            <p className="door-name">Sightline</p>
            <p className="muted small">{t("tagline")}</p>
          </div>
        </div>
        {expired && (
          <div className="notice" role="status">
            <Icon name="key" /> {t("signIn.expired")}
          </div>
        )}
        {children}
      </main>
      <footer className="door-foot">
        <LanguageChooser />
      </footer>
    </div>
  );
}
