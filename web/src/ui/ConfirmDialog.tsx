import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "./Dialog";
import { useErrorMessage } from "./errorMessages";
import { Icon, type IconName } from "./Icon";

interface Props {
  /** A question that names its object and how many it concerns. */
  title: string;
  children: ReactNode;
  /** Text of the red button. */
  confirm: string;
  icon?: IconName;
  /** The dialog is closed once it succeeds; its error is shown. */
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

/** Asks before something that cannot be undone. The focus starts on "Cancel". */
export function ConfirmDialog({ title, children, confirm, icon = "trash", onConfirm, onClose }: Props) {
  const { t } = useTranslation();
  const describeError = useErrorMessage();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  async function run() {
    setBusy(true);
    setError(null);
    try {
      await onConfirm();
      onClose();
    } catch (caught) {
      setError(caught);
      setBusy(false);
    }
  }

  return (
    <Dialog title={title} onClose={onClose}>
      {error !== null && (
        <div className="notice danger" role="alert">
          <Icon name="warning" /> {describeError(error)}
        </div>
      )}
      <div>{children}</div>
      <div className="dialog-footer">
        <button type="button" className="button" data-autofocus="" onClick={onClose}>
          {t("cancel")}
        </button>
        <button type="button" className="button destructive" disabled={busy} onClick={() => void run()}>
          {busy ? <span className="spinner" /> : <Icon name={icon} size={18} />} {confirm}
        </button>
      </div>
    </Dialog>
  );
}
