import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "wouter";
import { navigate } from "wouter/use-browser-location";
import { Problem } from "sightline-client";
import { useImage } from "../api/useImages";
import type { ImageSummary, ImageView } from "../api/types";
import { useImageName } from "../gallery/useImageName";
import { useCurrentLocation, type NavigationState } from "../router";
import { useServices } from "../services";
import { useStore } from "../store";
import { PageSpinner } from "../ui/PageSpinner";
import { LoadError } from "../ui/LoadError";
import { Icon } from "../ui/Icon";
import NotFoundPage from "../ui/NotFoundPage";
import { useShortcuts } from "../ui/useShortcuts";
import { useDocumentTitle } from "../ui/useDocumentTitle";
import { DetailsPanel } from "./DetailsPanel";
import { findRegions } from "./regions";
import { Stage } from "./Stage";
import { useNeighbors } from "./useNeighbors";
import { useDeleteImages } from "../deletions/useDeleteImages";
import "./viewer.css";

export default function ImagePage() {
  const { id = "", album } = useParams();
  const { image, summary, isPending, isError, error, refetch } = useImage(id);
  if (summary && (image || isPending)) return <Viewer summary={summary} image={image} album={album ?? null} />;
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
  album: string | null;
}

function Viewer({ summary, image, album }: ViewerProps) {
  const { id } = summary;
  const { t } = useTranslation();
  const { deletions } = useServices();
  const hidden = useStore(deletions.hidden).has(id);
  const { list, previous, next, linkTo } = useNeighbors(summary, album);
  const [boxes, setBoxes] = useState(false);
  const [group, setGroup] = useState<string | null>(null);
  const deleteImages = useDeleteImages();
  const name = useImageName(summary);
  const regions = useMemo(() => (image ? findRegions(image, t("faces.face")) : []), [image, t]);
  useDocumentTitle(name);
  useEffect(() => setGroup(null), [id]);

  const { state } = useCurrentLocation();
  const go = (to: ImageSummary | null) => to && navigate(linkTo(to.id), { replace: true, state });
  const goBack = () => (state.fromList ? history.back() : navigate(list));
  const rtl = () => document.documentElement.dir === "rtl";
  function deleteImage() {
    deleteImages([id], () => navigate(linkTo(id)));
    const target = next ?? previous;
    if (target) go(target);
    else goBack();
  }
  useShortcuts({
    ArrowLeft: () => go(rtl() ? next : previous),
    ArrowRight: () => go(rtl() ? previous : next),
    Escape: goBack,
    b: () => setBoxes(!boxes),
    Delete: deleteImage,
  });
  useSwipe((direction) => go((direction > 0) === rtl() ? next : previous));

  return (
    <div className="viewer">
      <main className="viewer-main" id="content">
        <div className="viewer-toolbar">
          <Link
            className="button plain icon"
            to={list}
            aria-label={t("photo.back")}
            onClick={(event) => {
              event.preventDefault();
              goBack();
            }}
          >
            <Icon name="back" />
          </Link>
          <h1 className="viewer-title truncate grow" dir="auto">
            {name}
          </h1>
          {regions.length > 0 && (
            <button type="button" className="button plain" aria-pressed={boxes} aria-label={t("photo.showBoxes")} onClick={() => setBoxes(!boxes)}>
              <Icon name="boxes" /> <span className="button-label">{t("photo.showBoxes")}</span>
            </button>
          )}
          <button
            type="button"
            className="button plain icon"
            aria-label={t("delete")}
            title={t("delete")}
            disabled={hidden}
            onClick={deleteImage}
          >
            <Icon name="trash" />
          </button>
        </div>
        <Stage
          image={summary}
          renditions={image?.renditions.items ?? null}
          name={name}
          regions={regions}
          boxes={boxes}
          group={group}
          onGroup={setGroup}
        />
        <nav className="viewer-nav" aria-label={t("photo.navigation")}>
          <NavButton to={previous && linkTo(previous.id)} state={state} icon="back" text={t("photo.previous")} />
          <NavButton to={next && linkTo(next.id)} state={state} icon="next" text={t("photo.next")} />
        </nav>
      </main>
      <DetailsPanel key={id} image={image} group={group} onGroup={setGroup} />
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

/** Minimum horizontal distance of a swipe. */
const SWIPE_PIXELS = 60;

function useSwipe(onSwipe: (direction: number) => void) {
  const current = useRef(onSwipe);
  current.current = onSwipe;
  useEffect(() => {
    let start: Touch | null = null;
    const onTouchStart = (event: TouchEvent) => {
      const inside = (event.target as HTMLElement).closest(".stage") !== null;
      start = inside && event.touches.length === 1 ? (event.touches[0] ?? null) : null;
    };
    const onTouchEnd = (event: TouchEvent) => {
      const touch = event.changedTouches[0];
      if (!start || !touch) return;
      const [across, down] = [touch.clientX - start.clientX, touch.clientY - start.clientY];
      if (Math.abs(across) > SWIPE_PIXELS && Math.abs(across) > 2 * Math.abs(down)) current.current(Math.sign(across));
    };
    addEventListener("touchstart", onTouchStart, { passive: true });
    addEventListener("touchend", onTouchEnd, { passive: true });
    return () => {
      removeEventListener("touchstart", onTouchStart);
      removeEventListener("touchend", onTouchEnd);
    };
  }, []);
}
