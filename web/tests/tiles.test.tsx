import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Config } from "../src/config";
import PlaceMap from "../src/map/PlaceMap";
import { project } from "../src/map/projection";
import { findTiles } from "../src/map/Tiles";
import { clampViewport, toScreen, type Viewport } from "../src/map/viewport";
import { render } from "./render";

const SIZE = { width: 700, height: 500 };
const LISBON = { latitude: 38.71, longitude: -9.14 };

beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(SIZE.width);
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(SIZE.height);
  vi.stubGlobal("fetch", async () => Response.json({ type: "Topology", arcs: [], objects: { countries: { type: "GeometryCollection", geometries: [] } } }));
});

afterEach(() => vi.unstubAllGlobals());

const renderMap = (tiles: Config["tiles"]) => render(<PlaceMap position={LISBON} />, {}, { config: { api: "", tiles } as Config });

test("no image is requested of a map server by default", async () => {
  const { root } = await renderMap(null);
  expect(root.querySelector(".map-base")).not.toBeNull();
  expect(root.querySelector("img")).toBeNull();
});

test("a map has the tiles of the map server, and its attribution", async () => {
  const { root, text } = await renderMap({ url: "https://tiles.example.com/{z}/{x}/{y}.png?key=1", attribution: "© Example" });
  const urls = [...root.querySelectorAll("img")].map((image) => image.src);
  // The tile of Lisbon at zoom 5.
  expect(urls).toContain("https://tiles.example.com/5/15/12.png?key=1");
  expect(text()).toBe("© Example");
});

test.each([0, 2, 4.4, 4.6, 11.7])("tiles cover the map without gaps at zoom %d", (zoom) => {
  for (const position of [LISBON, { latitude: -18, longitude: 179.99 }, { latitude: 85, longitude: 1 }]) {
    const viewport: Viewport = clampViewport({ ...project(position), zoom }, SIZE);
    const tiles = findTiles(viewport, SIZE);
    const area = tiles.reduce((sum, { left, top, width, height }) => {
      const visible = (start: number, length: number, end: number) => Math.min(start + length, end) - Math.max(start, 0);
      return sum + visible(left, width, SIZE.width) * visible(top, height, SIZE.height);
    }, 0);
    expect(area).toBeCloseTo(SIZE.width * SIZE.height, -3);
    const { left, top } = toScreen(viewport, SIZE, project(position));
    const own = tiles.find((tile) => left >= tile.left && left <= tile.left + tile.width && top >= tile.top && top <= tile.top + tile.height)!;
    const count = 2 ** own.level;
    const { x, y } = project(position);
    expect([((own.column % count) + count) % count, own.row]).toEqual([Math.floor(x * count) % count, Math.floor(y * count)]);
  }
});
