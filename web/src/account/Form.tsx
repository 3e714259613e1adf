import { useId, useState, type ComponentProps, type FormEvent, type ReactNode } from "react";
import { Icon } from "../ui/Icon";
import { useErrorMessage } from "../ui/errorMessages";

interface FormProps {
  /** Heading; omitted if the form is inside a titled dialog. */
  title?: string;
  heading?: "h1" | "h2";
  submit: string;
  /** Whether submitting deletes something. */
  danger?: boolean;
  /** Whether what is submitted is incomplete. */
  disabled?: boolean;
  onSubmit: () => Promise<void>;
  children: ReactNode;
  after?: ReactNode;
}

/** A form that submits once at a time and shows its error. */
export function Form({ title, heading: Heading = "h1", submit, danger = false, disabled = false, onSubmit, children, after }: FormProps) {
  const describeError = useErrorMessage();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  async function submitForm(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      await onSubmit();
    } catch (caught) {
      setError(caught);
    } finally {
      setBusy(false);
    }
  }

  return (
    <form className="stack" onSubmit={(event) => void submitForm(event)}>
      {title && <Heading>{title}</Heading>}
      {error !== null && (
        <div className="notice danger" role="alert">
          <Icon name="warning" /> {describeError(error)}
        </div>
      )}
      {children}
      <button type="submit" className={`button ${danger ? "destructive" : "primary"}`} disabled={busy || disabled}>
        {busy && <span className="spinner" />}
        {submit}
      </button>
      {after}
    </form>
  );
}

interface FieldProps extends Omit<ComponentProps<"input">, "onChange"> {
  label: string;
  hint?: string;
  onValue: (value: string) => void;
}

export function Field({ label, hint, onValue, ...input }: FieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="input"
        required
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onValue(event.target.value)}
        {...input}
      />
      {hint && (
        <p id={`${id}-hint`} className="muted small">
          {hint}
        </p>
      )}
    </div>
  );
}
