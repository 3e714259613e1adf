import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useImageList } from "../api/useImages";
import type { ImageSummary } from "../api/types";
import { FilterChips } from "../filters/FilterChips";
import { NO_FILTER, hasConditions, serializeFilter } from "../filters/filter";
import { FilterPanel } from "../filters/FilterPanel";
import { SearchBox } from "../filters/SearchBox";
import { useFilter } from "../filters/useFilter";
import { useDeleteImages } from "../deletions/useDeleteImages";
import { Dialog } from "../ui/Dialog";
import { LoadError } from "../ui/LoadError";
import { Icon } from "../ui/Icon";
import { GallerySkeleton } from "./GallerySkeleton";
import { Grid, type GridHandle } from "./Grid";
import { MonthNav } from "./MonthNav";
import { Selection } from "./selection";
import { SelectionBar } from "./SelectionBar";
import "./gallery.css";

interface Props {
  /** Id of the album to show; all images without it. */
  album?: string;
  header?: ReactNode;
  /** Shown if there are no images at all. */
  empty: ReactNode;
}

/** Images, newest first, with search, filters and selection. */
export function Gallery({ album, header, empty }: Props) {
  const { t } = useTranslation();
  const [filter, change] = useFilter(album ?? null);
  const { images, isPending, isError, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage, isPlaceholderData } =
    useImageList(filter);
  const selection = useMemo(() => new Selection(), []);
  const [filtering, setFiltering] = useState(false);
  const [month, setMonth] = useState("");
  const grid = useRef<GridHandle>(null);
  const deleteImages = useDeleteImages();

  useEffect(() => {
    selection.retain(new Set(images.map((image) => image.id)));
  }, [images, selection]);

  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  const base = album ? `/albums/${album}` : "";
  const query = serializeFilter({ ...filter, ...(album ? { album: null } : {}) }).toString();
  const linkTo = useCallback(
    (image: ImageSummary) => `${base}/photos/${image.id}${query && `?${query}`}`,
    [base, query],
  );

  function deleteSelected() {
    deleteImages([...selection.selected.value.ids]);
    selection.clear();
  }

  const isEmpty = !isPending && !isError && images.length === 0 && !hasNextPage;
  const isFiltered = hasConditions(filter) || filter.month !== null;
  return (
    <div className="gallery">
      <aside className="gallery-sidebar" aria-label={t("filter.title")}>
        <FilterPanel filter={filter} onChange={change} />
      </aside>
      <main className="gallery-main" id="content">
        {header}
        <div className="gallery-toolbar">
          <SearchBox filter={filter} onChange={change} />
          <button type="button" className="button narrow-only" onClick={() => setFiltering(true)}>
            <Icon name="filter" size={18} /> {t("filter.title")}
          </button>
        </div>
        <FilterChips filter={filter} onChange={change} />
        {isPending && <GallerySkeleton />}
        {isError && images.length === 0 && <LoadError error={error} onRetry={() => void refetch()} />}
        {isEmpty && !isFiltered && empty}
        {isEmpty && isFiltered && (
          <div className="empty-state">
            <Icon name="search" size={40} />
            <h2>{t("gallery.noResults")}</h2>
            <p>{t("gallery.noResultsText")}</p>
            <button type="button" className="button" onClick={() => change({ ...NO_FILTER, album: filter.album })}>
              {t("filter.clear")}
            </button>
          </div>
        )}
        {!isEmpty && (
          <div className={isPlaceholderData ? "stale" : ""}>
            <Grid
              images={images}
              selection={selection}
              linkTo={linkTo}
              onEnd={onEnd}
              onMonth={setMonth}
              onDelete={deleteSelected}
              handle={grid}
            />
          </div>
        )}
        {isFetchingNextPage && (
          <p className="load-more" role="status">
            <span className="spinner" />
            <span className="visually-hidden">{t("loading")}</span>
          </p>
        )}
        <SelectionBar selection={selection} album={album} onDelete={deleteSelected} />
      </main>
      {!album && (
        <MonthNav
          current={month}
          onSelect={(chosen) => {
            if (!grid.current?.scrollTo(chosen)) change({ month: chosen });
          }}
        />
      )}
      {filtering && (
        <Dialog title={t("filter.title")} onClose={() => setFiltering(false)}>
          <FilterPanel filter={filter} onChange={change} />
          <div className="dialog-footer">
            <button type="button" className="button primary" onClick={() => setFiltering(false)}>
              {t("filter.showPhotos")}
            </button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
