import { Dialog } from "./Dialog";
import { Icon } from "./Icon";
import { showToast } from "./toasts";

interface Props {
  title: string;
  text: string;
  /** Accessible name of the secret. */
  label: string;
  secret: string;
  /** Text of the button. */
  copy: string;
  copied: string;
  onClose: () => void;
}

/** Shows a secret, which cannot be shown again. */
export function SecretDialog({ title, text, label, secret, copy, copied, onClose }: Props) {
  async function copySecret() {
    await navigator.clipboard.writeText(secret);
    showToast({ text: copied });
  }

  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      <input className="input secret" dir="ltr" readOnly value={secret} aria-label={label} onFocus={(event) => event.target.select()} />
      <div className="dialog-footer">
        <button type="button" className="button primary" data-autofocus="" onClick={() => void copySecret()}>
          <Icon name="key" size={18} /> {copy}
        </button>
      </div>
    </Dialog>
  );
}
