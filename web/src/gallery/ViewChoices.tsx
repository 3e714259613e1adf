import { useId } from "react";
import { useTranslation } from "react-i18next";
import { useAlbumActions } from "../api/albums";
import { useScope } from "../filters/scope";
import { useStore } from "../useStore";
import { useErrorMessage } from "../ui/errorMessages";
import { showToast } from "../ui/toasts";
import { density, DENSITIES, sort } from "./preferences";
import { MANUAL, sortName, SORTS, type Sort } from "./sort";
import { useSort } from "./useSort";

const DENSITY_NAMES = DENSITIES.map((each) => ({ value: each, name: `arrange.${each}` as const }));

const nameSort = (value: Sort) => ({ value, name: `arrange.${sortName(value)}` as const });
const SORT_NAMES = SORTS.map(nameSort);
const ALBUM_SORT_NAMES = [...SORT_NAMES, nameSort(MANUAL)];

/** The order of the list, which an album keeps for all who see it, and the size of photos in this browser. */
export default function ViewChoices() {
  const { t } = useTranslation();
  const describeError = useErrorMessage();
  const album = useScope().fixed.album ?? null;
  const { update } = useAlbumActions();
  const order = useSort();
  const size = useStore(density);

  function changeOrder(value: Sort) {
    if (!album) return sort.set(value);
    update.mutate(
      { id: album, sort: sortName(value) },
      { onError: (error) => void showToast({ tone: "danger", text: describeError(error) }) },
    );
  }

  return (
    <>
      <Choices
        title={t(album ? "arrange.albumSort" : "arrange.sort")}
        choices={album ? ALBUM_SORT_NAMES : SORT_NAMES}
        chosen={order}
        onChoose={changeOrder}
      />
      <Choices title={t("arrange.density")} choices={DENSITY_NAMES} chosen={size} onChoose={(value) => density.set(value)} />
    </>
  );
}

type ChoiceName = (typeof ALBUM_SORT_NAMES | typeof DENSITY_NAMES)[number]["name"];

interface ChoicesProps<T> {
  title: string;
  choices: readonly { value: T; name: ChoiceName }[];
  chosen: T;
  onChoose: (value: T) => void;
}

function Choices<T>({ title, choices, chosen, onChoose }: ChoicesProps<T>) {
  const { t } = useTranslation();
  const group = useId();
  return (
    <fieldset className="choices">
      <legend>{title}</legend>
      {choices.map(({ value, name }) => (
        <label key={name} className="choice">
          <input type="radio" name={group} checked={value === chosen} onChange={() => onChoose(value)} />
          {t(name)}
        </label>
      ))}
    </fieldset>
  );
}
