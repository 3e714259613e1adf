import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Form } from "../account/Form";
import { useShareLinkActions, type ShareTarget } from "../api/shareLinks";
import { Dialog } from "../ui/Dialog";
import { Icon } from "../ui/Icon";
import { showToast } from "../ui/toasts";
import { NEW_LINK, toRequest } from "./shareSettings";
import { ShareSettingsFields } from "./ShareSettingsFields";
import "./sharing.css";

interface Props {
  target: ShareTarget;
  /** Of the image or album. */
  name: string;
  onClose: () => void;
}

/** Creates a link to an image or an album, and shows it once. Load it with `lazyPage`. */
export default function ShareDialog({ target, name, onClose }: Props) {
  const { t } = useTranslation();
  const { create } = useShareLinkActions();
  const [settings, setSettings] = useState(NEW_LINK);

  if (create.data) return <LinkDialog url={linkTo(create.data.token)} name={name} onClose={onClose} />;
  return (
    <Dialog title={t("share.title", { name })} onClose={onClose}>
      <p className="muted">{t("share.text")}</p>
      <Form submit={t("share.create")} onSubmit={async () => void (await create.mutateAsync(toRequest(target, settings)))}>
        <ShareSettingsFields settings={settings} onSettings={setSettings} />
      </Form>
    </Dialog>
  );
}

/** Return the URL of the public page of a link. */
function linkTo(token: string): string {
  return new URL(`/s/${token}`, location.href).href;
}

/** Shows a new link, which cannot be shown again. */
function LinkDialog({ url, name, onClose }: { url: string; name: string; onClose: () => void }) {
  const { t } = useTranslation();

  async function copy() {
    await navigator.clipboard.writeText(url);
    showToast({ text: t("share.copied") });
  }

  return (
    <Dialog title={t("share.created")} onClose={onClose}>
      <p>{t("share.createdText")}</p>
      <input
        className="input secret"
        dir="ltr"
        readOnly
        value={url}
        aria-label={t("share.link")}
        onFocus={(event) => event.target.select()}
      />
      <div className="dialog-footer">
        {"share" in navigator && (
          // A rejected promise means that the user closed the sheet of the device.
          <button type="button" className="button" onClick={() => void navigator.share({ title: name, url }).catch(() => {})}>
            {t("share.send")}
          </button>
        )}
        <button type="button" className="button primary" data-autofocus="" onClick={() => void copy()}>
          <Icon name="link" size={18} /> {t("share.copy")}
        </button>
      </div>
    </Dialog>
  );
}
