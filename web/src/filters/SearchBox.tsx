import { useDeferredValue, useId, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { useLabels, useWords } from "../api/account";
import { useAlbums } from "../api/albums";
import { useFormat } from "../i18n/format";
import { Icon, type IconName } from "../ui/Icon";
import { useShortcuts } from "../ui/useShortcuts";
import { lastWord, type Filter } from "./filter";
import { useScope } from "./scope";
import "./filters.css";

interface Props {
  filter: Filter;
  onChange: (change: Partial<Filter>) => void;
}

interface Suggestion {
  key: string;
  icon: IconName;
  text: string;
  count: number | null;
  change: Partial<Filter>;
}

const MAX_LABELS = 6;
const MAX_WORDS = 5;
const MAX_ALBUMS = 3;

/** How a word is suggested, by the first of its fields; any other field has plain words. */
const WORD_KINDS: Record<string, { icon: IconName; text: "search.camera" | "search.place" } | undefined> = {
  camera: { icon: "camera", text: "search.camera" },
  place: { icon: "pin", text: "search.place" },
};

/** A combobox for words in any field, labels, cameras, places, albums, and text in photos. */
export function SearchBox({ filter, onChange }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState("");
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const suggestions = useSuggestions(typed.trim(), filter, open);
  const expanded = open && typed.trim() !== "" && suggestions.length > 0;
  useShortcuts({ "/": () => input.current?.focus() });

  function choose(suggestion: Suggestion | undefined) {
    if (!suggestion) return;
    onChange(suggestion.change);
    setTyped("");
    setActive(0);
  }

  function onKeyDown(event: KeyboardEvent) {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (expanded && step) {
      setActive((active + step + suggestions.length) % suggestions.length);
      event.preventDefault();
    } else if (expanded && event.key === "Enter") {
      choose(suggestions[Math.min(active, suggestions.length - 1)]);
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
        aria-expanded={expanded}
        aria-controls={`${id}-suggestions`}
        aria-autocomplete="list"
        aria-activedescendant={expanded ? `${id}-${Math.min(active, suggestions.length - 1)}` : undefined}
        autoComplete="off"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setActive(0);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      <ul id={`${id}-suggestions`} className="suggestions" role="listbox" aria-label={t("search.suggestions")} hidden={!expanded}>
        {suggestions.map((suggestion, index) => (
          <li
            key={suggestion.key}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            // Before the input loses focus, which closes the list.
            onPointerDown={(event) => {
              event.preventDefault();
              choose(suggestion);
            }}
          >
            <Icon name={suggestion.icon} size={18} />
            <span className="grow truncate" dir="auto">
              {suggestion.text}
            </span>
            {suggestion.count !== null && <span className="muted small">{format.number(suggestion.count)}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}

/**
 * Return suggestions, first to search all fields for what was typed. Albums are loaded with the first focus.
 * Only labels and words may be late: Enter must act on what the input shows, also while the page is busy.
 */
function useSuggestions(typed: string, filter: Filter, isOpen: boolean): Suggestion[] {
  const { t } = useTranslation();
  const isAlbum = useScope().fixed.album !== undefined;
  const deferred = useDeferredValue(typed);
  const found = useLabels(deferred, MAX_LABELS).data ?? [];
  const known = useWords(deferred, MAX_WORDS).data ?? [];
  const { albums } = useAlbums({ enabled: isOpen && !isAlbum });
  if (!typed) return [];
  const start = typed.toLowerCase();
  const labels = found
    .filter(({ name }) => name.toLowerCase().startsWith(start) && !filter.labels.includes(name))
    .map(({ name, images }) => ({
      key: `label ${name}`,
      icon: "tag" as const,
      text: name,
      count: images,
      change: { labels: [...filter.labels, name], excludedLabels: filter.excludedLabels.filter((each) => each !== name) },
    }));
  const last = lastWord(typed);
  const before = typed.slice(0, typed.length - last.length);
  const words = (last ? known : [])
    // Labels are suggested as such.
    .filter(({ word, fields }) => word.startsWith(last) && fields.some((field) => field !== "label"))
    .map(({ word, images, fields }) => {
      const kind = WORD_KINDS[fields.find((field) => field in WORD_KINDS) ?? ""];
      return {
        key: `word ${word}`,
        icon: kind?.icon ?? ("text" as const),
        text: kind ? t(kind.text, { name: word.charAt(0).toUpperCase() + word.slice(1) }) : word,
        count: images,
        change: { words: `${filter.words} ${before}${word}`.trim() },
      };
    });
  const inAlbums = albums
    .filter(({ id, title }) => title.toLowerCase().includes(start) && id !== filter.album && !isAlbum)
    .slice(0, MAX_ALBUMS)
    .map(({ id, title, images }) => ({
      key: `album ${id}`,
      icon: "album" as const,
      text: t("search.album", { title }),
      count: images,
      change: { album: id },
    }));
  const everywhere = {
    key: "words",
    icon: "search" as const,
    text: t("search.everywhere", { text: typed }),
    count: null,
    change: { words: filter.words ? `${filter.words} ${typed}` : typed },
  };
  const text = {
    key: "text",
    icon: "text" as const,
    text: t("search.text", { text: typed }),
    count: null,
    change: { text: [...new Set([...filter.text, ...typed.split(/\s+/)])] },
  };
  return [everywhere, ...labels, ...words, ...inAlbums, text];
}
