import { useId, useState, type ComponentProps, type FormEvent, type ReactNode } from "react";
import { Icon } from "../ui/Icon";
import { useExplain } from "../ui/explain";

interface FormProps {
  /** What stands over it where nothing else says it. */
  title?: string;
  heading?: "h1" | "h2";
  submit: string;
  onSubmit: () => Promise<void>;
  children: ReactNode;
  after?: ReactNode;
}

/** A form that is sent once at a time, and says why it failed. */
export function Form({ title, heading: Heading = "h1", submit, onSubmit, children, after }: FormProps) {
  const explain = useExplain();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  async function send(event: FormEvent) {
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
    <form className="stack" onSubmit={(event) => void send(event)}>
      {title && <Heading>{title}</Heading>}
      {error !== null && (
        <div className="notice bad" role="alert">
          <Icon name="warning" /> {explain(error)}
        </div>
      )}
      {children}
      <button type="submit" className="button primary" disabled={busy}>
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
