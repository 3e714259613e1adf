/**
 * The service worker: the application starts without a network, and receives photos that other applications share.
 * It never handles requests to the API.
 */
import { IndexedDbSharedFiles, receiveShare, SHARE_PATH } from "./sharedFiles";
import { Shell, type ShellManifest } from "./shell";
import { Thumbnails } from "./thumbnails";

/** Set by the build; see vite.config.ts. */
declare const SHELL_MANIFEST: ShellManifest;

declare const self: ServiceWorkerGlobalScope;

/** A message of the page: URLs of images that it loaded before it was controlled. */
export interface AddThumbnails {
  thumbnails: string[];
}

const shell = new Shell(SHELL_MANIFEST);
const thumbnails = new Thumbnails();
const sharedFiles = new IndexedDbSharedFiles();

self.addEventListener("install", (event) => event.waitUntil(shell.install()));

self.addEventListener("activate", (event) => {
  const start = async () => {
    await shell.activate();
    // The request for the page is sent while the service worker starts.
    await self.registration.navigationPreload?.enable();
    await self.clients.claim();
  };
  event.waitUntil(start());
});

self.addEventListener("fetch", (event) => {
  const response = respond(event);
  if (response) event.respondWith(response);
});

self.addEventListener("message", (event: ExtendableMessageEvent) => {
  const { thumbnails: urls } = event.data as AddThumbnails;
  event.waitUntil(thumbnails.add(urls));
});

function respond(event: FetchEvent): Promise<Response> | null {
  const { request, preloadResponse } = event;
  const isShare = request.method === "POST" && new URL(request.url).pathname === SHARE_PATH;
  if (isShare && request.mode === "navigate") return receiveShare(request, sharedFiles);
  return thumbnails.respond(request, (rest) => event.waitUntil(rest)) ?? shell.respond(request, preloadResponse);
}
