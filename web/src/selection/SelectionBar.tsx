import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useRemoval } from "../albums/useRemoval";
import { useAlbumActions } from "../api/albums";
import { updateImages, type BatchChanges } from "../api/bulk";
import { findInLists } from "../api/images";
import { useDeleteImages } from "../deletions/useDeleteImages";
import type { Selection } from "../gallery/selection";
import { useServices } from "../services";
import { useStore } from "../useStore";
import { useErrorMessage } from "../ui/errorMessages";
import { Icon, type IconName } from "../ui/Icon";
import { Popover, PopoverItem } from "../ui/Popover";
import { showToast } from "../ui/toasts";
import { RemovalBar } from "./RemovalBar";
import { SelectionToolbar } from "./SelectionToolbar";
import { useBulk } from "./useBulk";
import { useDownload } from "./useDownload";

const AlbumChooser = lazy(() => import("../albums/AlbumChooser"));
const LabelsDialog = lazy(() => import("./LabelsDialog"));
const DatesDialog = lazy(() => import("./DatesDialog"));
const PlacesDialog = lazy(() => import("./PlacesDialog"));
const AnalyzeDialog = lazy(() => import("./AnalyzeDialog"));
const TrashDialog = lazy(() => import("./TrashDialog"));

interface Props {
  selection: Selection;
  /** The album of the page, if it has one. */
  album?: string | undefined;
  /** Photos of others. */
  others: ReadonlySet<string>;
  /** Whether the dialog that moves the selection to the trash is open. */
  deleting: boolean;
  onDeleting: (deleting: boolean) => void;
}

/** Actions on the selected images. */
export default function SelectionBar({ others, ...props }: Props) {
  const { selection, album } = props;
  const { ids } = useStore(selection.selected);
  if (album && [...ids].some((id) => others.has(id))) return <RemovalBar album={album} selection={selection} hasOthers />;
  return <OwnActions {...props} />;
}

/** Each action says how many images it concerns. */
function OwnActions({ selection, album, deleting, onDeleting }: Omit<Props, "others">) {
  const { t } = useTranslation();
  const describeError = useErrorMessage();
  const removeImages = useRemoval(album ?? "");
  const { ids } = useStore(selection.selected);
  const { update } = useAlbumActions();
  const { api, queries } = useServices();
  const { run } = useBulk();
  const deleteImages = useDeleteImages();
  const download = useDownload();
  const [dialog, setDialog] = useState<"album" | "labels" | "dates" | "places" | "analyze" | null>(null);
  const count = ids.size;
  const list = [...ids];

  const summaries = list.flatMap((id) => findInLists(queries, id) ?? []);
  const favorite = summaries.length > 0 && summaries.every((image) => image.favorite);
  const archived = summaries.length > 0 && summaries.every((image) => image.archived);

  function change(changes: BatchChanges, describe: (count: number) => string) {
    void run((onProgress) => updateImages(api, queries, list, changes, onProgress), describe);
    selection.clear();
  }

  const toggleFavorite = () =>
    change({ favorite: !favorite }, (done) => t(favorite ? "bulk.unfavoriteDone" : "bulk.favoriteDone", { count: done }));
  const toggleArchived = () =>
    change({ archived: !archived }, (done) => t(archived ? "bulk.unarchiveDone" : "bulk.archiveDone", { count: done }));

  function removeFromAlbum() {
    void removeImages(list);
    selection.clear();
  }

  function setCover() {
    const [cover_id] = ids;
    if (!album || !cover_id) return;
    update.mutate(
      { id: album, cover_id },
      {
        onSuccess: () => void showToast({ text: t("album.coverSet") }),
        onError: (error) => void showToast({ tone: "danger", text: describeError(error) }),
      },
    );
    selection.clear();
  }

  function deleteSelected() {
    deleteImages(list);
    onDeleting(false);
    selection.clear();
  }

  const close = () => setDialog(null);
  const finish = () => {
    close();
    selection.clear();
  };
  return (
    <>
      <SelectionToolbar selection={selection}>
        <BarButton icon="download" text={t("bulk.download", { count })} onClick={() => download(list)} />
        <BarButton
          icon={favorite ? "heartFilled" : "heart"}
          text={t(favorite ? "bulk.unfavorite" : "bulk.favorite", { count })}
          onClick={toggleFavorite}
        />
        <BarButton icon="album" text={t("bulk.addToAlbum", { count })} onClick={() => setDialog("album")} />
        <Popover icon="more" label={t("bulk.more", { count })} className="above">
          {(closeMenu) => {
            const open = (next: typeof dialog) => () => {
              closeMenu();
              setDialog(next);
            };
            return (
              <div className="popover-items">
                {album && <PopoverItem icon="minus" text={t("bulk.removeFromAlbum", { count })} onClick={removeFromAlbum} />}
                {album && count === 1 && <PopoverItem icon="images" text={t("album.setCover")} onClick={setCover} />}
                <PopoverItem icon="archive" text={t(archived ? "bulk.unarchive" : "bulk.archive", { count })} onClick={toggleArchived} />
                <PopoverItem
                  icon="rotate"
                  text={t("bulk.rotate", { count })}
                  onClick={() => change({ rotate_by: 90 }, (done) => t("bulk.rotateDone", { count: done }))}
                />
                <PopoverItem icon="tag" text={t("bulk.labels", { count })} onClick={open("labels")} />
                <PopoverItem icon="calendar" text={t("bulk.dates", { count })} onClick={open("dates")} />
                <PopoverItem icon="pin" text={t("bulk.places", { count })} onClick={open("places")} />
                <PopoverItem icon="eye" text={t("bulk.analyze", { count })} onClick={open("analyze")} />
              </div>
            );
          }}
        </Popover>
        <BarButton icon="trash" danger text={t("bulk.trash", { count })} onClick={() => onDeleting(true)} />
      </SelectionToolbar>
      <Suspense>
        {dialog === "album" && <AlbumChooser ids={list} onClose={close} onDone={finish} />}
        {dialog === "labels" && <LabelsDialog ids={list} onClose={close} />}
        {dialog === "dates" && <DatesDialog ids={list} onClose={close} />}
        {dialog === "places" && <PlacesDialog ids={list} onClose={close} />}
        {dialog === "analyze" && <AnalyzeDialog ids={list} onClose={close} />}
        {deleting && count > 0 && <TrashDialog count={count} onConfirm={deleteSelected} onClose={() => onDeleting(false)} />}
      </Suspense>
    </>
  );
}

interface BarButtonProps {
  icon: IconName;
  text: string;
  danger?: boolean;
  onClick: () => void;
}

function BarButton({ icon, text, danger = false, onClick }: BarButtonProps) {
  return (
    <button type="button" className={`button plain icon ${danger ? "danger" : ""}`} aria-label={text} title={text} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}
