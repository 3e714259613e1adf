import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { usePictures } from "../api/pictures";
import type { Picture } from "../api/types";
import { Chips } from "../filters/Chips";
import { EVERYTHING, isNarrow, writeFilter } from "../filters/filter";
import { FilterPanel } from "../filters/FilterPanel";
import { SearchBox } from "../filters/SearchBox";
import { useFilter } from "../filters/useFilter";
import { useDelete } from "../picture/useDelete";
import { Dialog } from "../ui/Dialog";
import { Failure } from "../ui/Failure";
import { Icon } from "../ui/Icon";
import { Bones } from "./Bones";
import { Grid, type GridHandle } from "./Grid";
import { Months } from "./Months";
import { Selection } from "./selection";
import { SelectionBar } from "./SelectionBar";
import "./gallery.css";

interface Props {
  /** An album's id, of whose pictures this is then. */
  album?: string;
  head?: ReactNode;
  /** What stands where there are no pictures at all. */
  empty: ReactNode;
}

/** Pictures newest first, to be searched, filtered and selected. */
export function Gallery({ album, head, empty }: Props) {
  const { t } = useTranslation();
  const [filter, change] = useFilter(album ?? null);
  const { pictures, isPending, isError, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage, isPlaceholderData } =
    usePictures(filter);
  const selection = useMemo(() => new Selection(), []);
  const [choosing, setChoosing] = useState(false);
  const [month, setMonth] = useState("");
  const grid = useRef<GridHandle>(null);
  const remove = useDelete();

  useEffect(() => {
    selection.keepOnly(new Set(pictures.map((picture) => picture.id)));
  }, [pictures, selection]);

  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  const base = album ? `/albums/${album}` : "";
  const query = writeFilter({ ...filter, ...(album ? { album: null } : {}) }).toString();
  const linkTo = useCallback(
    (picture: Picture) => `${base}/pictures/${picture.id}${query && `?${query}`}`,
    [base, query],
  );

  function removeSelected() {
    remove([...selection.selected.value.ids]);
    selection.clear();
  }

  const nothing = !isPending && !isError && pictures.length === 0 && !hasNextPage;
  return (
    <div className="gallery">
      <aside className="gallery-side" aria-label={t("filter.title")}>
        <FilterPanel filter={filter} onChange={change} />
      </aside>
      <main className="gallery-main" id="content">
        {head}
        <div className="gallery-tools">
          <SearchBox filter={filter} onChange={change} />
          <button type="button" className="button narrow-only" onClick={() => setChoosing(true)}>
            <Icon name="filter" size={18} /> {t("filter.title")}
          </button>
        </div>
        <Chips filter={filter} onChange={change} />
        {isPending && <Bones />}
        {isError && pictures.length === 0 && <Failure error={error} onRetry={() => void refetch()} />}
        {nothing && !isNarrow(filter) && filter.until === null && empty}
        {nothing && (isNarrow(filter) || filter.until !== null) && (
          <div className="empty">
            <Icon name="search" size={40} />
            <h2>{t("gallery.nothing")}</h2>
            <p>{t("gallery.nothingText")}</p>
            <button type="button" className="button" onClick={() => change({ ...EVERYTHING, album: filter.album })}>
              {t("filter.clear")}
            </button>
          </div>
        )}
        {!nothing && (
          <div className={isPlaceholderData ? "stale" : ""}>
            <Grid
              pictures={pictures}
              selection={selection}
              linkTo={linkTo}
              onEnd={onEnd}
              onMonth={setMonth}
              onDelete={removeSelected}
              handle={grid}
            />
          </div>
        )}
        {isFetchingNextPage && (
          <p className="more" role="status">
            <span className="spinner" />
            <span className="hidden-visually">{t("loading")}</span>
          </p>
        )}
        <SelectionBar selection={selection} album={album} onDelete={removeSelected} />
      </main>
      {!album && (
        <Months
          current={month}
          onChoose={(chosen) => {
            if (!grid.current?.scrollTo(chosen)) change({ until: chosen });
          }}
        />
      )}
      {choosing && (
        <Dialog title={t("filter.title")} onClose={() => setChoosing(false)}>
          <FilterPanel filter={filter} onChange={change} />
          <div className="dialog-foot">
            <button type="button" className="button primary" onClick={() => setChoosing(false)}>
              {t("filter.show")}
            </button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
