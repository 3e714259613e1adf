import { useTranslation } from "react-i18next";
import { Dialog } from "./Dialog";

const KEYS = [
  ["/", "search"],
  ["u", "upload"],
  ["← ↑ → ↓", "move"],
  ["Enter", "open"],
  ["x", "select"],
  ["Shift ← →", "extend"],
  ["Ctrl A", "all"],
  ["Delete", "delete"],
  ["b", "boxes"],
  ["Esc", "back"],
  ["?", "help"],
] as const;

export default function Shortcuts({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog title={t("keys.title")} onClose={onClose}>
      <dl className="keys">
        {KEYS.map(([key, what]) => (
          <div key={key} className="row">
            <dt>
              <kbd dir="ltr">{key}</kbd>
            </dt>
            <dd>{t(`keys.${what}`)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
