import { Suspense, useCallback, useEffect, useMemo, useRef, useState, type ComponentProps, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { fetchMonth } from "../api/images";
import type { ImageSummary } from "../api/types";
import { FilterPanel } from "../filters/FilterPanel";
import { imagePath, serializeWithin, useScope } from "../filters/scope";
import { SearchBox } from "../filters/SearchBox";
import { useFilter } from "../filters/useFilter";
import { useServices } from "../services";
import { useStore } from "../useStore";
import { Dialog } from "../ui/Dialog";
import { useSetFavorite } from "../api/useImages";
import { useErrorMessage } from "../ui/errorMessages";
import { lazyPage } from "../ui/lazyPage";
import { LoadError } from "../ui/LoadError";
import { Icon } from "../ui/Icon";
import { showToast } from "../ui/toasts";
import { endFirstPaint } from "./firstPaint";
import { GallerySkeleton } from "./GallerySkeleton";
import { Grid, type GridHandle } from "./Grid";
import type { Extent } from "./layout";
import { Scrubber } from "./Scrubber";
import { Selection } from "./selection";
import { useSections, type Contributions } from "./useSections";
import { useSort } from "./useSort";
import { ViewMenu } from "./ViewMenu";
import "./gallery.css";

const FilterChips = lazyPage(() => import("../filters/FilterChips"));
const NoResults = lazyPage(() => import("../filters/NoResults"));
const SelectionBar = lazyPage(() => import("../selection/SelectionBar"));

interface Props {
  header?: ReactNode;
  /** Shown if there are no images at all. */
  empty: ReactNode;
  /** Images of others on the page. */
  contributions?: Contributions | null;
}

/** The images of the page by day and month, with search, filters, a scrubber and selection. */
export function Gallery({ header, empty, contributions }: Props) {
  const { t } = useTranslation();
  const { api, queries } = useServices();
  const describeError = useErrorMessage();
  const [filter, change] = useFilter();
  const scope = useScope();
  const sort = useSort();
  const list = useSections(filter, sort, contributions);
  const { sections, isTimeline, isPending, error } = list;
  const selection = useMemo(() => new Selection(), []);
  const [filtering, setFiltering] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const [view, setView] = useState<{ months: readonly Extent[]; current: string }>({ months: [], current: "" });
  const grid = useRef<GridHandle>(null);

  useEffect(() => {
    if (!isPending) return endFirstPaint();
  }, [isPending]);
  useEffect(() => {
    selection.retain(new Set(sections.flatMap((section) => section.images.map((image) => image.id))));
  }, [sections, selection]);
  const others = useMemo(() => {
    const images = contributions ? sections.flatMap((section) => section.images) : [];
    return new Set(images.filter(({ contributor }) => contributor !== undefined).map(({ id }) => id));
  }, [contributions, sections]);
  const isDeletable = () => [...selection.selected.value.ids].every((id) => !others.has(id));

  const query = serializeWithin(filter, scope).toString();
  const linkTo = useCallback(
    (image: ImageSummary) => `${imagePath(scope, image)}${query && `?${query}`}`,
    [scope, query],
  );
  const onMonths = useCallback(
    (months: readonly Extent[], current: string) =>
      setView((before) => (before.months === months && before.current === current ? before : { months, current })),
    [],
  );
  const setFavorite = useSetFavorite();
  const selectMonth = useCallback(
    async (month: string) => {
      const loaded = sections.find((section) => section.month === month);
      if (!loaded) return;
      try {
        const images = loaded.images.length < loaded.count && isTimeline ? await fetchMonth(api, queries, month, sort) : loaded.images;
        selection.toggleAll(images.map((image) => image.id));
      } catch (reason) {
        showToast({ tone: "danger", text: describeError(reason) });
      }
    },
    [sections, isTimeline, api, queries, sort, selection, describeError],
  );

  const isEmpty = !isPending && !error && sections.length === 0 && !list.hasMore;
  const isFiltered = query !== "";
  return (
    <div className={`gallery ${isTimeline ? "with-scrubber" : ""}`}>
      <aside className="gallery-sidebar" aria-label={t("filter.title")}>
        <FilterPanel filter={filter} onChange={change} />
      </aside>
      <main className="gallery-main" id="content">
        {header}
        <div className="gallery-toolbar">
          <SearchBox filter={filter} onChange={change} />
          <button type="button" className="button narrow-only" aria-label={t("filter.title")} onClick={() => setFiltering(true)}>
            <Icon name="filter" size={18} /> <span className="button-label">{t("filter.title")}</span>
          </button>
          <ViewMenu />
        </div>
        <Suspense>{isFiltered && <FilterChips filter={filter} onChange={change} />}</Suspense>
        {isPending && <GallerySkeleton />}
        {Boolean(error) && <LoadError error={error} onRetry={list.refetch} />}
        {isEmpty && !isFiltered && empty}
        <Suspense>{isEmpty && isFiltered && <NoResults filter={filter} onChange={change} />}</Suspense>
        {!isEmpty && (
          <div className={list.isStale ? "stale" : ""}>
            <Grid
              sections={sections}
              sort={sort}
              list={`${scope.path}?${query} ${sort.order} ${sort.sort}`}
              selection={selection}
              linkTo={linkTo}
              onLoad={list.load}
              onEnd={list.loadMore}
              onSelectMonth={selectMonth}
              onFavorite={setFavorite}
              onMonths={onMonths}
              onDelete={() => setDeleting(isDeletable())}
              handle={grid}
            />
          </div>
        )}
        {list.isLoadingMore && (
          <p className="load-more" role="status">
            <span className="spinner" />
            <span className="visually-hidden">{t("loading")}</span>
          </p>
        )}
        <LazySelectionBar selection={selection} album={scope.fixed.album ?? undefined} others={others} deleting={deleting} onDeleting={setDeleting} />
      </main>
      {isTimeline && view.months.length > 1 && (
        <nav className="gallery-scrubber" aria-label={t("gallery.months")}>
          <Scrubber months={view.months} current={view.current} onJump={(month) => grid.current?.scrollTo(month)} />
        </nav>
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

/** The bar is loaded with the first selection. */
function LazySelectionBar(props: ComponentProps<typeof SelectionBar>) {
  const { ids } = useStore(props.selection.selected);
  const [used, setUsed] = useState(false);
  useEffect(() => {
    if (ids.size > 0) setUsed(true);
  }, [ids]);
  return <Suspense>{used && <SelectionBar {...props} />}</Suspense>;
}
