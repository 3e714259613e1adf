import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Picture } from "../api/types";
import { AlbumsOf } from "./AlbumsOf";
import { Camera } from "./Camera";
import { Files } from "./Files";
import { History } from "./History";
import { Labels } from "./Labels";
import { Seen } from "./Seen";
import { Words } from "./Words";

export interface Pointing {
  group: string | null;
  onGroup: (group: string | null) => void;
}

/** Everything that is known of a picture, beside it. */
export function Details({ picture, ...pointing }: { picture: Picture } & Pointing) {
  const { t } = useTranslation();
  return (
    <aside className="details" aria-label={t("picture.details")}>
      <Words picture={picture} />
      {/* What is not as it should be comes first. */}
      {picture.status !== "ready" && <History picture={picture} />}
      <Labels picture={picture} {...pointing} />
      <Seen picture={picture} {...pointing} />
      <AlbumsOf picture={picture} />
      <Camera picture={picture} />
      <Files picture={picture} />
      {picture.status === "ready" && <History picture={picture} />}
    </aside>
  );
}

export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="detail">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

export function Facts({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd dir="auto">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
