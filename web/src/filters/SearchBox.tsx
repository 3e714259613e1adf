import { useDeferredValue, useId, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { useLabels } from "../api/account";
import { useFormat } from "../i18n/format";
import { Icon } from "../ui/Icon";
import { useKeys } from "../ui/useKeys";
import type { Filter } from "./filter";
import "./filters.css";

interface Props {
  filter: Filter;
  onChange: (change: Partial<Filter>) => void;
}

interface Choice {
  key: string;
  icon: "tag" | "text";
  text: string;
  count: number | null;
  change: Partial<Filter>;
}

const MOST = 8;

/** One box for both: labels that begin like what is typed, and words within pictures. */
export function SearchBox({ filter, onChange }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState("");
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const choices = useChoices(useDeferredValue(typed.trim()), filter);
  const listed = open && typed.trim() !== "" && choices.length > 0;
  useKeys({ "/": () => input.current?.focus() });

  function choose(choice: Choice | undefined) {
    if (!choice) return;
    onChange(choice.change);
    setTyped("");
    setActive(0);
  }

  function press(event: KeyboardEvent) {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (listed && step) {
      setActive((active + step + choices.length) % choices.length);
      event.preventDefault();
    } else if (listed && event.key === "Enter") {
      choose(choices[Math.min(active, choices.length - 1)]);
      event.preventDefault();
    } else if (event.key === "Escape") {
      setTyped("");
      input.current?.blur();
    }
  }

  return (
    <div className="search">
      <Icon name="search" size={18} />
      <input
        ref={input}
        className="input"
        type="search"
        role="combobox"
        aria-label={t("search.label")}
        placeholder={t("search.label")}
        aria-expanded={listed}
        aria-controls={`${id}-choices`}
        aria-autocomplete="list"
        aria-activedescendant={listed ? `${id}-${Math.min(active, choices.length - 1)}` : undefined}
        autoComplete="off"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setActive(0);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={press}
      />
      <ul id={`${id}-choices`} className="choices" role="listbox" aria-label={t("search.choices")} hidden={!listed}>
        {choices.map((choice, index) => (
          <li
            key={choice.key}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            // Before the box loses its focus, and with that the list.
            onPointerDown={(event) => {
              event.preventDefault();
              choose(choice);
            }}
          >
            <Icon name={choice.icon} size={18} />
            <span className="grow cut" dir="auto">
              {choice.text}
            </span>
            {choice.count !== null && <span className="muted small">{format.number(choice.count)}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}

function useChoices(typed: string, filter: Filter): Choice[] {
  const { t } = useTranslation();
  const found = useLabels(typed, MOST).data ?? [];
  if (!typed) return [];
  const fitting = found.filter(({ name }) => name.toLowerCase().startsWith(typed.toLowerCase()));
  const labels = fitting
    .filter(({ name }) => !filter.labels.includes(name))
    .map(({ name, images }) => ({
      key: `label ${name}`,
      icon: "tag" as const,
      text: name,
      count: images,
      change: { labels: [...filter.labels, name], without: filter.without.filter((each) => each !== name) },
    }));
  const words = typed.split(/\s+/);
  const text = {
    key: "text",
    icon: "text" as const,
    text: t("search.text", { text: typed }),
    count: null,
    change: { text: [...new Set([...filter.text, ...words])] },
  };
  return [...labels, text];
}
