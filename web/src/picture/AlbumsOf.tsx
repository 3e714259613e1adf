import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useAlbum } from "../api/albums";
import type { Picture } from "../api/types";
import { Icon } from "../ui/Icon";
import { Section } from "./Details";

const AlbumChooser = lazy(() => import("../albums/AlbumChooser"));

export function AlbumsOf({ picture }: { picture: Picture }) {
  const { t } = useTranslation();
  const [choosing, setChoosing] = useState(false);
  return (
    <Section title={t("nav.albums")}>
      <div className="chips-of">
        {picture.albums.map((id) => (
          <AlbumChip key={id} id={id} />
        ))}
        <button type="button" className="chip" onClick={() => setChoosing(true)}>
          <Icon name="plus" size={14} /> {t("album.add")}
        </button>
      </div>
      <Suspense>
        {choosing && <AlbumChooser ids={[picture.id]} onClose={() => setChoosing(false)} onDone={() => setChoosing(false)} />}
      </Suspense>
    </Section>
  );
}

function AlbumChip({ id }: { id: string }) {
  const { data } = useAlbum(id);
  if (!data) return null;
  return (
    <Link className="chip" to={`/albums/${id}`}>
      <Icon name="album" size={14} />
      <span className="cut" dir="auto">
        {data.title}
      </span>
    </Link>
  );
}
