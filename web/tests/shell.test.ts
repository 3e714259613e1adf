// @vitest-environment node
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Shell } from "../src/offline/shell";
import { MemoryCaches } from "./memoryCaches";

const ENTRY = "/assets/index-1.js";
const FILES = [ENTRY, "/assets/gallery-1.css", "/icon.svg"];
const MANIFEST = { version: "v1", entry: ENTRY, files: FILES };
const CACHE = "sightline-shell-v1";

let caches: MemoryCaches;
let server: Record<string, string>;
let status: number;
let requested: string[];

const load = async (input: unknown) => {
  const path = typeof input === "string" ? input : new URL((input as Request).url).pathname;
  requested.push(path);
  if (status === 0) throw new TypeError("Failed to fetch");
  const body = server[path] ?? server["/index.html"];
  return new Response(body, { status });
};

const makeShell = (manifest = MANIFEST) => new Shell(manifest, caches.storage, load as typeof fetch);

const request = (path: string, more: object = {}) =>
  ({ method: "GET", mode: "cors", url: `https://app.example${path}`, ...more }) as Request;
const navigation = (path: string) => request(path, { mode: "navigate" });

beforeEach(() => {
  vi.stubGlobal("location", new URL("https://app.example/sw.js"));
  caches = new MemoryCaches();
  requested = [];
  status = 200;
  server = Object.fromEntries([...FILES, "/config.json"].map((path) => [path, `content of ${path}`]));
  server["/index.html"] = `<script type="module" src="${ENTRY}"></script>`;
});

test("the page, its configuration and all files are stored at installation", async () => {
  await makeShell().install();
  expect(caches.paths(CACHE).toSorted()).toEqual([...FILES, "/config.json", "/index.html"].toSorted());
});

test("an update downloads only what changed, and removes what is left over", async () => {
  await makeShell().install();
  requested = [];
  server["/index.html"] = "/assets/index-2.js";
  const update = makeShell({ version: "v2", entry: "/assets/index-2.js", files: ["/assets/index-2.js", "/assets/gallery-1.css"] });
  await update.install();
  expect(requested.toSorted()).toEqual(["/assets/index-2.js", "/config.json", "/index.html"]);
  expect(await caches.keys()).toEqual([CACHE, "sightline-shell-v2"]);
  await update.activate();
  expect(await caches.keys()).toEqual(["sightline-shell-v2"]);
});

test("an installation fails while the server has the page of another build", async () => {
  server["/index.html"] = '<script src="/assets/index-0.js"></script>';
  await expect(makeShell().install()).rejects.toThrow("another build");
});

test("an installation fails if a file is missing", async () => {
  status = 404;
  await expect(makeShell().install()).rejects.toThrow("404");
});

describe("a request", () => {
  beforeEach(async () => {
    await makeShell().install();
    requested = [];
  });

  test("for the page is answered by the network while it responds", async () => {
    server["/index.html"] = "a new build";
    expect(await (await makeShell().respond(navigation("/photos/1")))!.text()).toBe("a new build");
  });

  test("for the page uses the response that the browser preloaded", async () => {
    const response = await makeShell().respond(navigation("/"), Promise.resolve(new Response("preloaded")));
    expect(await response!.text()).toBe("preloaded");
    expect(requested).toEqual([]);
  });

  test.each([0, 502])("for any route is answered from the cache if the network fails (%s)", async (failure) => {
    status = failure;
    for (const path of ["/", "/photos/1", "/albums"]) {
      expect(await (await makeShell().respond(navigation(path)))!.text()).toContain(ENTRY);
    }
  });

  test("for the configuration is answered from the cache if the network fails", async () => {
    server["/config.json"] = "changed";
    expect(await (await makeShell().respond(request("/config.json")))!.text()).toBe("changed");
    status = 0;
    expect(await (await makeShell().respond(request("/config.json")))!.text()).toBe("changed");
  });

  test("for a file with a hash in its name never reaches the network", async () => {
    expect(await (await makeShell().respond(request(ENTRY)))!.text()).toBe(`content of ${ENTRY}`);
    expect(requested).toEqual([]);
  });

  test.each([
    request("/v1/images"),
    request("/v1/events"),
    request("/assets/index-0.js"),
    request("/share", { method: "POST", mode: "navigate" }),
    { ...request("/config.json"), url: "https://cognito.example/config.json" },
    navigation("/docs"),
    navigation("/v1/shared/token/preview"),
    navigation("/openapi.json"),
  ])("for $url ($method) is left to the browser", (other) => {
    expect(makeShell().respond(other as Request)).toBeNull();
  });
});
