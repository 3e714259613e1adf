// A user journey with the TypeScript client, from sign-in to deletion, including failures. Runs in
// Node where the package is installed; `process.env` has the URLs and the credentials.

import assert from "node:assert/strict";
import { createHash, createHmac, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import {
  createAuthenticatedFetch,
  createSightline,
  ClientCredentials,
  Problem,
  readEvents,
  Session,
  signIn,
  SignInRejected,
  StorageError,
  Unreachable,
  uploadImage,
} from "sightline-client";

const { API, COGNITO, POOL_ID, CLIENT_ID, EMAIL, PASSWORD, IMAGE, BROKEN } = process.env;
const DEADLINE = Date.now() + 120_000;

const pool = { id: POOL_ID, clientId: CLIENT_ID, endpoint: COGNITO };
for (const flow of ["srp", "password"]) {
  await assert.rejects(
    signIn(pool, EMAIL, "Sightline-wrong-1", flow),
    (error) => error instanceof SignInRejected && error.code === "NotAuthorizedException",
  );
  // Nothing listens on the port of `discard`.
  await assert.rejects(
    signIn({ ...pool, endpoint: "http://127.0.0.1:9/" }, EMAIL, PASSWORD, flow),
    Unreachable,
  );
}
const withPassword = await signIn(pool, EMAIL, PASSWORD, "password");
const renewedToken = await withPassword.token(true);
assert.equal(renewedToken, withPassword.tokens.accessToken);
const session = await signIn(pool, EMAIL, PASSWORD);
const access = await session.token(false);
assert.equal(access, session.tokens.accessToken);

// Concurrent requests after a rejected token share one renewal.
const [first, second] = await Promise.all([session.token(true), session.token(true)]);
assert.equal(first, second);
assert.ok(session.tokens.refreshToken, "the refresh token is kept");
const expired = new Session(pool, { ...session.tokens, accessToken: "expired", expiresAt: 0 });
assert.notEqual(await expired.token(false), "expired");
const ended = new Session(pool, { ...session.tokens, refreshToken: "invalid", expiresAt: 0 });
await assert.rejects(ended.token(false), SignInRejected);

// A user with an authenticator app signs in with its code.
async function callCognito(action, body) {
  const response = await fetch(`${COGNITO}/`, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": `AWSCognitoIdentityProviderService.${action}`,
    },
    body: JSON.stringify({ AccessToken: access, ...body }),
  });
  assert.ok(response.ok, `${action}: ${response.status}`);
  return response.json();
}

/** The current code of a secret in base 32 (RFC 6238). */
function computeCode(secret) {
  const bits = [...secret].map((digit) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(digit));
  const text = bits.map((each) => each.toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(text.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac("sha1", key).update(step).digest();
  const number = digest.readUInt32BE(digest[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

const { SecretCode: secretCode } = await callCognito("AssociateSoftwareToken", {});
await callCognito("VerifySoftwareToken", { UserCode: computeCode(secretCode) });
const setMfa = (on) =>
  callCognito("SetUserMFAPreference", { SoftwareTokenMfaSettings: { Enabled: on, PreferredMfa: on } });
await setMfa(true);
for (const flow of ["srp", "password"]) {
  await assert.rejects(
    signIn(pool, EMAIL, PASSWORD, flow),
    (error) => error instanceof SignInRejected && error.code === "SOFTWARE_TOKEN_MFA",
  );
  await assert.rejects(
    signIn(pool, EMAIL, PASSWORD, flow, () => "000000"),
    (error) => error instanceof SignInRejected && error.code === "CodeMismatchException",
  );
  const withCode = await signIn(pool, EMAIL, PASSWORD, flow, () => computeCode(secretCode));
  assert.ok(withCode.tokens.refreshToken);
}
await setMfa(false);

let renewals = 0;
const options = { baseUrl: API, token: session.token };
const sightline = createSightline(options);

// An API key is a credential without a renewal.
const request = { name: "import", scopes: ["images:read"], expires_in_days: 7 };
const { data: key } = await sightline.POST("/v1/api-keys", { body: request });
const program = createSightline({ baseUrl: API, token: key.secret });
assert.deepEqual((await program.GET("/v1/albums")).data.items, []);
await assert.rejects(
  program.POST("/v1/albums", { body: { title: "Summer" } }),
  (error) => error instanceof Problem && error.code === "insufficient_scope",
);
const wrong = createSightline({ baseUrl: API, token: `${key.secret.slice(0, -1)}_` });
await assert.rejects(
  wrong.GET("/v1/albums"),
  (error) => error instanceof Problem && error.status === 401,
);

// A machine client acts for its own service account.
const { TOKEN_URL, MACHINE_CLIENT_ID, MACHINE_CLIENT_SECRET } = process.env;
const machine = {
  tokenUrl: TOKEN_URL,
  clientId: MACHINE_CLIENT_ID,
  clientSecret: MACHINE_CLIENT_SECRET,
  scopes: ["images:read"],
};
const credentials = new ClientCredentials(machine);
const [one, other] = await Promise.all([credentials.token(false), credentials.token(false)]);
assert.equal(one, other);
assert.equal(await credentials.token(false), one);
const service = createSightline({ baseUrl: API, token: credentials.token });
assert.deepEqual((await service.GET("/v1/albums")).data.items, []);
await assert.rejects(
  service.POST("/v1/albums", { body: { title: "Summer" } }),
  (error) => error instanceof Problem && error.code === "insufficient_scope",
);
await assert.rejects(
  new ClientCredentials({ ...machine, clientSecret: "wrong" }).token(false),
  (error) => error instanceof SignInRejected && error.code === "invalid_client",
);

async function createUploads(paths) {
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
  return data.items.map(({ upload }, index) => ({ created: upload, file: files[index] }));
}

async function upload({ created, file }) {
  const form = new FormData();
  for (const [name, value] of Object.entries(created.upload.fields)) form.append(name, value);
  form.append("file", new Blob([file]));
  const response = await fetch(created.upload.url, { method: "POST", body: form });
  assert.ok(response.ok, `S3 returned ${response.status}`);
  return created.image.id;
}

const getImage = async (id) =>
  (await sightline.GET("/v1/images/{image_id}", { params: { path: { image_id: id } } })).data;

// Create two uploads in one batch, send them, and wait for their final statuses.
const authenticatedFetch = createAuthenticatedFetch(options);
const stream = await authenticatedFetch(new Request(`${API}/v1/events`));
const events = readEvents(stream.body);
assert.equal((await events.next()).value.event, "open");
const [good, bad] = await Promise.all((await createUploads([IMAGE, BROKEN])).map(upload));
const statuses = new Map();
for await (const { event, data } of events) {
  assert.ok(Date.now() < DEADLINE, "processing took too long");
  const change = JSON.parse(data);
  if (event === "image" && ["ready", "failed"].includes(change.status)) {
    statuses.set(change.image_id, change.status);
  }
  if (statuses.get(good) === "ready" && statuses.get(bad) === "failed") break;
}
assert.ok((await getImage(bad)).renditions.failure.code, "a failed image has a code");

// Search for the image, and add it to an album.
const label = (await getImage(good)).labels[0].name;
const found = await sightline.GET("/v1/images", { params: { query: { label: [label] } } });
assert.deepEqual(found.data.items.map(({ id }) => id), [good]);
const album = (await sightline.POST("/v1/albums", { body: { title: "Summer" } })).data;
const path = { album_id: album.id };
await sightline.POST("/v1/albums/{album_id}/images", { params: { path }, body: { ids: [good] } });
const listed = await sightline.GET("/v1/images", { params: { query: { album: album.id } } });
assert.deepEqual(listed.data.items.map(({ id }) => id), [good]);

// Upload by the helper; an upload that S3 rejects leaves no image.
const content = new File([await readFile(IMAGE), "another content"], "beach.jpg", { type: "image/jpeg" });
const uploaded = await uploadImage(sightline, content);
assert.equal(uploaded.title, "beach.jpg");
await assert.rejects(
  uploadImage(sightline, new Blob(["text"]), { mediaType: "text/plain" }),
  (error) =>
    error instanceof Problem &&
    error.status === 422 &&
    error.errors.some(({ location }) => location === "body.media_type") &&
    typeof error.requestId === "string",
);
const posts = globalThis.fetch;
globalThis.fetch = async () =>
  new Response("<Error><Code>EntityTooLarge</Code></Error>", { status: 400 });
await assert.rejects(
  uploadImage(createSightline({ ...options, fetch: posts }), new Blob(["x"]), { mediaType: "image/png" }),
  (error) => error instanceof StorageError && error.code === "EntityTooLarge" && error.status === 400,
);
globalThis.fetch = posts;
const awaiting = await sightline.GET("/v1/images", { params: { query: { status: "awaiting_upload" } } });
assert.deepEqual(awaiting.data.items, []);

// Delete everything.
await sightline.DELETE("/v1/albums/{album_id}", { params: { path } });
await sightline.POST("/v1/images/delete", { body: { ids: [good, bad, uploaded.id], permanent: true } });
await assert.rejects(getImage(good), (error) => error instanceof Problem && error.code === "image_not_found");

// A rejected token is renewed once; if the new one is rejected too, the call throws.
const renewing = createSightline({
  baseUrl: API,
  token: async (renew) => {
    renewals += Number(renew);
    return renew ? access : "invalid";
  },
});
assert.equal((await renewing.GET("/v1/usage")).data.images, 0);
assert.equal(renewals, 1);
const rejected = createSightline({ baseUrl: API, token: async () => "invalid" });
await assert.rejects(rejected.GET("/v1/usage"), (error) => error.status === 401);

// The API stops and restarts: the test that runs this script does so on request.
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
console.log("stop the API");
assert.equal((await lines.next()).value, "stopped");
await assert.rejects(sightline.GET("/v1/usage"), (error) => error instanceof Unreachable);
console.log("restart the API");
assert.equal((await lines.next()).value, "restarted");
assert.ok((await sightline.GET("/v1/usage")).data.months);
console.log("done");
process.exit(0);
