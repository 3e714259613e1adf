import { useId, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useChangePicture } from "../api/pictures";
import type { Picture } from "../api/types";
import { useExplain } from "../ui/explain";
import { Icon } from "../ui/Icon";
import { say } from "../ui/toasts";

/** Title and description, to be read and to be written. */
export function Words({ picture }: { picture: Picture }) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState(false);
  if (editing) return <Editor picture={picture} onDone={() => setEditing(false)} />;
  return (
    <section className="detail words-of">
      <div className="row">
        <p className="grow words-title" dir="auto">
          {picture.title ?? <span className="muted">{t("picture.untitled")}</span>}
        </p>
        <button type="button" className="button plain icon compact" aria-label={t("picture.edit")} title={t("picture.edit")} onClick={() => setEditing(true)}>
          <Icon name="edit" size={18} />
        </button>
      </div>
      {picture.description && (
        <p className="words-text" dir="auto">
          {picture.description}
        </p>
      )}
    </section>
  );
}

function Editor({ picture, onDone }: { picture: Picture; onDone: () => void }) {
  const { t } = useTranslation();
  const explain = useExplain();
  const change = useChangePicture(picture.id);
  const [title, setTitle] = useState(picture.title ?? "");
  const [description, setDescription] = useState(picture.description ?? "");
  const ids = { title: useId(), description: useId() };

  function save(event: FormEvent) {
    event.preventDefault();
    change.mutate(
      { title: title.trim() || null, description: description.trim() || null },
      { onSuccess: onDone, onError: (error) => void say({ tone: "bad", text: explain(error) }) },
    );
  }

  return (
    <form className="detail stack" onSubmit={save}>
      <div className="field">
        <label htmlFor={ids.title}>{t("picture.title")}</label>
        <input id={ids.title} className="input" dir="auto" maxLength={200} autoFocus value={title} onChange={(event) => setTitle(event.target.value)} />
      </div>
      <div className="field">
        <label htmlFor={ids.description}>{t("picture.description")}</label>
        <textarea id={ids.description} className="input" dir="auto" rows={3} maxLength={2000} value={description} onChange={(event) => setDescription(event.target.value)} />
      </div>
      <div className="dialog-foot">
        <button type="button" className="button compact" onClick={onDone}>
          {t("cancel")}
        </button>
        <button type="submit" className="button compact primary" disabled={change.isPending}>
          {t("save")}
        </button>
      </div>
    </form>
  );
}
