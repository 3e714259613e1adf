import {
  closestCenter,
  DndContext,
  KeyboardSensor,
  MouseSensor,
  TouchSensor,
  useSensor,
  useSensors,
  type Announcements,
  type DragEndEvent,
  type UniqueIdentifier,
} from "@dnd-kit/core";
import { rectSortingStrategy, SortableContext, sortableKeyboardCoordinates, useSortable } from "@dnd-kit/sortable";
import { CSS } from "@dnd-kit/utilities";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "wouter";
import { useAlbum, useAlbumActions } from "../api/albums";
import { Thumbnail } from "../gallery/Thumbnail";
import { useImageName } from "../gallery/useImageName";
import { useErrorMessage } from "../ui/errorMessages";
import { QueryState } from "../ui/QueryState";
import { showToast } from "../ui/toasts";
import { useDocumentTitle } from "../ui/useDocumentTitle";
import { TitleRow } from "./TitleRow";
import { useArrangement, type ArrangedImage } from "./useArrangement";
import "../gallery/gallery.css";
import "./albums.css";

/** Width of a photo, CSS pixels. */
const PHOTO_WIDTH = 160;

/** Distance in pixels after which a press of the mouse is a drag. */
const DRAG_PIXELS = 6;

/** How long a finger rests on a photo before it moves it, and how far it may move until then: else it scrolls. */
const TOUCH_MILLISECONDS = 200;
const TOUCH_PIXELS = 8;

/** The photos of an album in the order of its owner, who moves them by drag or with the keyboard. */
export default function ArrangePage() {
  const { t } = useTranslation();
  const { album: id = "" } = useParams();
  const describeError = useErrorMessage();
  const { data: album } = useAlbum(id);
  const { update } = useAlbumActions();
  const { list, images, moveImage } = useArrangement(id);
  const hint = useId();
  useDocumentTitle(album?.title);
  const sensors = useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: DRAG_PIXELS } }),
    useSensor(TouchSensor, { activationConstraint: { delay: TOUCH_MILLISECONDS, tolerance: TOUCH_PIXELS } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const ids = images.map((image) => image.id);
  const onError = (error: unknown) => void showToast({ tone: "danger", text: describeError(error) });

  function onDragEnd({ active, over }: DragEndEvent) {
    if (!over || active.id === over.id) return;
    moveImage(String(active.id), String(over.id), onError);
    // The album shows the order from now on.
    if (album && album.sort !== "manual") update.mutate({ id, sort: "manual" }, { onError });
  }

  return (
    <main className="page stack" id="content">
      <TitleRow
        back={{ to: `/albums/${id}`, text: t("album.back") }}
        title={t("album.arrangeTitle", { title: album?.title ?? "…" })}
        details={
          <p id={hint} className="muted small">
            {t("album.arrangeHint")} <span className="with-keyboard">{t("album.arrangeKeys")}</span>
          </p>
        }
      >
        <Link className="button primary" to={`/albums/${id}`}>
          {t("album.arrangeDone")}
        </Link>
      </TitleRow>
      <QueryState query={list} height={320} />
      <DndContext
        sensors={sensors}
        collisionDetection={closestCenter}
        onDragEnd={onDragEnd}
        accessibility={{ announcements: useAnnouncements(images), screenReaderInstructions: { draggable: t("album.arrangeKeys") } }}
      >
        <SortableContext items={ids} strategy={rectSortingStrategy}>
          <ol className="arrange-grid">
            {images.map((image) => (
              <Photo key={image.id} image={image} />
            ))}
          </ol>
        </SortableContext>
      </DndContext>
      {list.hasNextPage && (
        <button type="button" className="button" disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t("loadMore")}
        </button>
      )}
    </main>
  );
}

function Photo({ image }: { image: ArrangedImage }) {
  const { t } = useTranslation();
  const name = useImageName({ title: image.title, labels: image.labels ?? [] });
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } = useSortable({
    id: image.id,
    attributes: { roleDescription: t("album.arrangePhoto") },
  });
  return (
    <li
      ref={setNodeRef}
      className={isDragging ? "dragging" : ""}
      style={{ transform: CSS.Translate.toString(transform), transition }}
    >
      <button type="button" ref={setActivatorNodeRef} aria-label={name} {...attributes} {...listeners}>
        <Thumbnail image={image} width={PHOTO_WIDTH} alt="" />
      </button>
    </li>
  );
}

/** What a screen reader says while a photo is moved. */
function useAnnouncements(images: readonly ArrangedImage[]): Announcements {
  const { t } = useTranslation();
  const describe = (id: UniqueIdentifier) => ({ position: images.findIndex((image) => image.id === id) + 1, total: images.length });
  return {
    onDragStart: ({ active }) => t("album.arrangePicked", describe(active.id)),
    onDragOver: ({ over }) => (over ? t("album.arrangeMoved", describe(over.id)) : undefined),
    onDragEnd: ({ active, over }) => t("album.arrangeDropped", describe((over ?? active).id)),
    onDragCancel: ({ active }) => t("album.arrangeCanceled", describe(active.id)),
  };
}
