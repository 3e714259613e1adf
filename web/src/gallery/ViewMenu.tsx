import { useId } from "react";
import { useTranslation } from "react-i18next";
import { useStore, type Store } from "../store";
import { Popover } from "../ui/Popover";
import { density, DENSITIES, sort } from "./preferences";
import { SORTS } from "./sort";

const SORT_NAMES = SORTS.map((each) => ({ value: each, name: `arrange.${each.order}_${each.sort}` as const }));
const DENSITY_NAMES = DENSITIES.map((each) => ({ value: each, name: `arrange.${each}` as const }));

/** A menu of the order and the size of photos. */
export function ViewMenu() {
  const { t } = useTranslation();
  return (
    <Popover icon="view" label={t("arrange.label")} className="view-menu">
      {() => (
        <>
          <Choices store={sort} choices={SORT_NAMES} title="arrange.sort" />
          <Choices store={density} choices={DENSITY_NAMES} title="arrange.density" />
        </>
      )}
    </Popover>
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
