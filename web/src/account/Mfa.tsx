import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useServices, useSession } from "../services";
import { Dialog } from "../ui/Dialog";
import { LoadError } from "../ui/LoadError";
import { showToast } from "../ui/toasts";
import { CodeField } from "./fields";
import { Form } from "./Form";
import { MfaSetup } from "./MfaSetup";

const QUERY_KEY = ["mfa"];

/** Set up and turn off the authenticator app of the user. */
export function Mfa() {
  const { t } = useTranslation();
  const { session } = useServices();
  const queries = useQueryClient();
  const [dialog, setDialog] = useState<"enable" | "disable" | null>(null);
  const enabled = useQuery({
    queryKey: QUERY_KEY,
    queryFn: async () => session.cognito.isMfaEnabled(await session.token()),
  });

  const finish = (on: boolean) => {
    queries.setQueryData(QUERY_KEY, on);
    setDialog(null);
    showToast({ text: t(on ? "mfa.enabled" : "mfa.disabled") });
  };
  return (
    <section className="card stack">
      <h2>{t("mfa.title")}</h2>
      <p className="muted">{t(enabled.data ? "mfa.enabled" : "mfa.text")}</p>
      {enabled.isError && <LoadError error={enabled.error} onRetry={() => void enabled.refetch()} />}
      {enabled.data !== undefined && (
        <div>
          <button type="button" className="button" onClick={() => setDialog(enabled.data ? "disable" : "enable")}>
            {t(enabled.data ? "mfa.disable" : "mfa.setUp")}
          </button>
        </div>
      )}
      {dialog === "enable" && <EnableDialog onEnabled={() => finish(true)} onClose={() => setDialog(null)} />}
      {dialog === "disable" && <DisableDialog onDisabled={() => finish(false)} onClose={() => setDialog(null)} />}
    </section>
  );
}

function EnableDialog({ onEnabled, onClose }: { onEnabled: () => void; onClose: () => void }) {
  const { t } = useTranslation();
  const { session } = useServices();
  const user = useSession();
  const [code, setCode] = useState("");
  const secret = useQuery({
    queryKey: ["mfaSecret"],
    queryFn: async () => session.cognito.createMfaSecret(await session.token()),
    // Every dialog has a secret of its own, which is not kept.
    gcTime: 0,
    staleTime: Infinity,
  });
  const email = user.kind === "signedIn" ? user.email : "";

  async function enable() {
    await session.cognito.enableMfa(await session.token(), code.trim());
    onEnabled();
  }

  return (
    <Dialog title={t("mfa.setUp")} onClose={onClose}>
      {secret.isError && <LoadError error={secret.error} onRetry={() => void secret.refetch()} />}
      {secret.data && (
        <Form submit={t("mfa.turnOn")} onSubmit={enable}>
          <MfaSetup secret={secret.data} email={email} />
          <CodeField value={code} onValue={setCode} />
        </Form>
      )}
    </Dialog>
  );
}

function DisableDialog({ onDisabled, onClose }: { onDisabled: () => void; onClose: () => void }) {
  const { t } = useTranslation();
  const { session } = useServices();

  async function disable() {
    await session.cognito.disableMfa(await session.token());
    onDisabled();
  }

  return (
    <Dialog title={t("mfa.disableQuestion")} onClose={onClose}>
      <Form submit={t("mfa.disable")} onSubmit={disable}>
        <p>{t("mfa.disableWarning")}</p>
      </Form>
    </Dialog>
  );
}
