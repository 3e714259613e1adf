import type { FormEvent, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "../ui/Dialog";

interface Props {
  /** Says what is changed, and how many. */
  title: string;
  submit: string;
  disabled: boolean;
  count: number;
  /** Images that are finished; null before the start. */
  finished: number | null;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}

/** A form for a change to many images, with its progress. */
export function BulkDialog({ title, submit, disabled, count, finished, onSubmit, onClose, children }: Props) {
  const { t } = useTranslation();
  const busy = finished !== null;
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          if (!disabled && !busy) onSubmit();
        }}
      >
        <fieldset className="stack" disabled={busy}>
          {children}
        </fieldset>
        {busy && (
          <progress className="progress" value={finished} max={count} aria-label={title} />
        )}
        <div className="dialog-footer">
          <button type="button" className="button" onClick={onClose}>
            {t("cancel")}
          </button>
          <button type="submit" className="button primary" disabled={disabled || busy}>
            {submit}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
