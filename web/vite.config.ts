import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// `npm run dev` proxies everything except the page's own files to a running `make run`.
const backend = process.env.SIGHTLINE_WEB ?? "http://127.0.0.1:8005";

export default defineConfig({
  plugins: [react()],
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
