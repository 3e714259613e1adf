import { useEffect, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { navigate } from "wouter/use-browser-location";
import { decodePlaceholder } from "../gallery/placeholder";
import { useFormat } from "../i18n/format";
import { useCurrentLocation } from "../router";
import { downloadUrl } from "../ui/download";
import { useErrorMessage } from "../ui/errorMessages";
import { Icon } from "../ui/Icon";
import { showToast } from "../ui/toasts";
import { useDocumentTitle } from "../ui/useDocumentTitle";
import { useShortcuts } from "../ui/useShortcuts";
import { useSharedImage, type SharedImage, type SharedImages, type SharedImageSummary, type SharedView } from "./publicApi";

/** Minimum horizontal distance of a swipe, CSS pixels. */
const SWIPE_PIXELS = 50;

interface Props {
  shared: SharedImages;
  view: Pick<SharedView, "kind" | "title" | "original">;
  id: string;
  /** All images, as far as they are loaded. */
  images: readonly SharedImageSummary[];
  /** Who added the image. */
  credit?: string | undefined;
  actions?: ReactNode;
}

/** One shared image, full-bleed on dark. */
export function PublicViewer({ shared, view, id, images, credit, actions }: Props) {
  const { t } = useTranslation();
  const describeError = useErrorMessage();
  const { state } = useCurrentLocation();
  const image = useSharedImage(shared, id).data ?? null;
  const at = images.findIndex((each) => each.id === id);
  const summary = images[at] ?? null;
  const [busy, setBusy] = useState(false);
  const name = image?.title ?? t("public.numbered", { number: Math.max(1, at + 1) });
  const list = shared.path;
  const canDownload = image?.original ?? view.original;
  const linkTo = (index: number) => (images[index] ? shared.imagePath(images[index]) : null);
  const [previous, next] = at < 0 ? [null, null] : [linkTo(at - 1), linkTo(at + 1)];
  const isAlbum = view.kind === "album";
  useDocumentTitle(view.title ?? name);

  const go = (to: string | null) => to && navigate(to, { replace: true, state });
  const goBack = () => isAlbum && (state.fromList ? history.back() : navigate(list));
  const forward = (right: boolean) => right !== (document.documentElement.dir === "rtl");
  useShortcuts({
    ArrowRight: () => go(forward(true) ? next : previous),
    ArrowLeft: () => go(forward(false) ? next : previous),
    Escape: goBack,
  });
  const swipe = useSwipe((left) => go(forward(left) ? next : previous));

  async function downloadOriginal() {
    setBusy(true);
    try {
      const { url, file_name } = await shared.fetchOriginal(id);
      downloadUrl(url, file_name);
    } catch (error) {
      showToast({ tone: "danger", text: describeError(error) });
    } finally {
      setBusy(false);
    }
  }

  return (
    <main className="public-viewer" id="content" {...swipe}>
      <div className="public-toolbar">
        {isAlbum && (
          <Link
            className="public-button"
            to={list}
            aria-label={t("public.close")}
            title={t("public.close")}
            onClick={(event) => {
              event.preventDefault();
              goBack();
            }}
          >
            <Icon name="back" />
          </Link>
        )}
        <h1 className="truncate grow" dir="auto">
          {name}
        </h1>
        {actions}
        {canDownload && (
          <button type="button" className="public-button" disabled={busy} onClick={() => void downloadOriginal()}>
            {busy ? <span className="spinner" /> : <Icon name="download" />} <span>{t("public.download")}</span>
          </button>
        )}
      </div>
      <Photo key={id} image={image} summary={summary} name={name} />
      {previous && (
        <Link className="public-step previous" to={previous} replace state={state} aria-label={t("photo.previous")}>
          <Icon name="back" size={26} />
        </Link>
      )}
      {next && (
        <Link className="public-step next" to={next} replace state={state} aria-label={t("photo.next")}>
          <Icon name="next" size={26} />
        </Link>
      )}
      {image && <Caption image={image} credit={credit} />}
    </main>
  );
}

function Photo({ image, summary, name }: { image: SharedImage | null; summary: SharedImageSummary | null; name: string }) {
  const shown = image?.renditions.toSorted((a, b) => a.width - b.width) ?? [summary?.thumbnail, summary?.preview].filter((each) => each != null);
  const largest = shown.at(-1);
  const background = decodePlaceholder((image ?? summary)?.placeholder ?? null);
  if (!largest) return <div className="public-photo" />;
  return (
    <div className="public-photo">
      <img
        src={largest.url}
        srcSet={shown.map((each) => `${each.url} ${each.width}w`).join(", ")}
        sizes="100vw"
        width={largest.width}
        height={largest.height}
        alt={name}
        style={background ? { backgroundImage: `url(${background})` } : undefined}
      />
    </div>
  );
}

/** What is shown of the metadata. */
function Caption({ image, credit }: { image: SharedImage; credit: string | undefined }) {
  const format = useFormat();
  const { capture, place, description } = image;
  const names = [place?.city, place?.region, place?.country].filter(Boolean).join(", ");
  const facts = [capture?.taken_at_local && format.dateTime(capture.taken_at_local), capture?.camera, names, credit].filter(Boolean);
  if (!description && facts.length === 0) return null;
  return (
    <div className="public-caption">
      {description && <p dir="auto">{description}</p>}
      {facts.length > 0 && <p className="small">{facts.join(" · ")}</p>}
    </div>
  );
}

/** Handlers of a horizontal swipe with one finger; `onSwipe` receives whether it went left. */
function useSwipe(onSwipe: (left: boolean) => void) {
  const start = useRef<{ x: number; y: number } | null>(null);
  useEffect(() => () => void (start.current = null), []);
  return {
    onTouchStart: ({ touches }: React.TouchEvent) => {
      const touch = touches.length === 1 ? touches[0] : undefined;
      start.current = touch ? { x: touch.clientX, y: touch.clientY } : null;
    },
    onTouchEnd: ({ changedTouches }: React.TouchEvent) => {
      const touch = changedTouches[0];
      if (!start.current || !touch) return;
      const [across, down] = [touch.clientX - start.current.x, touch.clientY - start.current.y];
      start.current = null;
      if (Math.abs(across) > SWIPE_PIXELS && Math.abs(across) > 2 * Math.abs(down)) onSwipe(across < 0);
    },
  };
}
