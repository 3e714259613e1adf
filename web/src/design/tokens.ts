/** Design tokens by kind, as in `styles/base.css`. */
export const COLORS = [
  "--background",
  "--surface",
  "--raised",
  "--sunken",
  "--text",
  "--muted",
  "--line",
  "--line-strong",
  "--accent",
  "--accent-strong",
  "--on-accent",
  "--accent-soft",
  "--danger",
  "--danger-strong",
  "--danger-soft",
  "--success",
  "--success-soft",
  "--shade",
] as const;

export const SPACES = ["--space-1", "--space-2", "--space-3", "--space-4", "--space-5", "--space-6"] as const;

export const TEXT_SIZES = ["--text-small", "--text-body", "--text-large"] as const;

export const RADII = ["--radius-small", "--radius"] as const;
