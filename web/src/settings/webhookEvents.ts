import type { WebhookEvent } from "../api/webhooks";

/** The name of each event in the catalogs, whose keys cannot contain a dot. */
export const EVENT_TEXTS = {
  "image.ready": "webhooks.event.imageReady",
  "image.failed": "webhooks.event.imageFailed",
  "image.deleted": "webhooks.event.imageDeleted",
  "album.created": "webhooks.event.albumCreated",
  "album.updated": "webhooks.event.albumUpdated",
  "album.deleted": "webhooks.event.albumDeleted",
  "webhook.test": "webhooks.event.test",
} as const satisfies Record<WebhookEvent | "webhook.test", string>;
