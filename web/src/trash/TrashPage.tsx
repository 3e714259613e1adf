import { useQueryClient, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { refetchImages } from "../api/images";
import { deleteForever, listTrash, restoreFromTrash, TRASH, type TrashOutcome } from "../api/trash";
import { useTrash } from "../api/useTrash";
import { Selection } from "../gallery/selection";
import { useFormat } from "../i18n/format";
import { useServices } from "../services";
import { useStore } from "../useStore";
import { ConfirmDialog } from "../ui/ConfirmDialog";
import { EmptyState } from "../ui/EmptyState";
import { useErrorMessage } from "../ui/errorMessages";
import { Icon } from "../ui/Icon";
import { QueryState } from "../ui/QueryState";
import { showToast } from "../ui/toasts";
import { useDocumentTitle } from "../ui/useDocumentTitle";
import { TrashTile } from "./TrashTile";
import "../gallery/gallery.css";
import "./trash.css";

type Action = "restore" | "delete";

/** The images in the trash, which can be restored or deleted for good. */
export default function TrashPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { api } = useServices();
  const describeError = useErrorMessage();
  const list = useTrash();
  const { items, isPending, isError, hasNextPage, fetchNextPage, isFetchingNextPage } = list;
  const selection = useMemo(() => new Selection(), []);
  const { ids } = useStore(selection.selected);
  const finish = useFinish();
  const [busy, setBusy] = useState(false);
  /** The images that a dialog is about to delete. */
  const [doomed, setDoomed] = useState<readonly string[] | null>(null);
  const order = useMemo(() => items.map(({ image }) => image.id), [items]);
  const days = useQuery({
    queryKey: ["capabilities"],
    queryFn: async ({ signal }) => (await api.GET("/v1/capabilities", { signal })).data!.limits.trash_days,
    staleTime: Infinity,
  }).data;
  useDocumentTitle(t("nav.trash"));
  useEffect(() => selection.retain(new Set(order)), [order, selection]);

  /** All images, also those of pages that are not loaded. */
  async function collectAll(): Promise<readonly string[]> {
    return hasNextPage ? listTrash(api) : order;
  }

  async function run(action: () => Promise<void>) {
    setBusy(true);
    try {
      await action();
    } catch (caught) {
      showToast({ tone: "danger", text: describeError(caught) });
    } finally {
      setBusy(false);
    }
  }

  const restore = (chosen: readonly string[]) =>
    run(async () => {
      selection.clear();
      await finish("restore", await restoreFromTrash(api, chosen));
    });

  const isEmpty = !isPending && !isError && items.length === 0 && !hasNextPage;
  return (
    <main className="page stack" id="content">
      <div className="row page-header">
        <div className="grow">
          <h1>{t("nav.trash")}</h1>
          {days !== undefined && <p className="muted">{t("trash.text", { days: format.days(days) })}</p>}
        </div>
        {items.length > 0 && (
          <button
            type="button"
            className="button danger"
            disabled={busy}
            onClick={() => void run(async () => setDoomed(await collectAll()))}
          >
            <Icon name="trash" size={18} /> {t("trash.empty")}
          </button>
        )}
      </div>
      {items.length > 0 && (
        <div className="trash-bar" role="toolbar" aria-label={t("selection.label")}>
          {ids.size > 0 ? (
            <>
              <button type="button" className="button plain icon" aria-label={t("selection.clear")} onClick={() => selection.clear()}>
                <Icon name="close" />
              </button>
              <p className="grow" role="status">
                {t("selection.count", { count: ids.size })}
              </p>
              <button type="button" className="button" disabled={busy} onClick={() => void restore([...ids])}>
                <Icon name="undo" size={18} /> {t("trash.restore")}
              </button>
              <button type="button" className="button danger" disabled={busy} onClick={() => setDoomed([...ids])}>
                <Icon name="trash" size={18} /> {t("trash.delete")}
              </button>
            </>
          ) : (
            <>
              <button type="button" className="button" onClick={() => selection.selectAll(order)}>
                <Icon name="check" size={18} /> {t("trash.selectAll")}
              </button>
              <button
                type="button"
                className="button"
                disabled={busy}
                onClick={() => void collectAll().then(restore, (caught: unknown) => showToast({ tone: "danger", text: describeError(caught) }))}
              >
                <Icon name="undo" size={18} /> {t("trash.restoreAll")}
              </button>
            </>
          )}
        </div>
      )}
      <QueryState query={list} height={320} />
      {isEmpty && (
        <EmptyState
          icon="trash"
          title={t("trash.none")}
          text={t("trash.noneText")}
          action={
            <Link className="button primary" to="/">
              {t("notFound.back")}
            </Link>
          }
        />
      )}
      {items.length > 0 && (
        <ul className="trash-grid" aria-label={t("trash.label")}>
          {items.map((item) => (
            <TrashTile key={item.image.id} item={item} selected={ids.has(item.image.id)} selection={selection} order={order} />
          ))}
        </ul>
      )}
      {hasNextPage && (
        <div>
          <button type="button" className="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t("loadMore")}
          </button>
        </div>
      )}
      {doomed && (
        <ConfirmDialog
          title={t("trash.deleteQuestion", { count: doomed.length })}
          confirm={t("trash.delete")}
          onClose={() => setDoomed(null)}
          onConfirm={async () => {
            selection.clear();
            await finish("delete", await deleteForever(api, doomed));
          }}
        >
          <p>{t("trash.deleteWarning")}</p>
        </ConfirmDialog>
      )}
    </main>
  );
}

/** Returns a function that reports the outcome of an action and refetches what it changed. */
function useFinish(): (action: Action, outcome: TrashOutcome) => Promise<void> {
  const { t } = useTranslation();
  const queries = useQueryClient();
  return async (action, { done, failed }) => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: [TRASH] }),
      ...["usage", "labels", "albums", "album"].map((key) => queries.invalidateQueries({ queryKey: [key] })),
      ...(action === "restore" ? [refetchImages(queries)] : []),
    ]);
    const count = done.length;
    if (count > 0) showToast({ text: action === "restore" ? t("trash.restored", { count }) : t("trash.deleted", { count }) });
    if (failed.length > 0) showToast({ tone: "danger", text: t("trash.someFailed", { count: failed.length }) });
  };
}
