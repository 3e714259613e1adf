import { Suspense, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Redirect, Route, Switch } from "wouter";
import { useCurrentLocation } from "../router";
import { useServices } from "../services";
import { Icon } from "../ui/Icon";
import { lazyPage } from "../ui/lazyPage";
import { useDocumentTitle } from "../ui/useDocumentTitle";
import { ResetPasswordForm } from "./ResetPasswordForm";
import { LanguageChooser } from "./Preferences";
import { SignInForm } from "./SignInForm";
import { CALLBACK_PATH } from "../session/signInPage";
import { SignInPageCallback } from "./SignInPageCallback";
import { SignUpForm } from "./SignUpForm";
import "./account.css";

const InvitationNotice = lazyPage(() => import("../invitations/SignInNotice"));

/** Pages for users who are not signed in. */
export default function SignedOutPages({ expired }: { expired: boolean }) {
  const { config } = useServices();
  const { pathname, search } = useCurrentLocation();
  // The email address is shared by all forms.
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
        {config.cognito.domain && (
          <Route path={CALLBACK_PATH}>
            <SignInPageCallback />
          </Route>
        )}
        <Route path="/forgot-password">
          <ResetPasswordForm {...shared} />
        </Route>
        <Route>
          <Redirect to="/sign-in" replace state={{ from: pathname + search }} />
          {/* Shown before the redirect has an effect, so that the card does not grow. */}
          <SignInForm {...shared} />
        </Route>
      </Switch>
    </Frame>
  );
}

function Frame({ expired, children }: { expired: boolean; children: ReactNode }) {
  const { t } = useTranslation();
  const { state } = useCurrentLocation();
  useDocumentTitle(t("signIn.title"));
  return (
    <div className="auth-page">
      <main className="auth-card" id="content">
        <div className="auth-brand">
          <img src="/icon.svg" alt="" width={44} height={44} />
          <div>
            <p className="auth-brand-name">Sightline</p>
            <p className="muted small">{t("tagline")}</p>
          </div>
        </div>
        {expired && (
          <div className="notice" role="status">
            <Icon name="key" /> {t("signIn.expired")}
          </div>
        )}
        {state.from?.startsWith("/invitations/") && (
          <Suspense>
            <InvitationNotice />
          </Suspense>
        )}
        {children}
      </main>
      <footer className="auth-footer">
        <LanguageChooser />
      </footer>
    </div>
  );
}
