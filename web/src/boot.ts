/**
 * What the page runs first, while the rest is loaded: it renews a stored session, and requests the texts,
 * the code and the images that its user sees first. It is small, because a phone waits for it.
 */
import { createClient, type Client } from "./api/client";
import { loadConfig, type Config } from "./config";
import { prefetchGallery } from "./gallery/prefetch";
import { catalogs, findLanguage } from "./i18n/languages";
import { LiveUpdates } from "./live/liveUpdates";
import { Cognito } from "./session/cognito";
import { Session } from "./session/session";
import { EncryptedVault } from "./session/vault";

export interface Boot {
  config: Config;
  session: Session;
  client: Client;
  live: LiveUpdates;
}

async function start(): Promise<Boot> {
  void catalogs[findLanguage()]();
  const config = await loadConfig();
  const session = new Session(new Cognito(config.cognito.endpoint, config.cognito.clientId), config, sessionStorage, new EncryptedVault());
  const client = createClient(config, session);
  const live = new LiveUpdates(client.options, client.api, client.queries);
  void showFirst(session, client, live);
  return { config, session, client, live };
}

/** Restore the session, and request what the gallery shows first. The page reports what fails, because it repeats it. */
async function showFirst(session: Session, { api, queries }: Client, live: LiveUpdates): Promise<void> {
  const restored = session.restore();
  const isGallery = location.pathname === "/";
  if (session.isStored) {
    void import("./Shell");
    if (isGallery) void import("./gallery/GalleryPage");
  }
  await restored;
  if (session.state.kind !== "signedIn" || !isGallery || location.search) return;
  // Before the images are read: what changes afterwards arrives as an event.
  live.start();
  await prefetchGallery(api, queries).catch(() => {});
}

export const boot = start();
// Who awaits it reports the error.
boot.catch(() => {});
