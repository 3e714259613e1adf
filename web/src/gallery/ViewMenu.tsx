import { useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useStore, type Store } from "../store";
import { Icon } from "../ui/Icon";
import { density, DENSITIES, sort } from "./preferences";
import { SORTS } from "./sort";

const SORT_NAMES = SORTS.map((each) => ({ value: each, name: `arrange.${each.order}_${each.sort}` as const }));
const DENSITY_NAMES = DENSITIES.map((each) => ({ value: each, name: `arrange.${each}` as const }));

/** A button with a menu of the order and the size of photos. */
export function ViewMenu() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const element = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    if (!open) return;
    const close = (event: Event) => {
      if (!element.current?.contains(event.target as Node)) setOpen(false);
    };
    addEventListener("pointerdown", close);
    addEventListener("focusin", close);
    return () => {
      removeEventListener("pointerdown", close);
      removeEventListener("focusin", close);
    };
  }, [open]);
  return (
    <div
      ref={element}
      className="view-menu"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open) return;
        event.stopPropagation();
        setOpen(false);
        element.current?.querySelector("button")?.focus();
      }}
    >
      <button
        type="button"
        className="button icon"
        aria-label={t("arrange.label")}
        title={t("arrange.label")}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        <Icon name="view" />
      </button>
      {open && (
        <div id={id} className="popover">
          <Choices store={sort} choices={SORT_NAMES} title="arrange.sort" />
          <Choices store={density} choices={DENSITY_NAMES} title="arrange.density" />
        </div>
      )}
    </div>
  );
}

interface ChoicesProps<T> {
  store: Store<T>;
  choices: readonly { value: T; name: (typeof SORT_NAMES)[number]["name"] | (typeof DENSITY_NAMES)[number]["name"] }[];
  title: "arrange.sort" | "arrange.density";
}

function Choices<T>({ store, choices, title }: ChoicesProps<T>) {
  const { t } = useTranslation();
  const chosen = useStore(store);
  const name = useId();
  return (
    <fieldset className="choices">
      <legend>{t(title)}</legend>
      {choices.map((choice) => (
        <label key={choice.name} className="choice">
          <input type="radio" name={name} checked={choice.value === chosen} onChange={() => store.set(choice.value)} />
          {t(choice.name)}
        </label>
      ))}
    </fieldset>
  );
}
