import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { navigate } from "wouter/use-browser-location";
import { useServices } from "../services";
import { completeSignIn } from "../session/signInPage";
import { useErrorMessage } from "../ui/errorMessages";
import { Icon } from "../ui/Icon";

/** Ends a sign-in on the page of the user pool, which redirects here. */
export function SignInPageCallback() {
  const { t } = useTranslation();
  const { session, config } = useServices();
  const describeError = useErrorMessage();
  const [error, setError] = useState<unknown>(null);
  // The code works once, and React's strict mode runs effects twice.
  const isStarted = useRef(false);

  useEffect(() => {
    if (isStarted.current) return;
    isStarted.current = true;
    completeSignIn(config, location.search).then(({ email, tokens, from }) => {
      // The code must not stay in the history.
      navigate(location.pathname, { replace: true, state: { from } });
      session.start(email, tokens, true);
    }, setError);
  }, [config, session]);

  if (error === null) return <span className="spinner" role="status" aria-label={t("loading")} />;
  return (
    <div className="stack">
      <div className="notice danger" role="alert">
        <Icon name="warning" /> {describeError(error)}
      </div>
      <Link to="/sign-in" replace>
        {t("signIn.back")}
      </Link>
    </div>
  );
}
