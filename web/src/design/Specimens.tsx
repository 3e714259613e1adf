import { useId, useState, type ReactNode } from "react";
import { ConfirmDialog } from "../ui/ConfirmDialog";
import { Dialog } from "../ui/Dialog";
import { EmptyState } from "../ui/EmptyState";
import { Icon, ICON_NAMES } from "../ui/Icon";
import { LoadError } from "../ui/LoadError";
import { Popover, PopoverItem } from "../ui/Popover";
import { showProgress, showToast } from "../ui/toasts";
import { COLORS, RADII, SPACES, TEXT_SIZES } from "./tokens";

const noop = () => {};

/** The tokens, then each component with its variants and states. */
export function Specimens({ theme }: { theme: "light" | "dark" }) {
  return (
    <>
      <Colors />
      <Sizes />
      <Buttons />
      <Fields />
      <Menus />
      <Dialogs theme={theme} />
      <Chips />
      <Marks />
      <Bar />
      <Messages />
      <States />
      <Icons />
    </>
  );
}

function Group({ names, children }: { names: readonly string[]; children: ReactNode }) {
  return (
    <div className="design-group">
      <h3>
        {names.map((name) => (
          <code key={name}>{name}</code>
        ))}
      </h3>
      <div className="design-specimens">{children}</div>
    </div>
  );
}

function Colors() {
  return (
    <Group names={["colors"]}>
      <ul className="design-colors">
        {COLORS.map((token) => (
          <li key={token}>
            <span className="design-color" style={{ background: `var(${token})` }} />
            <code>{token}</code>
          </li>
        ))}
      </ul>
    </Group>
  );
}

function Sizes() {
  return (
    <Group names={["sizes"]}>
      {TEXT_SIZES.map((token) => (
        <p key={token} style={{ fontSize: `var(${token})` }}>
          <code>{token}</code>
        </p>
      ))}
      <ul className="design-sizes">
        {SPACES.map((token) => (
          <li key={token}>
            <span className="design-space" style={{ inlineSize: `var(${token})` }} /> <code>{token}</code>
          </li>
        ))}
        {RADII.map((token) => (
          <li key={token}>
            <span className="design-radius" style={{ borderRadius: `var(${token})` }} /> <code>{token}</code>
          </li>
        ))}
        <li>
          <span className="design-radius" style={{ boxShadow: "var(--shadow-raised)" }} /> <code>--shadow-raised</code>
        </li>
      </ul>
    </Group>
  );
}

function Buttons() {
  return (
    <Group names={[".button", "primary", "plain", "destructive", "icon", "compact"]}>
      <button type="button" className="button">
        Button
      </button>
      <button type="button" className="button primary">
        <Icon name="upload" size={18} /> Primary
      </button>
      <button type="button" className="button plain">
        Plain
      </button>
      <button type="button" className="button danger">
        Remove
      </button>
      <button type="button" className="button destructive">
        <Icon name="trash" size={18} /> Destructive
      </button>
      <button type="button" className="button icon" aria-label="Edit">
        <Icon name="edit" />
      </button>
      <button type="button" className="button plain icon" aria-label="Favorite" aria-pressed="true">
        <Icon name="heartFilled" />
      </button>
      <button type="button" className="button compact">
        Compact
      </button>
      <button type="button" className="button primary" disabled>
        <span className="spinner" /> Disabled
      </button>
      <button type="button" className="link">
        Link
      </button>
    </Group>
  );
}

function Fields() {
  const id = useId();
  return (
    <Group names={[".field", ".input", ".check", ".segmented-control"]}>
      <div className="field">
        <label htmlFor={`${id}-text`}>Title</label>
        <input id={`${id}-text`} className="input" placeholder="Placeholder" />
      </div>
      <div className="field">
        <label htmlFor={`${id}-invalid`}>Invalid</label>
        <input id={`${id}-invalid`} className="input" aria-invalid="true" defaultValue="Text" />
      </div>
      <div className="field">
        <label htmlFor={`${id}-select`}>Choice</label>
        <select id={`${id}-select`} className="input">
          <option>First</option>
          <option>Second</option>
        </select>
      </div>
      <div className="field">
        <label htmlFor={`${id}-date`}>Date</label>
        <input id={`${id}-date`} className="input" type="date" />
      </div>
      <div className="field">
        <label htmlFor={`${id}-range`}>Range</label>
        <input id={`${id}-range`} type="range" defaultValue={60} />
      </div>
      <label className="check">
        <input type="checkbox" defaultChecked />
        <span>Option</span>
      </label>
      <fieldset>
        <legend className="visually-hidden">Theme</legend>
        <div className="segmented-control">
          {["First", "Second"].map((text, at) => (
            <label key={text}>
              <input type="radio" name={`${id}-segment`} defaultChecked={at === 0} />
              <span>{text}</span>
            </label>
          ))}
        </div>
      </fieldset>
    </Group>
  );
}

function Menus() {
  return (
    <Group names={["Popover", "PopoverItem"]}>
      <div className="design-popover">
        <Popover icon="more" label="More actions">
          {(close) => (
            <div className="popover-items">
              <PopoverItem icon="archive" text="Archive" onClick={close} />
              <PopoverItem icon="eye" text="Pressed" pressed onClick={close} />
              <PopoverItem icon="trash" text="Move to trash" danger onClick={close} />
            </div>
          )}
        </Popover>
      </div>
    </Group>
  );
}

function Dialogs({ theme }: { theme: "light" | "dark" }) {
  const [open, setOpen] = useState<"dialog" | "confirm" | null>(null);
  const close = () => setOpen(null);
  return (
    <Group names={["Dialog"]}>
      <button type="button" className="button" onClick={() => setOpen("dialog")}>
        Open dialog
      </button>
      <button type="button" className="button danger" onClick={() => setOpen("confirm")}>
        Delete album
      </button>
      {open === "dialog" && (
        <Dialog title="Dialog" className={theme} onClose={close}>
          <p>Text of the dialog.</p>
          <div className="dialog-footer">
            <button type="button" className="button primary" onClick={close}>
              Done
            </button>
          </div>
        </Dialog>
      )}
      {open === "confirm" && (
        <ConfirmDialog title="Delete album “Lisbon”?" confirm="Delete album" onConfirm={async () => {}} onClose={close}>
          <p>Your photos won’t be deleted.</p>
        </ConfirmDialog>
      )}
    </Group>
  );
}

function Chips() {
  return (
    <Group names={[".chip", "active", "excluded"]}>
      <span className="chip">Dog</span>
      <button type="button" className="chip active">
        Beach <Icon name="close" size={14} />
      </button>
      <button type="button" className="chip excluded">
        Not Person <Icon name="close" size={14} />
      </button>
      <span className="chip success">Done</span>
    </Group>
  );
}

function Marks() {
  return (
    <Group names={[".select-mark", ".favorite-mark"]}>
      {[false, true].map((isOn) => (
        <div key={String(isOn)} className={`tile selecting design-tile ${isOn ? "selected" : ""}`}>
          <button type="button" className="select-mark" aria-pressed={isOn} aria-label={isOn ? "Selected photo" : "Photo"}>
            <Icon name="check" size={16} />
          </button>
          <button type="button" className="favorite-mark on" aria-pressed={isOn} aria-label="Favorite">
            <Icon name={isOn ? "heartFilled" : "heart"} size={18} />
          </button>
        </div>
      ))}
    </Group>
  );
}

function Bar() {
  return (
    <Group names={[".selection-bar"]}>
      {/* Without the frame, the bar is at the end of the screen. */}
      <div className="design-frame">
        <div className="selection-bar">
          <button type="button" className="button plain icon" aria-label="Clear selection">
            <Icon name="close" />
          </button>
          <p className="grow truncate">12 selected</p>
          <button type="button" className="button plain icon" aria-label="Download 12 photos">
            <Icon name="download" />
          </button>
          <button type="button" className="button plain icon danger" aria-label="Move 12 photos to the trash">
            <Icon name="trash" />
          </button>
        </div>
      </div>
    </Group>
  );
}

function Messages() {
  function simulateProgress() {
    const progress = showProgress("Preparing 12 photos…", { text: "Cancel", run: noop });
    progress.update(0.4);
  }
  return (
    <Group names={["showToast", "showProgress", ".notice"]}>
      <button
        type="button"
        className="button"
        onClick={() => showToast({ text: "12 photos moved to the trash", action: { text: "Undo", run: noop } })}
      >
        Show toast
      </button>
      <button type="button" className="button" onClick={() => showToast({ tone: "danger", text: "12 photos failed. Try again." })}>
        Show error
      </button>
      <button type="button" className="button" onClick={simulateProgress}>
        Show progress
      </button>
      <div className="notice">
        <Icon name="info" /> Something to know.
      </div>
      <div className="notice danger">
        <Icon name="warning" /> Something that failed.
      </div>
      <progress className="progress" value={0.6} aria-label="Progress" />
    </Group>
  );
}

function States() {
  return (
    <Group names={["EmptyState", "LoadError", ".skeleton"]}>
      <EmptyState
        icon="images"
        title="No photos yet"
        text="Drop a photo anywhere on this page."
        action={
          <button type="button" className="button primary">
            Choose photos
          </button>
        }
      />
      <LoadError error={new Error("Example")} onRetry={noop} />
      <div className="skeleton design-skeleton" />
    </Group>
  );
}

function Icons() {
  return (
    <Group names={["Icon"]}>
      <ul className="design-icons">
        {ICON_NAMES.map((name) => (
          <li key={name}>
            <Icon name={name} size={24} /> {name}
          </li>
        ))}
      </ul>
    </Group>
  );
}
