import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useAlbum } from "../api/albums";
import type { ImageView } from "../api/types";
import { Icon } from "../ui/Icon";
import { Section } from "./Section";

const AlbumChooser = lazy(() => import("../albums/AlbumChooser"));

export function ImageAlbums({ image }: { image: ImageView }) {
  const { t } = useTranslation();
  const [adding, setAdding] = useState(false);
  return (
    <Section title={t("nav.albums")}>
      <div className="chip-list">
        {image.albums.map((id) => (
          <AlbumChip key={id} id={id} />
        ))}
        <button type="button" className="chip" onClick={() => setAdding(true)}>
          <Icon name="plus" size={14} /> {t("album.add")}
        </button>
      </div>
      <Suspense>
        {adding && <AlbumChooser ids={[image.id]} onClose={() => setAdding(false)} onDone={() => setAdding(false)} />}
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
      <span className="truncate" dir="auto">
        {data.title}
      </span>
    </Link>
  );
}
