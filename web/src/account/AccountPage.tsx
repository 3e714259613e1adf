import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useServices, useSession } from "../services";
import { Dialog } from "../ui/Dialog";
import { useExplain } from "../ui/explain";
import { Icon } from "../ui/Icon";
import { say } from "../ui/toasts";
import { useTitle } from "../ui/useTitle";
import { eraseAccount, exportAccount } from "./everything";
import { PasswordField } from "./fields";
import { Field, Form } from "./Form";
import { LanguageChooser, ThemeChooser } from "./Preferences";
import "./account.css";

export default function AccountPage() {
  const { t } = useTranslation();
  const session = useSession();
  const services = useServices();
  useTitle(t("nav.account"));

  async function signOut() {
    // While it is still known whose pictures they are.
    await services.deletions.finish();
    await services.session.signOut();
  }

  return (
    <main className="page stack" id="content">
      <div className="row">
        <div className="grow">
          <h1>{t("nav.account")}</h1>
          <p className="muted cut" dir="auto">
            {session.kind === "in" && session.email}
          </p>
        </div>
        <button type="button" className="button" onClick={() => void signOut()}>
          {t("account.signOut")}
        </button>
      </div>
      <div className="account-grid">
        <section className="card stack">
          <h2>{t("account.look")}</h2>
          <ThemeChooser />
          <LanguageChooser />
        </section>
        <section className="card">
          <PasswordChange />
        </section>
        <Everything />
      </div>
    </main>
  );
}

function PasswordChange() {
  const { t } = useTranslation();
  const { session } = useServices();
  const [previous, setPrevious] = useState("");
  const [proposed, setProposed] = useState("");

  async function change() {
    await session.changePassword(previous, proposed);
    setPrevious("");
    setProposed("");
    say({ text: t("password.changed") });
  }

  return (
    <Form title={t("password.change")} heading="h2" submit={t("password.change")} onSubmit={change}>
      <PasswordField label={t("password.previous")} value={previous} onValue={setPrevious} />
      <PasswordField isNew value={proposed} onValue={setProposed} />
    </Form>
  );
}

/** Taking everything along, and leaving nothing behind. */
function Everything() {
  const { t } = useTranslation();
  const { api } = useServices();
  const explain = useExplain();
  const [exporting, setExporting] = useState(false);
  const [erasing, setErasing] = useState(false);

  async function takeAlong() {
    setExporting(true);
    try {
      await exportAccount(api);
    } catch (error) {
      say({ tone: "bad", text: explain(error) });
    } finally {
      setExporting(false);
    }
  }

  return (
    <section className="card stack">
      <h2>{t("account.everything")}</h2>
      <p className="muted">{t("account.exportText")}</p>
      <div>
        <button type="button" className="button" disabled={exporting} onClick={() => void takeAlong()}>
          {exporting ? <span className="spinner" /> : <Icon name="download" />} {t("account.export")}
        </button>
      </div>
      <p className="muted">{t("account.eraseText")}</p>
      <div>
        <button type="button" className="button bad" onClick={() => setErasing(true)}>
          <Icon name="trash" /> {t("account.erase")}
        </button>
      </div>
      {erasing && <Erasure onClose={() => setErasing(false)} />}
    </section>
  );
}

function Erasure({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useServices();
  const queries = useQueryClient();
  const [typed, setTyped] = useState("");
  const [remaining, setRemaining] = useState<number | null>(null);
  const word = t("account.eraseWord");

  async function erase() {
    if (typed.trim().toLowerCase() !== word.toLowerCase()) return;
    await eraseAccount(api, setRemaining);
    await queries.resetQueries();
    say({ text: t("account.erased") });
    onClose();
  }

  return (
    <Dialog title={t("account.erase")} onClose={onClose}>
      <Form title={t("account.eraseAsk")} heading="h2" submit={t("account.eraseSubmit")} onSubmit={erase}>
        <p>{t("account.eraseFinal")}</p>
        <Field label={t("account.eraseType", { word })} value={typed} onValue={setTyped} autoComplete="off" />
        {remaining !== null && <p role="status">{t("account.remaining", { count: remaining })}</p>}
      </Form>
    </Dialog>
  );
}
