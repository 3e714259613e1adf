import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// `npm run dev` beside `make run`: everything but the page's own files comes from there.
const running = process.env.SIGHTLINE_WEB ?? "http://127.0.0.1:8005";

export default defineConfig({
  plugins: [react()],
  // amazon-cognito-identity-js was written for Node's name of it.
  define: { global: "globalThis" },
  resolve: {
    // The client lies beside this folder, where nothing is installed for it.
    alias: { "openapi-fetch": fileURLToPath(new URL("node_modules/openapi-fetch", import.meta.url)) },
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
