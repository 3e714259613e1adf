// What a team does with the TypeScript client, from sign-in to deletion, failures included. Run by
// Node where the package is installed; `process.env` says where Sightline is and who signs in.

import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { createSender, createSightline, Problem, readEvents, Unreachable } from "sightline-client";

const { API, COGNITO, CLIENT_ID, EMAIL, PASSWORD, PICTURE, BROKEN } = process.env;
const DEADLINE = Date.now() + 120_000;

async function signIn() {
  const answer = await fetch(COGNITO, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
    },
    body: JSON.stringify({
      AuthFlow: "USER_PASSWORD_AUTH",
      ClientId: CLIENT_ID,
      AuthParameters: { USERNAME: EMAIL, PASSWORD },
    }),
  });
  return (await answer.json()).AuthenticationResult.AccessToken;
}

const access = await signIn();
let renewals = 0;
const options = { baseUrl: API, token: async () => access };
const sightline = createSightline(options);

async function announce(paths) {
  const files = await Promise.all(paths.map((path) => readFile(path)));
  const { data } = await sightline.POST("/v1/images/batch", {
    params: { header: { "idempotency-key": randomUUID() } },
    body: {
      images: files.map((file) => ({
        media_type: "image/jpeg",
        bytes: file.length,
        sha256: createHash("sha256").update(file).digest("hex"),
        title: "from TypeScript",
      })),
    },
  });
  return data.items.map(({ ticket }, index) => ({ ticket, file: files[index] }));
}

async function upload({ ticket, file }) {
  const form = new FormData();
  for (const [name, value] of Object.entries(ticket.upload.fields)) form.append(name, value);
  form.append("file", new Blob([file]));
  const answer = await fetch(ticket.upload.url, { method: "POST", body: form });
  assert.ok(answer.ok, `S3 answered ${answer.status}`);
  return ticket.image.id;
}

const read = async (id) =>
  (await sightline.GET("/v1/images/{image_id}", { params: { path: { image_id: id } } })).data;

// Upload two by one batch of tickets, and hear of their ends.
const send = createSender(options);
const stream = await send(new Request(`${API}/v1/events`));
const events = readEvents(stream.body);
assert.equal((await events.next()).value.event, "open");
const [good, bad] = await Promise.all((await announce([PICTURE, BROKEN])).map(upload));
const ended = new Map();
for await (const { event, data } of events) {
  assert.ok(Date.now() < DEADLINE, "the pictures took too long");
  const told = JSON.parse(data);
  if (event === "image" && ["ready", "failed"].includes(told.status)) {
    ended.set(told.image_id, told.status);
  }
  if (ended.get(good) === "ready" && ended.get(bad) === "failed") break;
}
assert.ok((await read(bad)).renditions.failure.code, "a rejected picture has a reason");

// Find it, and put it into an album.
const label = (await read(good)).labels[0].name;
const found = await sightline.GET("/v1/search", { params: { query: { label: [label] } } });
assert.deepEqual(found.data.items.map(({ id }) => id), [good]);
const album = (await sightline.POST("/v1/albums", { body: { title: "Summer" } })).data;
const path = { album_id: album.id };
await sightline.POST("/v1/albums/{album_id}/images", { params: { path }, body: { ids: [good] } });
const held = await sightline.GET("/v1/images", { params: { query: { album: album.id } } });
assert.deepEqual(held.data.items.map(({ id }) => id), [good]);

// Delete all of it.
await sightline.DELETE("/v1/albums/{album_id}", { params: { path } });
await sightline.POST("/v1/images/delete", { body: { ids: [good, bad] } });
await assert.rejects(read(good), (error) => error instanceof Problem && error.code === "image_not_found");

// A refused token is renewed once; where that is refused too, it is told.
const renewing = createSightline({
  baseUrl: API,
  token: async (renew) => {
    renewals += Number(renew);
    return renew ? access : "spent";
  },
});
assert.equal((await renewing.GET("/v1/usage")).data.images, 0);
assert.equal(renewals, 1);
const spent = createSightline({ baseUrl: API, token: async () => "spent" });
await assert.rejects(spent.GET("/v1/usage"), (error) => error.status === 401);

// The API is away, and comes back: whoever runs this is told when to take it away.
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
console.log("take it away");
assert.equal((await lines.next()).value, "it is away");
await assert.rejects(sightline.GET("/v1/usage"), (error) => error instanceof Unreachable);
console.log("bring it back");
assert.equal((await lines.next()).value, "it is back");
assert.ok((await sightline.GET("/v1/usage")).data.months);
console.log("done");
process.exit(0);
