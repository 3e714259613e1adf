import type { ShareLink, ShareLinkChanges, ShareLinkRequest, ShareTarget } from "../api/shareLinks";

/** Minimum length of a password, as at the API. */
export const MIN_PASSWORD_LENGTH = 4;

/** Lifetimes that are offered, days. */
export const LIFETIMES = [1, 7, 30, 90, 365] as const;

const DEFAULT_LIFETIME = 30;

/** What others get in addition to the images. */
export interface Visibility {
  metadata: boolean;
  position: boolean;
  original: boolean;
}

/** The settings of a link, as the form shows them. */
export interface ShareSettings extends Visibility {
  /** Days until the link expires; null: never; "keep": as it is. */
  days: number | null | "keep";
  protect: boolean;
  /** Empty for a protected link: the password stays as it is. */
  password: string;
}

export const NEW_LINK: ShareSettings = {
  days: DEFAULT_LIFETIME,
  protect: false,
  password: "",
  metadata: false,
  position: false,
  original: false,
};

/** Return the settings of an existing link. */
export function readSettings(link: ShareLink): ShareSettings {
  const { metadata, position, original } = link;
  return { days: "keep", protect: link.has_password, password: "", metadata, position, original };
}

/** Apply a change. Originals contain metadata and positions, so they are only shared together. */
export function changeSettings<Settings extends Visibility>(settings: Settings, change: Partial<Settings>): Settings {
  const changed = { ...settings, ...change };
  return changed.original ? { ...changed, metadata: true, position: true } : changed;
}

/** Return the request that creates a link. */
export function toRequest(target: ShareTarget, settings: ShareSettings): ShareLinkRequest {
  const { days, protect, password, metadata, position, original } = settings;
  return {
    ...target,
    expires_in_days: days === "keep" ? DEFAULT_LIFETIME : days,
    password: protect ? password : null,
    metadata,
    position,
    original,
  };
}

/** Return the request that gives a link these settings. */
export function toChanges(settings: ShareSettings): ShareLinkChanges {
  const { days, protect, password, metadata, position, original } = settings;
  return {
    metadata,
    position,
    original,
    ...(days === "keep" ? {} : { expires_in_days: days }),
    ...(protect ? (password ? { password } : {}) : { password: null }),
  };
}
