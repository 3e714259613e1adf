import { useId, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useChangePicture, type Changes } from "../api/pictures";
import type { Picture } from "../api/types";
import { useFormat } from "../i18n/format";
import { useExplain } from "../ui/explain";
import { Icon } from "../ui/Icon";
import { say } from "../ui/toasts";
import { Section, type Pointing } from "./Details";
import { groupOf } from "./regions";

/** What the API takes as a label. */
const LABEL = /^[\p{L}\p{N}_ &'()+,./-]{1,50}$/u;

/** What a picture is found by: recognition's labels, to be hidden, and the owner's own, to be added. */
export function Labels({ picture, group, onGroup }: { picture: Picture } & Pointing) {
  const { t } = useTranslation();
  const format = useFormat();
  const explain = useExplain();
  const change = useChangePicture(picture.id);
  const own = new Set(picture.labels_added);
  const located = new Set(
    (picture.recognition.labels ?? []).filter((label) => label.instances?.length).map((label) => label.name),
  );

  function send(changes: Changes) {
    change.mutate(changes, { onError: (error) => void say({ tone: "bad", text: explain(error) }) });
  }
  const hide = (name: string) =>
    send(
      own.has(name)
        ? { labels_added: picture.labels_added.filter((each) => each !== name) }
        : { labels_hidden: [...picture.labels_hidden, name] },
    );
  const restore = (name: string) => send({ labels_hidden: picture.labels_hidden.filter((each) => each !== name) });

  return (
    <Section title={t("labels.title")}>
      {picture.labels.length === 0 && picture.recognition.state === "succeeded" && <p className="muted small">{t("labels.none")}</p>}
      <ul className="marks">
        {picture.labels.map(({ name, confidence }) => {
          const at = groupOf("thing", name);
          const pointable = located.has(name);
          return (
            <li
              key={name}
              className={`mark ${group === at ? "on" : ""}`}
              onPointerEnter={pointable ? () => onGroup(at) : undefined}
              onPointerLeave={pointable ? () => onGroup(null) : undefined}
            >
              <Link
                className="mark-name cut"
                dir="auto"
                to={`/?label=${encodeURIComponent(name)}`}
                onFocus={pointable ? () => onGroup(at) : undefined}
                onBlur={pointable ? () => onGroup(null) : undefined}
              >
                {name}
              </Link>
              {pointable && (
                <span className="muted" title={t("labels.located")}>
                  <Icon name="boxes" size={14} />
                </span>
              )}
              <span className="grow" />
              <span className="muted small">{own.has(name) ? t("labels.own") : format.share(confidence / 100)}</span>
              <button
                type="button"
                className="button plain icon compact"
                aria-label={t(own.has(name) ? "labels.remove" : "labels.hide", { name })}
                title={t(own.has(name) ? "labels.remove" : "labels.hide", { name })}
                disabled={change.isPending}
                onClick={() => hide(name)}
              >
                <Icon name={own.has(name) ? "close" : "eyeOff"} size={16} />
              </button>
              <span className="mark-bar" style={{ inlineSize: `${confidence}%` }} />
            </li>
          );
        })}
      </ul>
      <Adding disabled={change.isPending} onAdd={(name) => send({ labels_added: [...new Set([...picture.labels_added, name])] })} />
      {picture.labels_hidden.length > 0 && (
        <div className="chips-of">
          <span className="muted small">{t("labels.hidden")}</span>
          {picture.labels_hidden.map((name) => (
            <button key={name} type="button" className="chip" aria-label={t("labels.restore", { name })} onClick={() => restore(name)}>
              <s dir="auto">{name}</s> <Icon name="undo" size={14} />
            </button>
          ))}
        </div>
      )}
    </Section>
  );
}

function Adding({ disabled, onAdd }: { disabled: boolean; onAdd: (name: string) => void }) {
  const { t } = useTranslation();
  const id = useId();
  const [name, setName] = useState("");
  const wrong = name.trim() !== "" && !LABEL.test(name.trim());

  function add(event: FormEvent) {
    event.preventDefault();
    if (wrong || !name.trim()) return;
    onAdd(name.trim());
    setName("");
  }

  return (
    <form className="adding" onSubmit={add}>
      <label className="hidden-visually" htmlFor={id}>
        {t("labels.add")}
      </label>
      <input
        id={id}
        className="input"
        dir="auto"
        maxLength={50}
        placeholder={t("labels.add")}
        value={name}
        aria-invalid={wrong}
        onChange={(event) => setName(event.target.value)}
      />
      <button type="submit" className="button icon" aria-label={t("labels.add")} disabled={disabled || wrong || !name.trim()}>
        <Icon name="plus" />
      </button>
    </form>
  );
}
