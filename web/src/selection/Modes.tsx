import { useId } from "react";

interface Props<Mode extends string> {
  label: string;
  /** Each mode with its text, in order. */
  modes: Readonly<Record<Mode, string>>;
  chosen: Mode;
  onChoose: (mode: Mode) => void;
}

/** The ways in which a dialog changes images, one of which is chosen. */
export function Modes<Mode extends string>({ label, modes, chosen, onChoose }: Props<Mode>) {
  const group = useId();
  return (
    <div role="radiogroup" aria-label={label}>
      {(Object.keys(modes) as Mode[]).map((mode) => (
        <label key={mode} className="choice">
          <input type="radio" name={group} checked={mode === chosen} onChange={() => onChoose(mode)} />
          {modes[mode]}
        </label>
      ))}
    </div>
  );
}
