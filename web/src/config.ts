import type { Feature } from "./api/types";

/** What differs between one place that Sightline runs at and another: `config.json` beside the page. */
export interface Config {
  /** Where the API is, without `/v1`; empty for where the page is. */
  api: string;
  cognito: { endpoint: string; poolId: string; clientId: string };
  /** What can be looked for in pictures here, and what is unless their owner says otherwise. */
  features: { offered: Feature[]; usual: Feature[] };
  /** Whether people may sign up by themselves. */
  signUp: boolean;
  /** Somebody to sign in as where all is a trial. */
  demo?: { email: string; password: string };
}

export async function loadConfig(): Promise<Config> {
  // As the page preloads it: the same mode, so the same answer is used.
  const response = await fetch("/config.json", { credentials: "same-origin" });
  if (!response.ok) throw new Error(`config.json: ${response.status}`);
  return (await response.json()) as Config;
}
