/** What the whole application uses, made once in `main.tsx`. */
import type { QueryClient } from "@tanstack/react-query";
import { createContext, useContext, useSyncExternalStore } from "react";
import type { Sightline } from "sightline-client";
import type { Config } from "./config";
import type { Live } from "./live/live";
import type { Deletions } from "./picture/deletions";
import type { Session, SessionState } from "./session/session";
import type { UploadQueue } from "./uploads/queue";

export interface Services {
  config: Config;
  session: Session;
  api: Sightline;
  queries: QueryClient;
  live: Live;
  uploads: UploadQueue;
  deletions: Deletions;
}

export const ServicesContext = createContext<Services | null>(null);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (!services) throw new Error("There are no services around this component.");
  return services;
}

export function useSession(): SessionState {
  const { session } = useServices();
  return useSyncExternalStore(session.subscribe, () => session.state);
}
