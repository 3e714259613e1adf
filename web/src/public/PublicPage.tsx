import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "wouter";
import { Field, Form } from "../account/Form";
import { EmptyState } from "../ui/EmptyState";
import { LoadError } from "../ui/LoadError";
import { PageSpinner } from "../ui/PageSpinner";
import { QueryState } from "../ui/QueryState";
import { useDocumentTitle } from "../ui/useDocumentTitle";
import { isGone, requiresPassword, usePublicLink, useSharedImages, useSharedView, type PublicLink, type SharedView } from "./publicApi";
import { PublicGrid } from "./PublicGrid";
import { PublicViewer } from "./PublicViewer";
import "../account/account.css";
import "../gallery/gallery.css";
import "./public.css";

/** What a share link shows, for anyone who has it. */
export default function PublicPage() {
  const { token = "", image } = useParams<{ token: string; image?: string }>();
  const { t } = useTranslation();
  const link = usePublicLink(token);
  const view = useSharedView(link);
  useNoIndex();
  useDocumentTitle(view.data?.title ?? t("public.album"));
  if (view.isPending) return <PageSpinner />;
  if (requiresPassword(view.error)) return <PasswordPage link={link} />;
  if (isGone(view.error)) {
    return (
      <Frame>
        <EmptyState icon="link" title={t("public.gone")} text={t("public.goneText")} />
      </Frame>
    );
  }
  if (view.isError) {
    return (
      <Frame>
        <LoadError error={view.error} onRetry={() => void view.refetch()} />
      </Frame>
    );
  }
  return <PublicImages link={link} view={view.data} image={image ?? null} />;
}

/** The images of a link: all of them, or one. */
function PublicImages({ link, view, image }: { link: PublicLink; view: SharedView; image: string | null }) {
  const { t } = useTranslation();
  const list = useSharedImages(link);
  const only = view.kind === "image" ? list.images[0]?.id : undefined;
  const shown = image ?? only;
  if (shown) return <PublicViewer shared={link} view={view} id={shown} images={list.images} />;
  const title = view.title ?? t(view.kind === "album" ? "public.album" : "public.photo");
  return (
    <Frame>
      <div className="public-heading">
        <h1 dir="auto">{title}</h1>
        <p className="muted">{t("photos", { count: view.images })}</p>
      </div>
      <QueryState query={list} height={320} />
      {list.isSuccess && list.images.length === 0 && !list.hasNextPage && (
        <EmptyState icon="images" title={t("public.empty")} text={t("public.emptyText")} />
      )}
      <PublicGrid
        shared={link}
        images={list.images}
        onEnd={list.hasNextPage && !list.isFetchingNextPage ? () => void list.fetchNextPage() : null}
      />
    </Frame>
  );
}

function Frame({ children }: { children: ReactNode }) {
  return (
    <>
      <header className="public-header">
        <img src="/icon.svg" alt="" width={26} height={26} />
        <span>Sightline</span>
      </header>
      <main className="public-main" id="content">
        {children}
      </main>
    </>
  );
}

function PasswordPage({ link }: { link: PublicLink }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [password, setPassword] = useState("");

  async function unlock() {
    await link.unlock(password);
    await queries.resetQueries({ queryKey: link.queryKey });
  }

  return (
    <div className="auth-page">
      <main className="auth-card" id="content">
        <div className="auth-brand">
          <img src="/icon.svg" alt="" width={44} height={44} />
          <p className="auth-brand-name">Sightline</p>
        </div>
        <Form title={t("public.passwordTitle")} submit={t("public.open")} onSubmit={unlock}>
          <p className="muted">{t("public.passwordText")}</p>
          <Field
            label={t("password.label")}
            type="password"
            autoComplete="off"
            dir="ltr"
            autoFocus
            value={password}
            onValue={setPassword}
          />
        </Form>
      </main>
    </div>
  );
}

/** Keep search engines away: whoever has the URL can open it. */
function useNoIndex() {
  useEffect(() => {
    const element = document.createElement("meta");
    element.name = "robots";
    element.content = "noindex, nofollow";
    document.head.append(element);
    return () => element.remove();
  }, []);
}
