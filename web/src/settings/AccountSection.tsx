import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useServices, useSession } from "../services";
import { Dialog } from "../ui/Dialog";
import { useErrorMessage } from "../ui/errorMessages";
import { Icon } from "../ui/Icon";
import { showToast } from "../ui/toasts";
import { deleteAccountData, exportAccountData } from "../account/accountData";
import { PasswordField } from "../account/fields";
import { Field, Form } from "../account/Form";
import { Mfa } from "../account/Mfa";

/** The signed-in user, how the user signs in, and all of the user's data. */
export function AccountSection() {
  const { t } = useTranslation();
  const session = useSession();
  const services = useServices();

  async function signOut() {
    // Requests in progress need the session.
    await services.deletions.flush();
    await services.session.signOut();
  }

  return (
    <>
      <section className="card row">
        <div className="grow">
          <h2>{t("settings.signedInAs")}</h2>
          <p className="muted truncate" dir="auto">
            {session.kind === "signedIn" && session.email}
          </p>
        </div>
        <button type="button" className="button" onClick={() => void signOut()}>
          {t("account.signOut")}
        </button>
      </section>
      {session.kind === "signedIn" && !session.fromPage && (
        <>
          <section className="card">
            <PasswordChange />
          </section>
          <Mfa />
        </>
      )}
      <YourData />
    </>
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
    <Dialog title={t("account.deleteQuestion")} onClose={onClose}>
      <Form submit={t("account.delete")} danger onSubmit={deleteData}>
        <p>{t("account.deleteWarning")}</p>
        <Field label={t("account.deleteConfirm", { word })} value={typed} onValue={setTyped} autoComplete="off" />
        {remaining !== null && <p role="status">{t("account.remaining", { count: remaining })}</p>}
      </Form>
    </Dialog>
  );
}
