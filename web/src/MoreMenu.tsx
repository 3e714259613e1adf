import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCurrentLocation } from "./router";
import { isBelow, Tab } from "./Tab";
import { Icon } from "./ui/Icon";

const PAGES = [
  { to: "/map", icon: "pin", text: "nav.map" },
  { to: "/favorites", icon: "heart", text: "nav.favorites" },
  { to: "/archive", icon: "archive", text: "nav.archive" },
  { to: "/shared", icon: "link", text: "nav.shared" },
  { to: "/duplicates", icon: "copies", text: "nav.duplicates" },
  { to: "/trash", icon: "trash", text: "nav.trash" },
  { to: "/usage", icon: "usage", text: "nav.usage" },
  { to: "/settings", icon: "settings", text: "nav.settings" },
] as const;

/** The pages that have no tab of their own. */
export function MoreMenu() {
  const { t } = useTranslation();
  const { pathname } = useCurrentLocation();
  const [open, setOpen] = useState(false);
  const menu = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const isHere = PAGES.some(({ to }) => isBelow(pathname, to));
  useEffect(() => setOpen(false), [pathname]);
  useEffect(() => {
    if (!open) return;
    function closeOutside(event: Event) {
      if (!menu.current?.contains(event.target as Node)) setOpen(false);
    }
    addEventListener("pointerdown", closeOutside);
    addEventListener("focusin", closeOutside);
    return () => {
      removeEventListener("pointerdown", closeOutside);
      removeEventListener("focusin", closeOutside);
    };
  }, [open]);
  return (
    <div
      ref={menu}
      className="more"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open) return;
        event.stopPropagation();
        setOpen(false);
        button.current?.focus();
      }}
    >
      <button
        ref={button}
        type="button"
        className={`tab ${isHere ? "here" : ""}`}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name="more" />
        <span className="tab-text">{t("nav.more")}</span>
      </button>
      {open && (
        <ul className="more-pages">
          {PAGES.map(({ to, icon, text }) => (
            <li key={to}>
              <Tab to={to} icon={icon} text={t(text)} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
