import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Form } from "../account/Form";
import { useContributions } from "../api/sharedAlbum";
import { useImageList } from "../api/useImages";
import type { ImageSummary } from "../api/types";
import { NO_FILTER } from "../filters/filter";
import { DEFAULT_SORT } from "../gallery/sort";
import { Thumbnail } from "../gallery/Thumbnail";
import { useImageName } from "../gallery/useImageName";
import { changeSettings } from "../sharing/shareSettings";
import { VisibilityFields } from "../sharing/VisibilityFields";
import { Dialog } from "../ui/Dialog";
import { Icon } from "../ui/Icon";
import { QueryState } from "../ui/QueryState";
import { showToast } from "../ui/toasts";
import "../account/account.css";
import "../sharing/sharing.css";
import "./albums.css";

/** Width of a photo to choose, CSS pixels. */
const PHOTO_WIDTH = 120;

interface Props {
  /** Id of the album of another owner. */
  album: string;
  title: string;
  /** Photos of the user in the album. */
  added: ReadonlySet<string>;
  onClose: () => void;
}

/** Adds own photos to an album of another owner, with what the others see of them. */
export default function ContributeDialog({ album, title, added, onClose }: Props) {
  const { t } = useTranslation();
  const list = useImageList(NO_FILTER, DEFAULT_SORT, true);
  const { add } = useContributions(album);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [settings, setSettings] = useState({ metadata: false, position: false, original: false });
  const photos = list.images.filter(({ id }) => !added.has(id));
  const count = chosen.size;

  function toggle(id: string) {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  }

  async function submit() {
    const { done, failed } = await add.mutateAsync({ ids: [...chosen], ...settings });
    if (done > 0) showToast({ text: t("album.added", { count: done, title }) });
    if (failed > 0) showToast({ tone: "danger", text: t("bulk.failed", { count: failed }) });
    onClose();
  }

  return (
    <Dialog title={t("sharedAlbum.addTo", { title })} onClose={onClose}>
      <QueryState query={list} height={PHOTO_WIDTH} />
      {list.isSuccess && photos.length === 0 && !list.hasNextPage && <p className="muted">{t("sharedAlbum.noneToAdd")}</p>}
      {photos.length > 0 && (
        <ul className="photo-picker" tabIndex={0} aria-label={t("nav.photos")}>
          {photos.map((image) => (
            <li key={image.id}>
              <Photo image={image} isChosen={chosen.has(image.id)} onToggle={() => toggle(image.id)} />
            </li>
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <button type="button" className="button" disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t("loadMore")}
        </button>
      )}
      <Form submit={t("sharedAlbum.addCount", { count })} disabled={count === 0} onSubmit={submit}>
        <VisibilityFields
          legend={t("sharedAlbum.othersGet")}
          visibility={settings}
          onChange={(part) => setSettings(changeSettings(settings, part))}
        />
      </Form>
    </Dialog>
  );
}

function Photo({ image, isChosen, onToggle }: { image: ImageSummary; isChosen: boolean; onToggle: () => void }) {
  return (
    <button type="button" aria-pressed={isChosen} aria-label={useImageName(image)} onClick={onToggle}>
      <Thumbnail image={image} width={PHOTO_WIDTH} alt="" />
      <span className="select-mark" aria-hidden="true">
        <Icon name="check" size={16} />
      </span>
    </button>
  );
}
