import type { Feature } from "./api/types";

/** Settings of a deployment, read from `config.json` next to the page. */
export interface Config {
  /** Base URL of the API, without `/v1`; empty for the page's own origin. */
  api: string;
  cognito: {
    endpoint: string;
    poolId: string;
    clientId: string;
    /** Base URL of the user pool's sign-in page. */
    domain?: string;
    /** Identity providers of that page, each with a button; `COGNITO` for the page's own form. */
    identityProviders?: string[];
  };
  /** Recognition features that can be selected, and those selected by default. */
  features: { offered: Feature[]; default: Feature[] };
  /** Whether users can create accounts. */
  signUp: boolean;
  /** A map server: the URL template of its raster tiles, and the text that it requires on maps. Without it, no request leaves for one. */
  tiles?: { url: string; attribution: string } | null;
  /** URL of a page with all messages, in local deployments only: they deliver no email. */
  mail?: string;
  /** A demo account, in trial deployments only. */
  demo?: { email: string; password: string };
}

export async function loadConfig(): Promise<Config> {
  // index.html preloads it; the same request mode lets the browser reuse the preloaded response.
  const response = await fetch("/config.json", { credentials: "same-origin" });
  if (!response.ok) throw new Error(`config.json: ${response.status}`);
  return (await response.json()) as Config;
}
