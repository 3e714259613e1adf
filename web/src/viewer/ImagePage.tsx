import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "wouter";
import { navigate } from "wouter/use-browser-location";
import { Problem } from "sightline-client";
import { useAlbum } from "../api/albums";
import { useImage, useSetFavorite, useUpdateImage, type ImageChanges } from "../api/useImages";
import type { ImageSummary, ImageView } from "../api/types";
import { isUnavailable } from "../api/unavailable";
import { useDeleteImages } from "../deletions/useDeleteImages";
import { useScope } from "../filters/scope";
import { useImageName } from "../gallery/useImageName";
import { useCurrentLocation, type NavigationState } from "../router";
import { useDownload } from "../selection/useDownload";
import { useServices } from "../services";
import { useStore } from "../useStore";
import { PageSpinner } from "../ui/PageSpinner";
import { useErrorMessage } from "../ui/errorMessages";
import { LoadError } from "../ui/LoadError";
import { Icon } from "../ui/Icon";
import { lazyPage } from "../ui/lazyPage";
import NotFoundPage from "../ui/NotFoundPage";
import { showToast } from "../ui/toasts";
import { useShortcuts } from "../ui/useShortcuts";
import { useDocumentTitle } from "../ui/useDocumentTitle";
import { DetailsPanel } from "./DetailsPanel";
import { detailsShown } from "./preferences";
import { findRegions } from "./regions";
import { Stage, type StageHandle } from "./Stage";
import { Toolbar } from "./Toolbar";
import { useFullScreen } from "./useFullScreen";
import { useIdle } from "./useIdle";
import { useNeighbors } from "./useNeighbors";
import { usePreload } from "./usePreload";
import { useSlideshow } from "./useSlideshow";
import type { Swipe } from "./zoom";
import "./viewer.css";

const AlbumChooser = lazy(() => import("../albums/AlbumChooser"));
const ShareDialog = lazyPage(() => import("../sharing/ShareDialog"));

export default function ImagePage() {
  const { id = "" } = useParams();
  const { image, summary, isPending, isError, error, refetch } = useImage(id);
  const album = useAlbum(useScope().fixed.album ?? null);
  // Its order is that of the list, which would be fetched in another one first.
  if (album.isLoading) return <PageSpinner />;
  // Without a network, the photo of the list is shown.
  if (summary && (image || isPending || isUnavailable(error))) return <Viewer summary={summary} image={image} />;
  if (isError && error instanceof Problem && error.status === 404) return <NotFoundPage />;
  if (isError) {
    return (
      <main id="content">
        <LoadError error={error} onRetry={() => void refetch()} />
      </main>
    );
  }
  return isPending ? <PageSpinner /> : null;
}

interface ViewerProps {
  summary: ImageSummary;
  /** Null until it is loaded. */
  image: ImageView | null;
}

/** One image on the whole screen, with its neighbors, its details and what can be done with it. */
function Viewer({ summary, image }: ViewerProps) {
  const { id } = summary;
  const { t } = useTranslation();
  const { deletions } = useServices();
  const hidden = useStore(deletions.hidden).has(id);
  const { list, previous, next, linkTo } = useNeighbors(summary);
  const [boxes, setBoxes] = useState(false);
  const [group, setGroup] = useState<string | null>(null);
  const [loadedId, setLoadedId] = useState("");
  const [dialog, setDialog] = useState<"album" | "share" | null>(null);
  const [bare, setBare] = useState(false);
  const detailsPreferred = useStore(detailsShown);
  // The details have the reason of a failure.
  const [hidesFailure, setHidesFailure] = useState(false);
  const details = detailsPreferred || (summary.status === "failed" && !hidesFailure);
  const stage = useRef<StageHandle>(null);
  const deleteImages = useDeleteImages();
  const download = useDownload();
  const describeError = useErrorMessage();
  const [isFull, toggleFull] = useFullScreen();
  const name = useImageName(summary);
  const regions = useMemo(() => (image ? findRegions(image, t("faces.face")) : []), [image, t]);
  useDocumentTitle(name);
  useEffect(() => setGroup(null), [id]);
  usePreload(loadedId === id ? [next, previous] : []);

  const { state } = useCurrentLocation();
  const go = (to: ImageSummary | null) => to && navigate(linkTo(to), { replace: true, state });
  const goBack = () => (state.fromList ? history.back() : navigate(list));
  const goNext = useRef(() => {});
  goNext.current = () => go(next);
  const onNext = useCallback(() => goNext.current(), []);
  const [playing, setPlaying] = useSlideshow(id, loadedId === id, next !== null, onNext);
  const idle = useIdle(playing || isFull);
  const rtl = () => document.documentElement.dir === "rtl";
  function toggleDetails() {
    setHidesFailure(details);
    detailsShown.set(!details);
  }

  const setFavorite = useSetFavorite();
  const toggleFavorite = () => setFavorite(id, !summary.favorite);
  const update = useUpdateImage(id);
  const save = (changes: ImageChanges) =>
    update.mutate(changes, { onError: (error) => void showToast({ tone: "danger", text: describeError(error) }) });
  const rotate = () => image && save({ rotation: (image.rotation + 90) % 360 });

  function deleteImage() {
    deleteImages([id], () => navigate(linkTo(summary)));
    const target = next ?? previous;
    if (target) go(target);
    else goBack();
  }

  function onSwipe(swipe: NonNullable<Swipe>) {
    if (swipe === "close") goBack();
    else go(swipe === "next" ? next : previous);
  }

  function startSlideshow() {
    detailsShown.set(false);
    if (toggleFull && !isFull) toggleFull();
    setPlaying(true);
  }

  useShortcuts({
    ArrowLeft: () => go(rtl() ? next : previous),
    ArrowRight: () => go(rtl() ? previous : next),
    Escape: () => (playing ? setPlaying(false) : goBack()),
    "+": () => stage.current?.step(1),
    "=": () => stage.current?.step(1),
    "-": () => stage.current?.step(-1),
    "0": () => stage.current?.reset(),
    b: () => setBoxes(!boxes),
    d: () => download([id]),
    f: () => toggleFull?.(),
    i: toggleDetails,
    l: toggleFavorite,
    r: rotate,
    s: () => (playing ? setPlaying(false) : startSlideshow()),
    Delete: deleteImage,
  });

  return (
    <div className={`viewer ${details ? "with-details" : ""} ${idle || bare ? "bare" : ""} ${idle ? "idle" : ""}`}>
      <main className="viewer-main" id="content">
        <Toolbar
          name={name}
          list={list}
          onBack={goBack}
          details={details}
          onDetails={toggleDetails}
          onDownload={() => download([id])}
          onAddToAlbum={() => setDialog("album")}
          favorite={summary.favorite === true}
          onFavorite={toggleFavorite}
          onShare={() => setDialog("share")}
          onRotate={rotate}
          archived={summary.archived === true}
          onArchive={() => save({ archived: !summary.archived })}
          boxes={regions.length > 0 ? boxes : null}
          onBoxes={() => setBoxes(!boxes)}
          playing={playing}
          onPlay={() => (playing ? setPlaying(false) : startSlideshow())}
          fullScreen={isFull}
          onFullScreen={toggleFull}
          disabled={hidden}
          onDelete={deleteImage}
        />
        <Stage
          image={summary}
          renditions={image?.renditions.items ?? null}
          usesOriginal={image?.rotation === 0}
          name={name}
          regions={regions}
          boxes={boxes}
          group={group}
          onGroup={setGroup}
          onSwipe={onSwipe}
          onTap={() => setBare(!bare)}
          onLoaded={setLoadedId}
          handle={stage}
        />
        <nav className="viewer-nav" aria-label={t("photo.navigation")}>
          <NavButton to={previous && linkTo(previous)} state={state} icon="back" text={t("photo.previous")} />
          <NavButton to={next && linkTo(next)} state={state} icon="next" text={t("photo.next")} />
        </nav>
      </main>
      {details && <DetailsPanel key={id} image={image} group={group} onGroup={setGroup} onClose={toggleDetails} />}
      <Suspense>
        {dialog === "album" && <AlbumChooser ids={[id]} onClose={() => setDialog(null)} onDone={() => setDialog(null)} />}
        {dialog === "share" && <ShareDialog target={{ image_id: id }} name={name} onClose={() => setDialog(null)} />}
      </Suspense>
    </div>
  );
}

interface NavButtonProps {
  to: string | null;
  state: NavigationState;
  icon: "back" | "next";
  text: string;
}

function NavButton({ to, state, icon, text }: NavButtonProps) {
  if (!to) return <span />;
  return (
    <Link className={`viewer-nav-button ${icon}`} to={to} state={state} replace aria-label={text} title={text}>
      <Icon name={icon} size={26} />
    </Link>
  );
}
