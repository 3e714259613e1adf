// First, so that everything else may say otherwise.
import "./styles/base.css";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import i18next from "i18next";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createSightline, Problem } from "sightline-client";
import { App } from "./App";
import { refreshPicture, showPicture } from "./api/pictures";
import { loadConfig, type Config } from "./config";
import { startTexts } from "./i18n";
import { Live } from "./live/live";
import { Deletions } from "./picture/deletions";
import { ServicesContext, type Services } from "./services";
import { Cognito } from "./session/cognito";
import { Session, SignedOut } from "./session/session";
import { startTheme } from "./theme";
import { say } from "./ui/toasts";
import { hashFile } from "./uploads/hash";
import { BrowserKeeper } from "./uploads/kept";
import { postForm } from "./uploads/post";
import { UploadQueue } from "./uploads/queue";

/** Tries of a read before its failure is shown. */
const RETRIES = 2;

function createServices(config: Config): Services {
  const session = new Session(new Cognito(config.cognito.endpoint, config.cognito.clientId), config);
  const options = { baseUrl: config.api, token: (renew: boolean) => session.token(renew) };
  const api = createSightline(options);
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        refetchOnWindowFocus: false,
        // Whether the API answers is found out by asking it.
        networkMode: "always",
        retry: (failures, error) => failures < RETRIES && !isFinal(error),
      },
      mutations: { networkMode: "always" },
    },
  });
  const deletions = new Deletions(api, queries, (count) =>
    say({ tone: "bad", text: i18next.t("deletion.failed", { count }) }),
  );
  const uploads = new UploadQueue({
    api,
    keeper: new BrowserKeeper(),
    hash: hashFile,
    post: postForm,
    onPicture: (picture) => showPicture(queries, { picture, etag: null }),
    onSent: (id) => void refreshPicture(api, queries, id).catch(() => {}),
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  });
  return { config, session, api, queries, deletions, uploads, live: new Live(options, api, queries) };
}

function isFinal(error: unknown): boolean {
  return error instanceof SignedOut || (error instanceof Problem && error.status < 500 && error.status !== 429);
}

/** Everything that belongs to somebody comes and goes with them. */
function followSession({ session, queries, deletions, uploads, live }: Services): void {
  session.subscribe(() => {
    if (session.state.kind === "in") {
      live.start();
      void uploads.open(session.state.owner);
      return;
    }
    live.stop();
    uploads.close();
    void deletions.finish();
    queries.clear();
  });
}

async function start(): Promise<void> {
  startTheme();
  const [config] = await Promise.all([loadConfig(), startTexts()]);
  const services = createServices(config);
  followSession(services);
  void services.session.restore();
  // What is needed next comes while Cognito is asked.
  if (services.session.isKept) void import("./Shell");
  if (services.session.isKept && location.pathname === "/") void import("./gallery/GalleryPage");
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

start().catch((error: unknown) => {
  document.getElementById("root")!.textContent = `Sightline cannot start: ${String(error)}`;
});
