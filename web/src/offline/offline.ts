/** What makes the application usable without a network. Loaded after the first page. */
import type { Services } from "../services";
import { OfflineLibrary } from "./library";
import type { AddThumbnails } from "./serviceWorker";

let isStarted = false;

/** Register the service worker, and keep the last lists of the signed-in user. */
export function startOffline({ session, queries, live }: Services): void {
  // Both exist in secure contexts only.
  if (isStarted || !("caches" in globalThis)) return;
  isStarted = true;
  const library = new OfflineLibrary(queries, live.state);
  const followSession = () => {
    const { state } = session;
    if (state.kind === "restoring") return;
    // Those who sign out with the browser leave nothing on the disk.
    if (state.kind === "signedIn" && session.isKept) void library.open(state.owner);
    else void library.close();
    if (state.kind === "signedIn") void register();
  };
  session.subscribe(followSession);
  followSession();
}

/** Register the service worker of a build; visitors of share links do not need it. */
async function register(): Promise<void> {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  const { serviceWorker } = navigator;
  if (!serviceWorker.controller) {
    serviceWorker.addEventListener("controllerchange", () => serviceWorker.controller?.postMessage(findLoadedImages()), { once: true });
  }
  try {
    await serviceWorker.register("/sw.js");
  } catch {
    // The browser or its user does not allow it: everything else works without.
  }
}

/** The images that were loaded without the service worker. */
function findLoadedImages(): AddThumbnails {
  return { thumbnails: [...document.images].filter(({ complete }) => complete).map(({ currentSrc }) => currentSrc) };
}
