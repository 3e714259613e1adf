// Reads, changes and lists an image, and creates an upload, with the client that @hey-api/openapi-ts
// generates. Runs in Node; `process.env` has the URL, the token and the id of an image.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { client } from "./generated/client.gen.js";
import {
  addToAlbum,
  createAlbum,
  createImage,
  deleteAlbum,
  deleteImage,
  exportAccount,
  getImage,
  listImages,
  updateImage,
} from "./generated/sdk.gen.js";

const { API, TOKEN, IMAGE_ID } = process.env as Record<string, string>;
client.setConfig({ baseUrl: API, auth: TOKEN });
const path = { image_id: IMAGE_ID };

const image = (await getImage({ path, throwOnError: true })).data;
assert.equal(image.status, "ready");
assert.equal(image.capture?.taken_at_local, "2026-06-21T21:14:08");

await updateImage({ path, body: { labels_added: ["Holiday"] }, throwOnError: true });
const changed = await updateImage({ path, body: { title: "The beach" }, throwOnError: true });
assert.deepEqual(changed.data.labels_added, ["Holiday"]);
const found = await listImages({ query: { label: ["Holiday"] }, throwOnError: true });
assert.deepEqual(found.data.items.map(({ id }) => id), [IMAGE_ID]);

const headers = { "idempotency-key": randomUUID() };
const body = { media_type: "image/jpeg", bytes: 3_000_000, sha256: "0".repeat(64) } as const;
const upload = (await createImage({ body, headers, throwOnError: true })).data.image.id;
const repeated = await createImage({ body, headers, throwOnError: true });
assert.equal(repeated.data.image.id, upload);
assert.equal(repeated.response.headers.get("Idempotent-Replayed"), "true");
await deleteImage({ path: { image_id: upload }, throwOnError: true });

const album = { album_id: (await createAlbum({ body: { title: "Summer" }, throwOnError: true })).data.id };
const outcomes = await addToAlbum({ path: album, body: { ids: [IMAGE_ID] }, throwOnError: true });
assert.equal(outcomes.data.items[0]?.status, 204);
await deleteAlbum({ path: album, throwOnError: true });

const lines = (await exportAccount({ throwOnError: true, parseAs: "blob" })).data as Blob;
assert.match(await lines.text(), /"kind":"end"/);
const missing = await getImage({ path: { image_id: upload } });
assert.equal(missing.response?.status, 404);
assert.equal(missing.error?.code, "image_not_found");
console.log("done");
