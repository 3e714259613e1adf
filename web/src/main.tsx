import { QueryClientProvider } from "@tanstack/react-query";
import i18next from "i18next";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { cacheImage, refreshImage } from "./api/images";
import { boot, type Boot } from "./boot";
import { initTranslations } from "./i18n";
import { DeletionQueue } from "./deletions/deletionQueue";
import { ServicesContext, type Services } from "./services";
import { showToast } from "./ui/toasts";
import { hashFile } from "./uploads/hash";
import { IndexedDbJournal } from "./uploads/journal";
import { postFile } from "./uploads/post";
import { UploadQueue } from "./uploads/queue";

/** What works offline is loaded after the first page, or at once if the API does not respond. */
const OFFLINE_DELAY_MILLISECONDS = 3_000;

function createServices({ config, session, client: { api, queries }, live }: Boot): Services {
  const deletions = new DeletionQueue(api, queries, (failure, count) =>
    showToast({ tone: "danger", text: i18next.t(`deletion.${failure}`, { count }) }),
  );
  const uploads = new UploadQueue({
    api,
    journal: new IndexedDbJournal(),
    hash: hashFile,
    post: postFile,
    onCreated: (image) => cacheImage(queries, { image, etag: null }),
    onUploaded: (id) => void refreshImage(api, queries, id).catch(() => {}),
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  });
  return { config, session, api, queries, deletions, uploads, live };
}

/** Start the per-user services at sign-in; stop and clear them at sign-out. */
function bindToSession(services: Services): void {
  const { session, queries, deletions, uploads, live } = services;
  const startOffline = () => void import("./offline/offline").then((offline) => offline.startOffline(services));
  setTimeout(startOffline, OFFLINE_DELAY_MILLISECONDS);
  live.state.subscribe(() => (live.state.value === "offline" ? startOffline() : uploads.resume()));
  // It may have been found by now that the API does not respond.
  if (live.state.value === "offline") startOffline();
  addEventListener("online", () => uploads.resume());
  const follow = () => {
    if (session.state.kind === "signedIn") {
      live.start();
      void uploads.open(session.state.owner);
      return;
    }
    live.stop();
    uploads.close();
    void deletions.flush();
    queries.clear();
  };
  session.subscribe(follow);
  // It may have been restored by now.
  if (session.state.kind === "signedIn") follow();
}

/** Start the services and show the page. Fails if `boot` does. */
export async function start(): Promise<void> {
  const translations = initTranslations();
  const booted = await boot;
  const services = createServices(booted);
  bindToSession(services);
  await translations;
  createRoot(document.getElementById("root")!).render(
    <StrictMode>
      <ServicesContext value={services}>
        <QueryClientProvider client={services.queries}>
          <App />
        </QueryClientProvider>
      </ServicesContext>
    </StrictMode>,
  );
}
