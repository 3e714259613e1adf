/** Changes to many images. */
import type { QueryClient } from "@tanstack/react-query";
import type { Schemas, Sightline } from "sightline-client";
import { BATCH_SIZE } from "./batchSize";
import { refetchImages, refreshImage } from "./images";
import type { Feature } from "./types";

export type BatchChanges = Schemas["BatchChanges"];

/** Requests at the same time. */
const CONCURRENCY = 4;

/** Images to refresh one by one; more of them refetch whole lists. */
const MAX_SINGLE_REFRESHES = 20;

export interface Outcome {
  done: number;
  failed: number;
  /** The first error, if one failed: of a request, or the problem of an image. */
  error: unknown;
}

/** Called with the number of images that are finished. */
export type OnProgress = (finished: number) => void;

/** Run a task for each item, a few at a time; a failure does not stop the others. */
export async function runForEach<T>(
  items: readonly T[],
  task: (item: T) => Promise<unknown>,
  onProgress: OnProgress = () => {},
): Promise<Outcome> {
  const outcome: Outcome = { done: 0, failed: 0, error: null };
  const queue = items.values();
  async function work() {
    for (const item of queue) {
      try {
        await task(item);
        outcome.done += 1;
      } catch (error) {
        outcome.error ??= error;
        outcome.failed += 1;
      }
      onProgress(outcome.done + outcome.failed);
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return outcome;
}

/** Apply the same changes to images, then refresh what is cached of them. */
export async function updateImages(
  api: Sightline,
  queries: QueryClient,
  ids: readonly string[],
  changes: BatchChanges,
  onProgress: OnProgress = () => {},
): Promise<Outcome> {
  const outcome: Outcome = { done: 0, failed: 0, error: null };
  for (let at = 0; at < ids.length; at += BATCH_SIZE) {
    const batch = ids.slice(at, at + BATCH_SIZE);
    try {
      const params = { header: { "idempotency-key": crypto.randomUUID() } };
      const { data } = await api.POST("/v1/images/update", { params, body: { ids: batch, changes } });
      const failed = data!.items.filter(({ problem }) => problem);
      outcome.error ??= failed[0]?.problem ?? null;
      outcome.failed += failed.length;
      outcome.done += batch.length - failed.length;
    } catch (error) {
      outcome.error ??= error;
      outcome.failed += batch.length;
    }
    onProgress(outcome.done + outcome.failed);
  }
  if (ids.length > MAX_SINGLE_REFRESHES) await refetchImages(queries);
  // Events refresh what fails here.
  else await Promise.allSettled(ids.map((id) => refreshImage(api, queries, id)));
  for (const key of ["labels", "timeline", "places"]) void queries.invalidateQueries({ queryKey: [key] });
  return outcome;
}

export async function analyzeImage(api: Sightline, queries: QueryClient, id: string, features: Feature[]): Promise<void> {
  await api.POST("/v1/images/{image_id}/reprocess", {
    params: { path: { image_id: id }, header: { "idempotency-key": crypto.randomUUID() } },
    body: { parts: ["recognition"], features },
  });
  await refreshImage(api, queries, id);
}
