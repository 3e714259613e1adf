import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Selection } from "../gallery/selection";
import { useStore } from "../useStore";
import { Icon } from "../ui/Icon";
import "./selection.css";

interface Props {
  selection: Selection;
  note?: string | undefined;
  children: ReactNode;
}

/** The number of selected images with their actions, at the end of the screen; nothing without a selection. */
export function SelectionToolbar({ selection, note, children }: Props) {
  const { t } = useTranslation();
  const count = useStore(selection.selected).ids.size;
  if (count === 0) return null;
  return (
    <div className="selection-bar" role="toolbar" aria-label={t("selection.label")}>
      <button type="button" className="button plain icon" aria-label={t("selection.clear")} title={t("selection.clear")} onClick={() => selection.clear()}>
        <Icon name="close" />
      </button>
      <div className="selection-count" role="status">
        <p className="truncate">{t("selection.count", { count })}</p>
        {note && <p className="muted small">{note}</p>}
      </div>
      {children}
    </div>
  );
}
