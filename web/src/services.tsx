/** The application's shared services, created once in `main.tsx`. */
import type { QueryClient } from "@tanstack/react-query";
import { createContext, useContext, useSyncExternalStore } from "react";
import type { Sightline } from "sightline-client";
import type { Config } from "./config";
import type { LiveUpdates } from "./live/liveUpdates";
import type { DeletionQueue } from "./deletions/deletionQueue";
import type { Session, SessionState } from "./session/session";
import type { UploadQueue } from "./uploads/queue";

export interface Services {
  config: Config;
  session: Session;
  api: Sightline;
  queries: QueryClient;
  live: LiveUpdates;
  uploads: UploadQueue;
  deletions: DeletionQueue;
}

export const ServicesContext = createContext<Services | null>(null);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (!services) throw new Error("useServices must be used inside ServicesContext.");
  return services;
}

export function useSession(): SessionState {
  const { session } = useServices();
  return useSyncExternalStore(session.subscribe, () => session.state);
}
