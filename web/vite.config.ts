import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// `npm run dev` beside `make run`: everything but the page's own files comes from there.
const running = process.env.SIGHTLINE_WEB ?? "http://127.0.0.1:8005";

export default defineConfig({
  plugins: [react()],
  // amazon-cognito-identity-js was written for Node's name of it.
  define: { global: "globalThis" },
  resolve: {
    // The client is taken as it lies beside this folder, and what it needs is installed here: so nothing
    // depends on how a version of npm makes links.
    alias: {
      "sightline-client": here("../clients/typescript/src/index.ts"),
      "openapi-fetch": here("node_modules/openapi-fetch"),
    },
  },
  build: {
    target: "es2023",
    // All of these know light-dark(), on which both themes rest.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // The policy for content allows no inline data but pictures.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: Object.fromEntries(
      ["/v1", "/config.json", "/docs", "/openapi.json"].map((path) => [path, running]),
    ),
  },
  test: {
    environment: "happy-dom",
    include: ["tests/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
});
