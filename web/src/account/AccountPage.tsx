import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useServices, useSession } from "../services";
import { Dialog } from "../ui/Dialog";
import { useErrorMessage } from "../ui/errorMessages";
import { Icon } from "../ui/Icon";
import { showToast } from "../ui/toasts";
import { useDocumentTitle } from "../ui/useDocumentTitle";
import { ApiKeys } from "./ApiKeys";
import { deleteAccountData, exportAccountData } from "./accountData";
import { PasswordField } from "./fields";
import { Field, Form } from "./Form";
import { Mfa } from "./Mfa";
import { LanguageChooser, ThemeChooser } from "./Preferences";
import "./account.css";

export default function AccountPage() {
  const { t } = useTranslation();
  const session = useSession();
  const services = useServices();
  useDocumentTitle(t("nav.account"));

  async function signOut() {
    // Pending deletions need the session.
    await services.deletions.flush();
    await services.session.signOut();
  }

  return (
    <main className="page stack" id="content">
      <div className="row">
        <div className="grow">
          <h1>{t("nav.account")}</h1>
          <p className="muted truncate" dir="auto">
            {session.kind === "signedIn" && session.email}
          </p>
        </div>
        <button type="button" className="button" onClick={() => void signOut()}>
          {t("account.signOut")}
        </button>
      </div>
      <div className="account-grid">
        <section className="card stack">
          <h2>{t("account.appearance")}</h2>
          <ThemeChooser />
          <LanguageChooser />
        </section>
        {session.kind === "signedIn" && !session.fromPage && (
          <>
            <section className="card">
              <PasswordChange />
            </section>
            <Mfa />
          </>
        )}
        <ApiKeys />
        <YourData />
      </div>
    </main>
  );
}

function PasswordChange() {
  const { t } = useTranslation();
  const { session } = useServices();
  const [current, setCurrent] = useState("");
  const [proposed, setProposed] = useState("");

  async function change() {
    await session.changePassword(current, proposed);
    setCurrent("");
    setProposed("");
    showToast({ text: t("password.changed") });
  }

  return (
    <Form title={t("password.change")} heading="h2" submit={t("password.change")} onSubmit={change}>
      <PasswordField label={t("password.current")} value={current} onValue={setCurrent} />
      <PasswordField isNew value={proposed} onValue={setProposed} />
    </Form>
  );
}

/** Export and deletion of all data. */
function YourData() {
  const { t } = useTranslation();
  const { api } = useServices();
  const describeError = useErrorMessage();
  const [exporting, setExporting] = useState(false);
  const [deleting, setDeleting] = useState(false);

  async function exportData() {
    setExporting(true);
    try {
      await exportAccountData(api);
    } catch (error) {
      showToast({ tone: "danger", text: describeError(error) });
    } finally {
      setExporting(false);
    }
  }

  return (
    <section className="card stack">
      <h2>{t("account.yourData")}</h2>
      <p className="muted">{t("account.exportText")}</p>
      <div>
        <button type="button" className="button" disabled={exporting} onClick={() => void exportData()}>
          {exporting ? <span className="spinner" /> : <Icon name="download" />} {t("account.export")}
        </button>
      </div>
      <p className="muted">{t("account.deleteText")}</p>
      <div>
        <button type="button" className="button danger" onClick={() => setDeleting(true)}>
          <Icon name="trash" /> {t("account.delete")}
        </button>
      </div>
      {deleting && <DeleteDataDialog onClose={() => setDeleting(false)} />}
    </section>
  );
}

function DeleteDataDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useServices();
  const queries = useQueryClient();
  const [typed, setTyped] = useState("");
  const [remaining, setRemaining] = useState<number | null>(null);
  const word = t("account.deleteWord");

  async function deleteData() {
    if (typed.trim().toLowerCase() !== word.toLowerCase()) return;
    await deleteAccountData(api, setRemaining);
    await queries.resetQueries();
    showToast({ text: t("account.deleted") });
    onClose();
  }

  return (
    <Dialog title={t("account.delete")} onClose={onClose}>
      <Form title={t("account.deleteQuestion")} heading="h2" submit={t("account.delete")} onSubmit={deleteData}>
        <p>{t("account.deleteWarning")}</p>
        <Field label={t("account.deleteConfirm", { word })} value={typed} onValue={setTyped} autoComplete="off" />
        {remaining !== null && <p role="status">{t("account.remaining", { count: remaining })}</p>}
      </Form>
    </Dialog>
  );
}
