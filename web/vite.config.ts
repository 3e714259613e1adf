import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress } from "node:zlib";
import react from "@vitejs/plugin-react";
import { build, type Plugin } from "vite";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// `npm run dev` proxies everything except the page's own files to a running `make run`.
const backend = process.env.SIGHTLINE_WEB ?? "http://127.0.0.1:8005";

/** Files of `public/` that the page shows. The browser itself loads the icons of the manifest. */
const PUBLIC_FILES = ["/icon.svg"];

/** Build the service worker, which knows all files of the application, as a classic script of its own. */
function serviceWorker(): Plugin {
  return {
    name: "service-worker",
    apply: "build",
    async writeBundle({ dir }, bundle) {
      const outputs = Object.values(bundle);
      // Data, such as the base map, is loaded when it is needed.
      const code = outputs.map(({ fileName }) => `/${fileName}`).filter((path) => /^\/assets\/.*\.(js|css)$/.test(path));
      const files = [...code, ...PUBLIC_FILES].sort();
      const entry = outputs.find((output) => output.type === "chunk" && output.moduleIds.includes(here("src/boot.ts")))!.fileName;
      // The page names all files that it loads, and the names have hashes of the content.
      const page = bundle["index.html"]!;
      const version = createHash("sha256").update(JSON.stringify([files, "source" in page && page.source])).digest("hex").slice(0, 12);
      await build({
        configFile: false,
        publicDir: false,
        logLevel: "warn",
        resolve: { alias: { "sightline-client": here("../clients/typescript/src/index.ts") } },
        define: { SHELL_MANIFEST: JSON.stringify({ version, entry: `/${entry}`, files }) },
        build: {
          target: "es2023",
          outDir: dir!,
          emptyOutDir: false,
          rolldownOptions: {
            input: here("src/offline/serviceWorker.ts"),
            output: { format: "iife", entryFileNames: "sw.js" },
          },
        },
      });
    },
  };
}

/** Compress the assets once with Brotli, which takes too long for a server to do it for each response. */
function compressed(): Plugin {
  const compress = promisify(brotliCompress);
  return {
    name: "compressed",
    apply: "build",
    async closeBundle() {
      const assets = here("dist/assets");
      const files = (await readdir(assets)).filter((name) => /\.(css|js|json)$/.test(name));
      await Promise.all(
        files.map(async (name) => writeFile(join(assets, `${name}.br`), await compress(await readFile(join(assets, name))))),
      );
    },
  };
}

/** `boot.ts` and what it imports. Another chunk would have to arrive before it runs. */
const BOOT = new RegExp(
  [
    String.raw`/web/src/(boot|config|store|theme)\.ts$|/web/src/styles/base\.css$`,
    String.raw`/web/src/api/(client|downloads|imagePages|images|summary)\.ts$`,
    String.raw`/web/src/(filters/filter|gallery/(firstPaint|layout|preferences|prefetch|sort|sources)|i18n/languages|live/liveUpdates|ui/download)\.ts$`,
    String.raw`/web/src/session/(cognito|session|tabSync|vault)\.ts$`,
    String.raw`/clients/typescript/src/`,
    "vite/preload-helper",
    String.raw`/node_modules/(idb-keyval|openapi-fetch)/|/@tanstack/query-core/.*/(?!\w*Observer)\w+\.js$`,
    String.raw`/node_modules/@tanstack/react-query/.*/(queryOptions|infiniteQueryOptions)\.js$`,
  ].join("|"),
);

/** What every page needs, with all that it imports. */
const MAIN = /\/web\/src\/main\.tsx$/;

/** The first page of most users, with all that it imports. */
const GALLERY = /\/web\/src\/(Shell|gallery\/GalleryPage)\.tsx$/;

export default defineConfig({
  plugins: [react(), serviceWorker(), compressed()],
  // amazon-cognito-identity-js uses Node's name of the global object.
  define: { global: "globalThis" },
  resolve: {
    // The client is used from source, with its dependency installed here. This avoids npm's links,
    // whose layout depends on the npm version.
    alias: {
      "sightline-client": here("../clients/typescript/src/index.ts"),
      "openapi-fetch": here("node_modules/openapi-fetch"),
      "amazon-cognito-identity-js": here("node_modules/amazon-cognito-identity-js"),
    },
  },
  build: {
    target: "es2023",
    // All of these support light-dark(), which both themes require.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // The Content Security Policy allows inline data for images only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          // Few files, because browsers load six at a time over HTTP/1.1. What many pages share is one of them.
          groups: [
            { name: "boot", test: BOOT, priority: 4, includeDependenciesRecursively: false },
            { name: "main", test: MAIN, priority: 3 },
            { name: "shared", test: /\.(js|mjs|ts|tsx)$/, priority: 2, minShareCount: 5 },
            { name: "gallery", test: GALLERY, priority: 1 },
          ],
        },
      },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ["/v1", "/config.json", "/mail", "/docs", "/openapi.json"].map((path) => [path, backend]),
    ),
  },
  test: {
    environment: "happy-dom",
    include: ["tests/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
});
