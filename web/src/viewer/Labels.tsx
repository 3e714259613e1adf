import { useId, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useUpdateImage, type ImageChanges } from "../api/useImages";
import type { ImageView } from "../api/types";
import { useFormat } from "../i18n/format";
import { LABEL_PATTERN } from "../selection/labels";
import { useErrorMessage } from "../ui/errorMessages";
import { Icon } from "../ui/Icon";
import { showToast } from "../ui/toasts";
import { groupOf, type HighlightProps } from "./regions";
import { Section } from "./Section";

/** An image's labels. Detected labels can be hidden; the owner's can be added and removed. */
export function Labels({ image, group, onGroup }: { image: ImageView } & HighlightProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const describeError = useErrorMessage();
  const update = useUpdateImage(image.id);
  const own = new Set(image.labels_added);
  const located = new Set(
    (image.recognition.labels ?? []).filter((label) => label.instances?.length).map((label) => label.name),
  );

  function save(changes: ImageChanges) {
    update.mutate(changes, { onError: (error) => void showToast({ tone: "danger", text: describeError(error) }) });
  }
  const hide = (name: string) =>
    save(
      own.has(name)
        ? { labels_added: image.labels_added.filter((each) => each !== name) }
        : { labels_hidden: [...image.labels_hidden, name] },
    );
  const restore = (name: string) => save({ labels_hidden: image.labels_hidden.filter((each) => each !== name) });

  return (
    <Section title={t("labels.title")}>
      {image.labels.length === 0 && image.recognition.state === "succeeded" && <p className="muted small">{t("labels.none")}</p>}
      <ul className="detections">
        {image.labels.map(({ name, confidence }) => {
          const labelGroup = groupOf("object", name);
          const hasBoxes = located.has(name);
          return (
            <li
              key={name}
              className={`detection ${group === labelGroup ? "active" : ""}`}
              onPointerEnter={hasBoxes ? () => onGroup(labelGroup) : undefined}
              onPointerLeave={hasBoxes ? () => onGroup(null) : undefined}
            >
              <Link
                className="detection-name truncate"
                dir="auto"
                to={`/?label=${encodeURIComponent(name)}`}
                onFocus={hasBoxes ? () => onGroup(labelGroup) : undefined}
                onBlur={hasBoxes ? () => onGroup(null) : undefined}
              >
                {name}
              </Link>
              {hasBoxes && (
                <span className="muted" title={t("labels.located")}>
                  <Icon name="boxes" size={14} />
                </span>
              )}
              <span className="grow" />
              <span className="muted small">{own.has(name) ? t("labels.own") : format.percent(confidence / 100)}</span>
              <button
                type="button"
                className="button plain icon compact"
                aria-label={t(own.has(name) ? "labels.remove" : "labels.hide", { name })}
                title={t(own.has(name) ? "labels.remove" : "labels.hide", { name })}
                disabled={update.isPending}
                onClick={() => hide(name)}
              >
                <Icon name={own.has(name) ? "close" : "eyeOff"} size={16} />
              </button>
              <span className="confidence-bar" style={{ inlineSize: `${confidence}%` }} />
            </li>
          );
        })}
      </ul>
      <AddLabel disabled={update.isPending} onAdd={(name) => save({ labels_added: [...new Set([...image.labels_added, name])] })} />
      {image.labels_hidden.length > 0 && (
        <div className="chip-list">
          <span className="muted small">{t("labels.hidden")}</span>
          {image.labels_hidden.map((name) => (
            <button key={name} type="button" className="chip" aria-label={t("labels.restore", { name })} onClick={() => restore(name)}>
              <s dir="auto">{name}</s> <Icon name="undo" size={14} />
            </button>
          ))}
        </div>
      )}
    </Section>
  );
}

function AddLabel({ disabled, onAdd }: { disabled: boolean; onAdd: (name: string) => void }) {
  const { t } = useTranslation();
  const id = useId();
  const [name, setName] = useState("");
  const invalid = name.trim() !== "" && !LABEL_PATTERN.test(name.trim());

  function add(event: FormEvent) {
    event.preventDefault();
    if (invalid || !name.trim()) return;
    onAdd(name.trim());
    setName("");
  }

  return (
    <form className="add-label" onSubmit={add}>
      <label className="visually-hidden" htmlFor={id}>
        {t("labels.add")}
      </label>
      <input
        id={id}
        className="input"
        dir="auto"
        maxLength={50}
        placeholder={t("labels.add")}
        value={name}
        aria-invalid={invalid}
        onChange={(event) => setName(event.target.value)}
      />
      <button type="submit" className="button icon" aria-label={t("labels.add")} disabled={disabled || invalid || !name.trim()}>
        <Icon name="plus" />
      </button>
    </form>
  );
}
