import { describe, expect, test } from "vitest";
import baseMap from "../src/map/baseMap.json";
import { drawCountries, OVERHANG, PATH_UNITS } from "../src/map/baseMap";
import { boxAround, containsPosition, formatBox, type Box } from "../src/map/box";
import { Clusters } from "../src/map/clusters";
import { groupByName, mergePlaces, type PlaceCount } from "../src/map/places";
import { formatPosition, parsePosition } from "../src/map/positionText";
import { project, unproject, type Position } from "../src/map/projection";
import { clampViewport, fitBox, formatViewport, MAX_ZOOM, pan, parseViewport, toPosition, toScreen, visibleBox, worldPixels, zoomBy } from "../src/map/viewport";

const LISBON: Position = { latitude: 38.71, longitude: -9.14 };
const FIJI: Position = { latitude: -17.8, longitude: 179.99 };
const GLOBE: Box = { west: -180, south: -90, east: 180, north: 90 };
const SIZE = { width: 800, height: 500 };

function makePlace(position: Position, images: number, changes: Partial<PlaceCount> = {}): PlaceCount {
  return { ...position, images, image_id: `image ${position.latitude}`, ...changes };
}

describe("a position", () => {
  test.each<Position>([LISBON, FIJI, { latitude: 0, longitude: 0 }, { latitude: 85, longitude: -180 }])("%o is projected and back", (position) => {
    const back = unproject(project(position));
    expect(back.latitude).toBeCloseTo(position.latitude, 9);
    expect(back.longitude).toBeCloseTo(position.longitude, 9);
  });

  test("of a pole is at the edge of the world", () => {
    expect(project({ latitude: 90, longitude: 180 })).toEqual({ x: 1, y: expect.closeTo(0, 9) as number });
    expect(project({ latitude: -90, longitude: 0 })).toEqual({ x: 0.5, y: expect.closeTo(1, 9) as number });
  });

  test.each<[string, Position | null]>([
    ["38.7109, -9.1366", { latitude: 38.7109, longitude: -9.1366 }],
    [" 38.7109 -9.1366 ", { latitude: 38.7109, longitude: -9.1366 }],
    ["38.7109;-9.1366", { latitude: 38.7109, longitude: -9.1366 }],
    ["33.8688° S, 151.2093° E", { latitude: -33.8688, longitude: 151.2093 }],
    ["40.7n 74w", { latitude: 40.7, longitude: -74 }],
    ["+1,2", { latitude: 1, longitude: 2 }],
    ["91, 0", null],
    ["0, 181", null],
    ["38.7109", null],
    ["38.7109, -9.1366, 3", null],
    ["Lisbon", null],
    ["", null],
  ])("is read from %j", (text, expected) => {
    expect(parsePosition(text)).toEqual(expected);
  });

  test("is written as it is read", () => {
    expect(formatPosition({ latitude: -0.000001, longitude: 151.2093004 })).toBe("0, 151.2093");
    expect(parsePosition(formatPosition(FIJI))).toEqual(FIJI);
  });
});

describe("a box", () => {
  test("is written as the API reads it", () => {
    expect(formatBox(boxAround(LISBON, 0.0005))).toBe("-9.1405,38.7095,-9.1395,38.7105");
    expect(formatBox(boxAround({ latitude: 90, longitude: -180 }, 0.0005))).toBe("-180,89.9995,-179.9995,90");
    expect(formatBox({ west: -0.00001, south: 1e-9, east: 1, north: 2 })).toBe("0,0,1,2");
  });

  test("may cross the antimeridian", () => {
    const box: Box = { west: 170, south: -30, east: -170, north: 0 };
    expect(containsPosition(box, FIJI)).toBe(true);
    expect(containsPosition(box, { latitude: -17, longitude: -175 })).toBe(true);
    expect(containsPosition(box, { latitude: -17, longitude: 0 })).toBe(false);
    expect(containsPosition(box, { latitude: 17, longitude: 175 })).toBe(false);
  });
});

describe("a viewport", () => {
  const viewport = clampViewport({ ...project(LISBON), zoom: 5 }, SIZE);

  test("has its point at the center of the screen", () => {
    expect(toScreen(viewport, SIZE, project(LISBON))).toEqual({ left: 400, top: 250 });
    const position = toPosition(viewport, SIZE, { left: 400, top: 250 });
    expect(position.latitude).toBeCloseTo(LISBON.latitude, 9);
    expect(position.longitude).toBeCloseTo(LISBON.longitude, 9);
  });

  test("keeps the point under the pointer where it is while it zooms", () => {
    const point = { left: 650, top: 100 };
    const before = toPosition(viewport, SIZE, point);
    const after = toPosition(zoomBy(viewport, SIZE, 1.5, point), SIZE, point);
    expect(after.latitude).toBeCloseTo(before.latitude, 9);
    expect(after.longitude).toBeCloseTo(before.longitude, 9);
  });

  test("moves with the finger, and beyond the antimeridian", () => {
    expect(toScreen(pan(viewport, SIZE, 30, -20), SIZE, project(LISBON))).toEqual({ left: expect.closeTo(430) as number, top: expect.closeTo(230) as number });
    const east = clampViewport({ ...project({ latitude: -17, longitude: -179 }), zoom: 5 }, SIZE);
    expect(toScreen(east, SIZE, project(FIJI)).left).toBeLessThan(400);
    expect(visibleBox(east, SIZE).west).toBeGreaterThan(visibleBox(east, SIZE).east);
    expect(containsPosition(visibleBox(east, SIZE), FIJI)).toBe(true);
  });

  test("has no empty area above, below or beside the world", () => {
    const widest = clampViewport({ x: 0.9, y: -3, zoom: -1 }, SIZE);
    expect(worldPixels(widest)).toBeCloseTo(800);
    expect(toPosition(widest, SIZE, { left: 0, top: 0 }).latitude).toBeCloseTo(85.05, 1);
    expect(visibleBox(widest, SIZE)).toMatchObject({ west: -180, east: 180 });
    expect(clampViewport({ x: 0.5, y: 0.5, zoom: 40 }, SIZE).zoom).toBe(MAX_ZOOM);
  });

  test.each<Box>([boxAround(LISBON, 3), { west: -120, south: -30, east: 140, north: 60 }, boxAround(LISBON, 0.0005), { west: 170, south: -30, east: -170, north: 0 }])(
    "fits %o",
    (box) => {
      const shown = visibleBox(fitBox(box, SIZE), SIZE);
      for (const longitude of [box.west, box.east]) {
        for (const latitude of [box.south, box.north]) expect(containsPosition(shown, { latitude, longitude })).toBe(true);
      }
    },
  );

  test("is in the URL", () => {
    expect(formatViewport(viewport)).toBe("38.7100,-9.1400,5.00");
    const parsed = parseViewport(formatViewport(viewport))!;
    expect([parsed.x, parsed.y, parsed.zoom]).toEqual([viewport.x, viewport.y, 5].map((each) => expect.closeTo(each, 6) as number));
    for (const text of [null, "", "1,2", "1,2,3,4", "a,b,c", "91,0,3", "0,181,3"]) expect(parseViewport(text)).toBeNull();
    expect(parseViewport("1,2,99")!.zoom).toBe(MAX_ZOOM);
  });
});

describe("the base map", () => {
  const paths = drawCountries(baseMap as never);
  const rings = paths.flatMap((path) => path.split("M").slice(1).map((ring) => ring.replace("Z", "").split("L").map((corner) => corner.split(",").map(Number) as [number, number])));

  /** Whether a position is inside an outline, by the number of edges to its west. */
  function isLand(position: Position): boolean {
    const { x, y } = project(position);
    const [px, py] = [x * PATH_UNITS, y * PATH_UNITS];
    let crossings = 0;
    for (const ring of rings) {
      for (const [at, [x1, y1]] of ring.entries()) {
        const [x2, y2] = ring[(at + 1) % ring.length]!;
        if (y1 > py !== y2 > py && px > x1 + ((py - y1) / (y2 - y1)) * (x2 - x1)) crossings += 1;
      }
    }
    return crossings % 2 === 1;
  }

  test("has the countries, within the world", () => {
    expect(paths.length).toBeGreaterThan(210);
    const [x, y] = [0, 1].map((axis) => Math.max(...rings.flat().map((corner) => Math.abs(corner[axis]! / PATH_UNITS - 0.5))));
    expect(x).toBeLessThanOrEqual(0.5 + OVERHANG);
    expect(y).toBeLessThanOrEqual(0.5);
  });

  test("continues beyond the antimeridian without a line across the world", () => {
    const steps = rings.flatMap((ring) => ring.slice(1).map(([x, y], at) => (y < PATH_UNITS ? Math.abs(x - ring[at]![0]) : 0)));
    expect(Math.max(...steps)).toBeLessThan(PATH_UNITS / 2);
  });

  test.each<[string, Position, boolean]>([
    ["Madrid", { latitude: 40.42, longitude: -3.7 }, true],
    ["Nairobi", { latitude: -1.29, longitude: 36.82 }, true],
    ["Denver", { latitude: 39.74, longitude: -104.99 }, true],
    ["Alice Springs", { latitude: -23.7, longitude: 133.88 }, true],
    ["Chukotka, west of the antimeridian", { latitude: 67, longitude: 175 }, true],
    ["the South Pole", { latitude: -84, longitude: 10 }, true],
    ["the Azores, open sea", { latitude: 38, longitude: -35 }, false],
    ["the Pacific", { latitude: 0, longitude: -140 }, false],
  ])("has %s where it is", (_, position, expected) => {
    expect(isLand(position)).toBe(expected);
  });

  test("is small", () => {
    expect(JSON.stringify(baseMap).length).toBeLessThan(260_000);
  });
});

describe("places", () => {
  const alfama = makePlace({ latitude: 38.711, longitude: -9.13 }, 3, { city: "Lisbon", region: "Lisbon", country: "Portugal", country_code: "PT" });
  const belem = makePlace({ latitude: 38.697, longitude: -9.206 }, 5, { city: "Lisbon", region: "Lisbon", country: "Portugal", country_code: "PT" });
  const porto = makePlace({ latitude: 41.15, longitude: -8.61 }, 2, { city: "Porto", region: "Porto", country: "Portugal", country_code: "PT" });
  const sea = makePlace({ latitude: 0, longitude: -25 }, 1);
  const all = [alfama, porto, sea, belem];

  test("of several pages are added", () => {
    const older = { ...alfama, images: 10, image_id: "older" };
    expect(mergePlaces([alfama, sea, older])).toEqual([{ ...alfama, images: 13 }, sea]);
    const unnamed = { ...alfama, city: null, country: null, region: null, country_code: null };
    expect(mergePlaces([unnamed, older])).toEqual([{ ...alfama, images: 13 }]);
  });

  test("are grouped by city, those with most photos first", () => {
    const groups = groupByName(all);
    expect(groups.map(({ name, images }) => [name.city, images])).toEqual([
      ["Lisbon", 8],
      ["Porto", 2],
      [null, 1],
    ]);
    for (const place of [alfama, belem]) expect(containsPosition(groups[0]!.box, place)).toBe(true);
    expect(containsPosition(groups[0]!.box, porto)).toBe(false);
  });

  test("outside cities are grouped by region", () => {
    const tyrol = { region: "Tyrol", country: "Austria", country_code: "AT" };
    const hut = makePlace({ latitude: 47.005, longitude: 11.508 }, 2, tyrol);
    const summit = makePlace({ latitude: 46.9, longitude: 11.1 }, 1, tyrol);
    const groups = groupByName([hut, summit, ...all]);
    expect(groups.map(({ name, images }) => [name.region, images])).toContainEqual(["Tyrol", 3]);
    expect(groups).toHaveLength(4);
  });

  test("that are close to each other are one cluster, until the map is zoomed in", () => {
    const clusters = new Clusters(all);
    const counts = (zoom: number) => clusters.find(GLOBE, zoom).map(({ images }) => images);
    expect(counts(2)).toEqual([10, 1]);
    expect(counts(7)).toEqual([8, 2, 1]);
    expect(counts(12)).toEqual([5, 3, 2, 1]);
    const [iberia] = clusters.find(GLOBE, 2);
    expect(iberia!.name.city).toBe("Lisbon");
    expect([alfama.image_id, belem.image_id]).toContain(iberia!.image_id);
    for (const place of [alfama, belem, porto]) expect(containsPosition(iberia!.box, place)).toBe(true);
  });

  test("of a large library are in exactly one cluster at every zoom", () => {
    const many = Array.from({ length: 2_000 }, (_, at) => makePlace({ latitude: ((at * 7919) % 160) - 80, longitude: ((at * 104729) % 360) - 180 }, 5));
    const clusters = new Clusters(many);
    for (let zoom = 0; zoom <= MAX_ZOOM; zoom++) {
      expect(clusters.find(GLOBE, zoom).reduce((sum, { images }) => sum + images, 0)).toBe(10_000);
    }
  });
});
