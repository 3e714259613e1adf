/**
 * What the page runs first, while the rest is loaded: it renews a stored session, requests the texts and the code of
 * the first page, and draws the first images. It is small, because a phone waits for it.
 */
// Imported first, so that component styles override it.
import "./styles/base.css";
import { createClient, type Client } from "./api/client";
import { loadConfig, type Config } from "./config";
import { paintFirst } from "./gallery/firstPaint";
import { prefetchGallery } from "./gallery/prefetch";
import { sort } from "./gallery/preferences";
import type { Section } from "./gallery/useSections";
import { catalogs, findLanguage } from "./i18n/languages";
import { LiveUpdates } from "./live/liveUpdates";
import { Cognito } from "./session/cognito";
import { Session } from "./session/session";
import { EncryptedVault } from "./session/vault";
import { initTheme } from "./theme";

export interface Boot {
  config: Config;
  session: Session;
  client: Client;
  live: LiveUpdates;
}

async function start(): Promise<Boot> {
  initTheme();
  void catalogs[findLanguage()]();
  const config = await loadConfig();
  const session = new Session(new Cognito(config.cognito.endpoint, config.cognito.clientId), config, sessionStorage, new EncryptedVault());
  const client = createClient(config, session);
  const live = new LiveUpdates(client.options, client.api, client.queries);
  void showFirst(session, client, live);
  return { config, session, client, live };
}

/** Restore the session, and request and draw what the gallery shows first. The page reports what fails, because it repeats it. */
async function showFirst(session: Session, { api, queries }: Client, live: LiveUpdates): Promise<void> {
  await session.restore();
  if (session.state.kind !== "signedIn") return;
  const isGallery = location.pathname === "/";
  let prefetched: Promise<readonly Section[]> | null = null;
  if (isGallery && !location.search) {
    // Before the images are read: what changes afterwards arrives as an event.
    live.start();
    prefetched = prefetchGallery(api, queries);
  }
  // In a later task, so that the images are requested first: browsers load six files at a time over HTTP/1.1.
  setTimeout(() => {
    void import("./Shell");
    if (isGallery) void import("./gallery/GalleryPage");
  });
  paintFirst((await prefetched?.catch(() => [])) ?? [], sort.value);
}

export const boot = start();
// `start` awaits it too.
boot.catch(() => {});

import("./main")
  .then((main) => main.start())
  .catch((error: unknown) => {
    document.getElementById("root")!.textContent = `Sightline cannot start: ${String(error)}`;
  });
