/** Changes to many images, one request each. */
import type { QueryClient } from "@tanstack/react-query";
import { Problem, type Schemas, type Sightline } from "sightline-client";
import { cacheImage, refreshImage } from "./images";
import type { Feature, ImageView } from "./types";

/** Requests at the same time. */
const CONCURRENCY = 4;

export interface Outcome {
  done: number;
  failed: number;
  /** The first error, if one failed. */
  error: unknown;
}

/** Run a task for each item, a few at a time; a failure does not stop the others. */
export async function runForEach<T>(
  items: readonly T[],
  task: (item: T) => Promise<unknown>,
  onProgress: (finished: number) => void = () => {},
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

/** Attempts to change an image that changes at the same time. */
const MAX_ATTEMPTS = 3;

/** Change an image by its current version; `change` returns null to leave it as it is. */
export async function changeImage(
  api: Sightline,
  queries: QueryClient,
  id: string,
  change: (image: ImageView) => Schemas["ImageChanges"] | null,
): Promise<void> {
  const path = { image_id: id };
  for (let attempt = 1; ; attempt++) {
    const current = await api.GET("/v1/images/{image_id}", { params: { path } });
    const body = change(current.data!);
    if (!body) return;
    const etag = current.response.headers.get("ETag");
    try {
      const { data, response } = await api.PATCH("/v1/images/{image_id}", {
        params: { path, header: etag ? { "if-match": etag } : {} },
        body,
      });
      return cacheImage(queries, { image: data!, etag: response.headers.get("ETag") });
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "changed" || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

export async function analyzeImage(api: Sightline, queries: QueryClient, id: string, features: Feature[]): Promise<void> {
  await api.POST("/v1/images/{image_id}/reprocess", {
    params: { path: { image_id: id }, header: { "idempotency-key": crypto.randomUUID() } },
    body: { parts: ["recognition"], features },
  });
  await refreshImage(api, queries, id);
}
