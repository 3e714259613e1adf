import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "wouter";
import { navigate } from "wouter/use-browser-location";
import { Problem } from "sightline-client";
import { usePicture, usePictures } from "../api/pictures";
import type { Picture } from "../api/types";
import { useFilter } from "../filters/useFilter";
import { usePlace, type Along } from "../router";
import { useServices } from "../services";
import { useStore } from "../store";
import { Busy } from "../ui/Busy";
import { Failure } from "../ui/Failure";
import { Icon } from "../ui/Icon";
import NotFoundPage from "../ui/NotFoundPage";
import { useKeys } from "../ui/useKeys";
import { useTitle } from "../ui/useTitle";
import { Details } from "./Details";
import { findRegions } from "./regions";
import { Stage } from "./Stage";
import { useDelete } from "./useDelete";
import "./picture.css";

/** Pictures before the end of what is read at which more are asked for. */
const AHEAD = 10;

export default function PicturePage() {
  const { id = "", album } = useParams();
  const { data, isPending, isError, error, refetch } = usePicture(id);
  if (data) return <Shown picture={data.picture} album={album ?? null} />;
  if (isError && error instanceof Problem && error.status === 404) return <NotFoundPage />;
  if (isError) {
    return (
      <main id="content">
        <Failure error={error} onRetry={() => void refetch()} />
      </main>
    );
  }
  return isPending ? <Busy /> : null;
}

function Shown({ picture, album }: { picture: Picture; album: string | null }) {
  const { t } = useTranslation();
  const { deletions } = useServices();
  const hidden = useStore(deletions.hidden).has(picture.id);
  const { list, before, after, linkTo } = useNeighbours(picture.id, album);
  const [boxes, setBoxes] = useState(false);
  const [group, setGroup] = useState<string | null>(null);
  const remove = useDelete();
  const name = picture.title || picture.labels.slice(0, 3).map((label) => label.name).join(", ") || t("picture.untitled");
  const regions = useMemo(() => findRegions(picture, t("faces.face")), [picture, t]);
  useTitle(name);
  useEffect(() => setGroup(null), [picture.id]);

  const { along } = usePlace();
  const go = (to: string | null) => to && navigate(linkTo(to), { replace: true, state: along });
  const goBack = () => (along.fromList ? history.back() : navigate(list));
  const rtl = () => document.documentElement.dir === "rtl";
  function removeThis() {
    remove([picture.id], () => navigate(linkTo(picture.id)));
    const next = after ?? before;
    if (next) go(next);
    else goBack();
  }
  useKeys({
    ArrowLeft: () => go(rtl() ? after : before),
    ArrowRight: () => go(rtl() ? before : after),
    Escape: goBack,
    b: () => setBoxes(!boxes),
    Delete: removeThis,
  });
  useSwipe((direction) => go((direction > 0) === rtl() ? after : before));

  return (
    <div className="viewer">
      <main className="viewer-main" id="content">
        <div className="viewer-bar">
          <Link
            className="button plain icon"
            to={list}
            aria-label={t("picture.back")}
            onClick={(event) => {
              event.preventDefault();
              goBack();
            }}
          >
            <Icon name="back" />
          </Link>
          <h1 className="viewer-title cut grow" dir="auto">
            {name}
          </h1>
          {regions.length > 0 && (
            <button type="button" className="button plain" aria-pressed={boxes} aria-label={t("picture.boxes")} onClick={() => setBoxes(!boxes)}>
              <Icon name="boxes" /> <span className="words">{t("picture.boxes")}</span>
            </button>
          )}
          <button
            type="button"
            className="button plain icon"
            aria-label={t("delete")}
            title={t("delete")}
            disabled={hidden}
            onClick={removeThis}
          >
            <Icon name="trash" />
          </button>
        </div>
        <Stage picture={picture} name={name} regions={regions} boxes={boxes} group={group} onGroup={setGroup} />
        <nav className="turning" aria-label={t("picture.turning")}>
          <Turn to={before && linkTo(before)} along={along} icon="back" text={t("picture.before")} />
          <Turn to={after && linkTo(after)} along={along} icon="next" text={t("picture.after")} />
        </nav>
      </main>
      <Details key={picture.id} picture={picture} group={group} onGroup={setGroup} />
    </div>
  );
}

interface TurnProps {
  to: string | null;
  along: Along;
  icon: "back" | "next";
  text: string;
}

function Turn({ to, along, icon, text }: TurnProps) {
  if (!to) return <span />;
  return (
    <Link className={`turn ${icon}`} to={to} state={along} replace aria-label={text} title={text}>
      <Icon name={icon} size={26} />
    </Link>
  );
}

/** The pictures beside this one in the list that it was opened from, whose filter the address carries. */
function useNeighbours(id: string, album: string | null) {
  const [filter] = useFilter(album);
  const { pictures, hasNextPage, isFetchingNextPage, fetchNextPage } = usePictures(filter);
  const at = pictures.findIndex((picture) => picture.id === id);
  useEffect(() => {
    if (at >= 0 && at > pictures.length - AHEAD && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [at, pictures.length, hasNextPage, isFetchingNextPage, fetchNextPage]);
  const base = album ? `/albums/${album}` : "";
  const { search } = usePlace();
  return {
    list: `${base || "/"}${search}`,
    before: at > 0 ? (pictures[at - 1]?.id ?? null) : null,
    after: at >= 0 ? (pictures[at + 1]?.id ?? null) : null,
    linkTo: (to: string) => `${base}/pictures/${to}${search}`,
  };
}

/** Pixels that a finger has to go to the side to mean the next picture. */
const SWIPE = 60;

function useSwipe(onSwipe: (direction: number) => void) {
  const current = useRef(onSwipe);
  current.current = onSwipe;
  useEffect(() => {
    let start: Touch | null = null;
    const begin = (event: TouchEvent) => {
      const inside = (event.target as HTMLElement).closest(".stage") !== null;
      start = inside && event.touches.length === 1 ? (event.touches[0] ?? null) : null;
    };
    const end = (event: TouchEvent) => {
      const touch = event.changedTouches[0];
      if (!start || !touch) return;
      const [across, down] = [touch.clientX - start.clientX, touch.clientY - start.clientY];
      if (Math.abs(across) > SWIPE && Math.abs(across) > 2 * Math.abs(down)) current.current(Math.sign(across));
    };
    addEventListener("touchstart", begin, { passive: true });
    addEventListener("touchend", end, { passive: true });
    return () => {
      removeEventListener("touchstart", begin);
      removeEventListener("touchend", end);
    };
  }, []);
}
