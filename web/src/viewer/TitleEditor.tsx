import { useId, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useUpdateImage } from "../api/useImages";
import type { ImageView } from "../api/types";
import { useErrorMessage } from "../ui/errorMessages";
import { Icon } from "../ui/Icon";
import { showToast } from "../ui/toasts";

/** An image's title and description, with a form to edit them. */
export function TitleEditor({ image }: { image: ImageView }) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState(false);
  if (editing) return <Editor image={image} onDone={() => setEditing(false)} />;
  return (
    <section className="details-section">
      <div className="row">
        <p className="grow image-title" dir="auto">
          {image.title ?? <span className="muted">{t("photo.untitled")}</span>}
        </p>
        <button type="button" className="button plain icon compact" aria-label={t("photo.edit")} title={t("photo.edit")} onClick={() => setEditing(true)}>
          <Icon name="edit" size={18} />
        </button>
      </div>
      {image.description && (
        <p className="image-description" dir="auto">
          {image.description}
        </p>
      )}
    </section>
  );
}

function Editor({ image, onDone }: { image: ImageView; onDone: () => void }) {
  const { t } = useTranslation();
  const describeError = useErrorMessage();
  const update = useUpdateImage(image.id);
  const [title, setTitle] = useState(image.title ?? "");
  const [description, setDescription] = useState(image.description ?? "");
  const ids = { title: useId(), description: useId() };

  function save(event: FormEvent) {
    event.preventDefault();
    update.mutate(
      { title: title.trim() || null, description: description.trim() || null },
      { onSuccess: onDone, onError: (error) => void showToast({ tone: "danger", text: describeError(error) }) },
    );
  }

  return (
    <form className="details-section stack" onSubmit={save}>
      <div className="field">
        <label htmlFor={ids.title}>{t("photo.title")}</label>
        <input id={ids.title} className="input" dir="auto" maxLength={200} autoFocus value={title} onChange={(event) => setTitle(event.target.value)} />
      </div>
      <div className="field">
        <label htmlFor={ids.description}>{t("photo.description")}</label>
        <textarea id={ids.description} className="input" dir="auto" rows={3} maxLength={2000} value={description} onChange={(event) => setDescription(event.target.value)} />
      </div>
      <div className="dialog-footer">
        <button type="button" className="button compact" onClick={onDone}>
          {t("cancel")}
        </button>
        <button type="submit" className="button compact primary" disabled={update.isPending}>
          {t("save")}
        </button>
      </div>
    </form>
  );
}
