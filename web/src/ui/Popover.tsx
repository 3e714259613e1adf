import { useEffect, useId, useRef, useState, type ReactNode } from "react";
import { Icon, type IconName } from "./Icon";

interface Props {
  icon: IconName;
  label: string;
  className?: string;
  /** Called with a function that closes the popover. */
  children: (close: () => void) => ReactNode;
}

/** A button that opens a panel next to it. A press elsewhere, Escape or leaving it closes the panel. */
export function Popover({ icon, label, className = "", children }: Props) {
  const [open, setOpen] = useState(false);
  const element = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    if (!open) return;
    const closeOutside = (event: Event) => {
      if (!element.current?.contains(event.target as Node)) setOpen(false);
    };
    addEventListener("pointerdown", closeOutside);
    addEventListener("focusin", closeOutside);
    return () => {
      removeEventListener("pointerdown", closeOutside);
      removeEventListener("focusin", closeOutside);
    };
  }, [open]);

  function close() {
    setOpen(false);
    element.current?.querySelector("button")?.focus();
  }

  return (
    <div
      ref={element}
      className={`menu ${className}`}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open) return;
        // The page does not handle the key in addition.
        event.stopPropagation();
        event.nativeEvent.stopImmediatePropagation();
        event.preventDefault();
        close();
      }}
    >
      <button
        type="button"
        className="button plain icon"
        aria-label={label}
        title={label}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        <Icon name={icon} />
      </button>
      {open && (
        <div id={id} className="popover">
          {children(close)}
        </div>
      )}
    </div>
  );
}

interface ItemProps {
  icon: IconName;
  text: string;
  danger?: boolean;
  pressed?: boolean;
  onClick: () => void;
}

/** An action in a popover. */
export function PopoverItem({ icon, text, danger = false, pressed, onClick }: ItemProps) {
  return (
    <button type="button" className={`popover-item ${danger ? "danger" : ""}`} aria-pressed={pressed} onClick={onClick}>
      <Icon name={icon} size={18} />
      <span>{text}</span>
      {pressed && <Icon name="check" size={16} />}
    </button>
  );
}
