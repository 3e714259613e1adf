import { useTranslation } from "react-i18next";
import { Dialog } from "./Dialog";

const SHORTCUTS = [
  ["/", "search"],
  ["u", "upload"],
  ["← ↑ → ↓", "move"],
  ["Enter", "open"],
  ["x", "select"],
  ["Shift ← →", "extend"],
  ["Ctrl A", "selectAll"],
  ["Delete", "delete"],
  ["i", "details"],
  ["l", "favorite"],
  ["r", "rotate"],
  ["+ − 0", "zoom"],
  ["f", "fullScreen"],
  ["s", "slideshow"],
  ["d", "download"],
  ["b", "showBoxes"],
  ["Esc", "back"],
  ["?", "help"],
] as const;

export default function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog title={t("shortcuts.title")} onClose={onClose}>
      <dl className="shortcut-list">
        {SHORTCUTS.map(([key, action]) => (
          <div key={key} className="row">
            <dt>
              <kbd dir="ltr">{key}</kbd>
            </dt>
            <dd>{t(`shortcuts.${action}`)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
