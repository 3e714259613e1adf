import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Form } from "../account/Form";
import { useShareLinkActions, type ShareTarget } from "../api/shareLinks";
import { useServices } from "../services";
import { Dialog } from "../ui/Dialog";
import { Icon } from "../ui/Icon";
import { showToast } from "../ui/toasts";
import { MembersPanel, RemovalDialog, type Removal } from "./MembersPanel";
import { NEW_LINK, toRequest } from "./shareSettings";
import { ShareSettingsFields } from "./ShareSettingsFields";
import "../account/account.css";
import "./sharing.css";

/** Whom an album is shared with: anyone who has a link, or invited people. */
type ShareKind = "anyone" | "invite";

interface Props {
  target: ShareTarget;
  /** Of the image or album. */
  name: string;
  onClose: () => void;
}

/**
 * Creates a link to an image or an album, and shows it once; invites people to an album. Load it with
 * `lazyPage`.
 */
export default function ShareDialog({ target, name, onClose }: Props) {
  const { t } = useTranslation();
  const { config } = useServices();
  const { create } = useShareLinkActions();
  const [settings, setSettings] = useState(NEW_LINK);
  const [kind, setKind] = useState<ShareKind>("anyone");
  const [invited, setInvited] = useState<{ email: string; token: string } | null>(null);
  const [removal, setRemoval] = useState<Removal | null>(null);
  const album = "album_id" in target ? target.album_id : null;

  if (create.data) {
    // The page of the API has a preview for messages, and continues to the viewer on its own origin.
    const url = resolvePath(config.api ? `/s/${create.data.token}` : `${create.data.path}/page`);
    return <LinkDialog title={t("share.created")} text={t("share.createdText")} label={t("share.link")} url={url} name={name} onClose={onClose} />;
  }
  if (invited) {
    return (
      <LinkDialog
        title={t("members.created")}
        text={t("members.createdText", { email: invited.email })}
        label={t("members.link")}
        url={resolvePath(`/invitations/${invited.token}`)}
        name={name}
        onClose={() => setInvited(null)}
      />
    );
  }
  return (
    <>
      <Dialog title={t("share.title", { name })} onClose={onClose}>
        {album && <KindChooser kind={kind} onKind={setKind} />}
        {album && kind === "invite" ? (
          <MembersPanel album={album} onInvited={(email, token) => setInvited({ email, token })} onRemove={setRemoval} />
        ) : (
          <>
            <p className="muted">{t("share.text")}</p>
            <Form submit={t("share.create")} onSubmit={async () => void (await create.mutateAsync(toRequest(target, settings)))}>
              <ShareSettingsFields settings={settings} onSettings={setSettings} />
            </Form>
          </>
        )}
      </Dialog>
      {album && removal && <RemovalDialog album={album} title={name} removal={removal} onClose={() => setRemoval(null)} />}
    </>
  );
}

function KindChooser({ kind, onKind }: { kind: ShareKind; onKind: (kind: ShareKind) => void }) {
  const { t } = useTranslation();
  return (
    <fieldset className="field">
      <legend className="label">{t("members.kind")}</legend>
      <div className="segmented-control">
        {(["anyone", "invite"] as const).map((each) => (
          <label key={each}>
            <input type="radio" name="share-kind" checked={kind === each} onChange={() => onKind(each)} />
            <span>{t(`members.${each}`)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Return the URL of a page of this application. */
function resolvePath(path: string): string {
  return new URL(path, location.href).href;
}

interface LinkDialogProps {
  title: string;
  text: string;
  /** Accessible name of the link. */
  label: string;
  url: string;
  /** Of what the link shows. */
  name: string;
  onClose: () => void;
}

/** Shows a new link, which cannot be shown again. */
function LinkDialog({ title, text, label, url, name, onClose }: LinkDialogProps) {
  const { t } = useTranslation();

  async function copy() {
    await navigator.clipboard.writeText(url);
    showToast({ text: t("share.copied") });
  }

  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      <input
        className="input secret"
        dir="ltr"
        readOnly
        value={url}
        aria-label={label}
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
