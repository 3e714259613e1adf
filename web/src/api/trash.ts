/** The trash: moving images there, restoring them, and deleting them for good. */
import { infiniteQueryOptions } from "@tanstack/react-query";
import type { Schemas, Sightline } from "sightline-client";

export type TrashedImage = Schemas["TrashedImage"];

/** Images per request: the API's maximum. */
const BATCH_SIZE = 100;

/** The ids of images with which a request succeeded and failed. */
export interface TrashOutcome {
  done: string[];
  failed: string[];
}

type Outcomes = Promise<{ data?: Schemas["ItemOutcomes"] }>;

/** Send ids in batches. A batch whose request fails is a failure of all its images. */
async function sendInBatches(ids: readonly string[], send: (ids: string[]) => Outcomes): Promise<TrashOutcome> {
  const outcome: TrashOutcome = { done: [], failed: [] };
  for (let at = 0; at < ids.length; at += BATCH_SIZE) {
    const batch = ids.slice(at, at + BATCH_SIZE);
    try {
      const { data } = await send(batch);
      for (const { id, problem } of data!.items) (problem ? outcome.failed : outcome.done).push(id);
    } catch {
      outcome.failed.push(...batch);
    }
  }
  return outcome;
}

const idempotencyKey = () => ({ header: { "idempotency-key": crypto.randomUUID() } });

/** Move images to the trash. `keepalive` lets the request complete after the page is closed. */
export function moveToTrash(api: Sightline, ids: readonly string[]): Promise<TrashOutcome> {
  return sendInBatches(ids, (batch) =>
    api.POST("/v1/images/delete", { params: idempotencyKey(), body: { ids: batch }, keepalive: true }),
  );
}

export function restoreFromTrash(api: Sightline, ids: readonly string[]): Promise<TrashOutcome> {
  return sendInBatches(ids, (batch) =>
    api.POST("/v1/images/restore", { params: idempotencyKey(), body: { ids: batch } }),
  );
}

/** Delete images for good, with their originals and renditions. */
export function deleteForever(api: Sightline, ids: readonly string[]): Promise<TrashOutcome> {
  return sendInBatches(ids, (batch) =>
    api.POST("/v1/images/delete", { params: idempotencyKey(), body: { ids: batch, permanent: true } }),
  );
}

export const TRASH = "trash";

export function trashQuery(api: Sightline) {
  return infiniteQueryOptions({
    queryKey: [TRASH],
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: BATCH_SIZE, ...(pageParam ? { cursor: pageParam } : {}) };
      return (await api.GET("/v1/trash", { params: { query }, signal })).data!;
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** Return the ids of all images in the trash. */
export async function listTrash(api: Sightline): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const query = { limit: BATCH_SIZE, ...(cursor ? { cursor } : {}) };
    const page: Schemas["TrashPage"] = (await api.GET("/v1/trash", { params: { query } })).data!;
    ids.push(...page.items.map(({ image }) => image.id));
    cursor = page.next_cursor;
  }
  return ids;
}
