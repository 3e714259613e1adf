/** Original 24 by 24 line icons. They are decorative: text or an `aria-label` accompanies each. */
const PATHS = {
  album: "M4 7h16v13H4zM7 4h10M6 15l4-4 4 4 2-2 4 4",
  archive: "M4 5h16v4H4zM5.5 9v10h13V9M10 13h4",
  back: "M15 5l-7 7 7 7",
  boxes: "M4 8V5a1 1 0 0 1 1-1h3M16 4h3a1 1 0 0 1 1 1v3M20 16v3a1 1 0 0 1-1 1h-3M8 20H5a1 1 0 0 1-1-1v-3M9 9h6v6H9z",
  calendar: "M4 6h16v14H4zM4 10.5h16M8 3.5v4M16 3.5v4",
  camera: "M4 8h3l2-3h6l2 3h3v11H4zM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z",
  check: "M5 12.5l4.5 4.5L19 7.5",
  copies: "M8 8h12v12H8zM16 8V4H4v12h4",
  close: "M6 6l12 12M18 6L6 18",
  cloudOff: "M4 4l16 16M8 8.5A4.5 4.5 0 0 0 7 17.5h9M10.5 6.7A5.5 5.5 0 0 1 18 11a3.5 3.5 0 0 1 2 5.8",
  down: "M6 9l6 6 6-6",
  download: "M12 4v11M7 10.5l5 5 5-5M5 20h14",
  edit: "M5 19l1-4L16 5l3 3L9 18zM14 7l3 3",
  eye: "M3 12c2.5-4 5.5-6 9-6s6.5 2 9 6c-2.5 4-5.5 6-9 6s-6.5-2-9-6zM12 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  eyeOff: "M4 4l16 16M9.5 6.4A9 9 0 0 1 12 6c3.5 0 6.5 2 9 6a15 15 0 0 1-2.5 3.1M6 7.8A15 15 0 0 0 3 12c2.5 4 5.5 6 9 6 1.5 0 2.9-.4 4.2-1.1",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
  filter: "M4 6h16M7 12h10M10 18h4",
  fullScreen: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  folder: "M3 6h6l2 2h10v11H3z",
  heart: "M12 20c-5-4-8-7-8-10.5A4.5 4.5 0 0 1 12 7a4.5 4.5 0 0 1 8 2.5C20 13 17 16 12 20z",
  heartFilled: "M12 20c-5-4-8-7-8-10.5A4.5 4.5 0 0 1 12 7a4.5 4.5 0 0 1 8 2.5C20 13 17 16 12 20z",
  key: "M8 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 12h9M18 12v3.5",
  link: "M10 14a4 4 0 0 0 5.7 0l3.1-3.1a4 4 0 0 0-5.7-5.7L12 6.3M14 10a4 4 0 0 0-5.7 0l-3.1 3.1a4 4 0 0 0 5.7 5.7l1.1-1.1",
  lock: "M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3",
  minus: "M6 12h12",
  more: "M5 12.8a.8.8 0 1 0 0-1.6.8.8 0 0 0 0 1.6zM12 12.8a.8.8 0 1 0 0-1.6.8.8 0 0 0 0 1.6zM19 12.8a.8.8 0 1 0 0-1.6.8.8 0 0 0 0 1.6z",
  info: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM12 11v5M12 8h.01",
  move: "M12 3v18M3 12h18M9.5 5.5L12 3l2.5 2.5M9.5 18.5L12 21l2.5-2.5M5.5 9.5L3 12l2.5 2.5M18.5 9.5L21 12l-2.5 2.5",
  next: "M9 5l7 7-7 7",
  images: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5h.01",
  pin: "M12 21c4-4.5 6-7.7 6-10.5a6 6 0 0 0-12 0c0 2.8 2 6 6 10.5zM12 12.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  play: "M8 5l11 7-11 7z",
  plus: "M12 5v14M5 12h14",
  retry: "M5 12a7 7 0 1 0 2.5-5.4M5 4v4h4",
  rotate: "M19 12a7 7 0 1 1-2.5-5.4M19 4v4h-4",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l4.5 4.5",
  settings: "M4 7h8M18 7h2M4 17h2M12 17h8M15 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM9 20a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  share: "M12 15V4M8 7.5L12 3.5l4 4M6 11H5v9h14v-9h-1",
  tag: "M4 4h8l8 8-8 8-8-8zM8.5 8.5h.01",
  text: "M5 6V4.5h14V6M12 4.5v15M9 19.5h6",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5",
  undo: "M8 5L4 9l4 4M4 9h10a5 5 0 0 1 0 10h-3",
  upload: "M12 16V5M7 9.5l5-5 5 5M5 20h14",
  usage: "M5 20V11M12 20V4M19 20v-6",
  user: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20c1-3.5 4-5 7.5-5s6.5 1.5 7.5 5",
  view: "M4 6h9M17 6h3M15 4v4M4 12h3M11 12h9M9 10v4M4 18h11M19 18h1M17 16v4",
  webhook: "M8.5 10.5a4 4 0 1 1 6-1l3 5.5M10.5 6.5L7 13M17.5 19a4 4 0 0 0 1.5-7M13 17H7.5M9 20a4 4 0 1 1-5-6.5",
  bell: "M6 17h12l-1.5-2.5V11a4.5 4.5 0 0 0-9 0v3.5zM10 20h4",
  warning: "M12 4l9 16H3zM12 10v4M12 17h.01",
} as const;

export type IconName = keyof typeof PATHS;

export const ICON_NAMES = Object.keys(PATHS) as IconName[];

/** Icons that point along the text direction and are mirrored in right-to-left scripts. */
const DIRECTIONAL = new Set<IconName>(["back", "next", "undo"]);

/** Icons of something that is on. */
const FILLED = new Set<IconName>(["heartFilled"]);

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      className={DIRECTIONAL.has(name) ? "directional" : undefined}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill={FILLED.has(name) ? "currentColor" : "none"}
      stroke="currentColor"
      strokeWidth={1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
