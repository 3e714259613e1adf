import { act } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import MapPage from "../src/map/MapPage";
import PlaceEditor from "../src/viewer/PlaceEditor";
import { render, type Answers } from "./render";
import { makeImage, until } from "./samples";

const LISBON = { latitude: 38.711, longitude: -9.137, images: 3, image_id: "lisbon", city: "Lisbon", region: "Lisbon", country: "Portugal", country_code: "PT" };
const TOKYO = { latitude: 35.68, longitude: 139.76, images: 2, image_id: "tokyo", city: "Tokyo", region: "Tokyo", country: "Japan", country_code: "JP" };
const SEA = { latitude: 0, longitude: -25.5, images: 1, image_id: "sea", city: null, region: null, country: null, country_code: null };

/** Pages of `GET /v1/places`, by their cursor. */
function makeAnswers(pages: Record<string, object>): Answers {
  return {
    "GET /v1/places": ({ params }) => pages[(params?.query?.cursor as string | undefined) ?? ""],
    "GET /v1/images/{image_id}": ({ params }) => makeImage(1, { id: params!.path!.image_id! }),
  };
}

/** Render the map at a URL. The URL is set just before, because a map that is still mounted changes it. */
function renderMap(answers: Answers, search = "") {
  history.replaceState(null, "", `/map${search}`);
  return render(<MapPage />, answers);
}

const page = (items: object[], changes: object = {}) => ({ items, images: 6, without_position: 0, next_cursor: null, ...changes });

const listed = () => [...document.querySelectorAll<HTMLAnchorElement>(".place")].map((link) => link.textContent);
const surface = () => document.querySelector<HTMLElement>("[role=application]")!;

async function press(...keys: string[]): Promise<void> {
  for (const key of keys) {
    await act(async () => surface().dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })));
  }
}

beforeEach(() => {
  // There is no layout: the map has this size. The base map is a file, and stays empty.
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(800);
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(500);
  vi.stubGlobal("fetch", async () => Response.json({ type: "Topology", arcs: [], objects: { countries: { type: "GeometryCollection", geometries: [] } } }));
});

afterEach(() => vi.unstubAllGlobals());

test("all places are listed with links to their photos, those with most photos first", async () => {
  const { calls } = await renderMap(makeAnswers({ "": page([TOKYO, SEA], { next_cursor: "next" }), next: page([LISBON]) }));
  expect(listed()).toEqual(["LisbonPortugal · 3 photos", "TokyoJapan · 2 photos", "0, -25.51 photo"]);
  const links = [...document.querySelectorAll<HTMLAnchorElement>(".place")].map((link) => link.getAttribute("href"));
  expect(links[0]).toBe("/?bbox=-9.1375,38.7105,-9.1365,38.7115");
  expect(document.querySelectorAll(".marker")).toHaveLength(3);
  expect(calls.filter(({ request }) => request === "GET /v1/places")).toHaveLength(2);
});

test("the list has the places that the keyboard moves into the map", async () => {
  const { click, text } = await renderMap(makeAnswers({ "": page([LISBON, TOKYO, SEA]) }));
  expect(text()).toContain("6 photos in this area");
  await press("+", "+", "+", ...Array<string>(4).fill("ArrowRight"));
  expect(listed()).toEqual([]);
  expect(text()).toContain("0 photos in this area");
  await click("Show all places");
  expect(listed()).toHaveLength(3);
});

test.each([
  ["Zoom in", "?at=38.711,-9.137,11.5", 1],
  ["Zoom out", "?at=20,0,2", 3],
])("the button %s ends at the limit", async (name, search, visible) => {
  const { button, click } = await renderMap(makeAnswers({ "": page([LISBON, SEA, TOKYO]) }), search);
  expect(button(name).getAttribute("aria-disabled")).toBe("false");
  await click(name);
  expect(button(name).getAttribute("aria-disabled")).toBe("true");
  expect(listed()).toHaveLength(visible);
});

test("the URL selects the part that is shown", async () => {
  await renderMap(makeAnswers({ "": page([LISBON, TOKYO, SEA]) }), "?at=35.68,139.76,8");
  expect(listed()).toEqual(["TokyoJapan · 2 photos"]);
});

test("the part that is shown is kept in the URL", async () => {
  await renderMap(makeAnswers({ "": page([TOKYO]) }));
  await press("+");
  await until(() => location.search === "?at=35.6800,139.7600,8.00");
});

test("a library without places says how they are added", async () => {
  const { text } = await renderMap(makeAnswers({ "": page([], { without_position: 6 }) }));
  expect(text()).toContain("No places yet");
  expect(document.querySelector("[role=application]")).toBeNull();
});

test("photos without a place are counted", async () => {
  const { text } = await renderMap(makeAnswers({ "": page([LISBON], { without_position: 4 }) }));
  expect(text()).toContain("4 photos have no place.");
});

test("an error can be retried", async () => {
  let fails = true;
  const answers = makeAnswers({ "": page([LISBON]) });
  const places = answers["GET /v1/places"]!;
  answers["GET /v1/places"] = (init) => {
    if (fails) throw new Error("down");
    return places(init);
  };
  const { click } = await renderMap(answers);
  expect(document.querySelector("[role=alert]")).not.toBeNull();
  fails = false;
  await click("Try again");
  expect(listed()).toEqual(["LisbonPortugal · 3 photos"]);
});

/** Render the editor of an image; returns what it saves. */
async function renderEditor(changes: Parameters<typeof makeImage>[1] = {}) {
  const image = makeImage(1, changes);
  const saved: unknown[] = [];
  let done = 0;
  const rendered = await render(<PlaceEditor image={image} onDone={() => (done += 1)} />, {
    "PATCH /v1/images/{image_id}": ({ body }) => {
      saved.push(body);
      return image;
    },
  });
  return { ...rendered, saved, isDone: () => done === 1 };
}

const PLACE = { latitude: 38.711, longitude: -9.137, altitude: null, direction: null, district: null, city: null, region: null, country: null, country_code: null };

test("a place is added by its coordinates", async () => {
  const { type, click, button, text, saved, isDone } = await renderEditor();
  expect(button("Save").disabled).toBe(true);
  await type("Latitude and longitude", "somewhere");
  expect(button("Save").disabled).toBe(true);
  expect(text()).toContain("Enter two numbers");
  await type("Latitude and longitude", "-33.8688, 151.2093");
  expect(document.querySelector(".place-pin")).not.toBeNull();
  await click("Save");
  expect(saved).toEqual([{ position_override: { latitude: -33.8688, longitude: 151.2093 } }]);
  expect(isDone()).toBe(true);
});

test("a place is moved to the center of the map with the keyboard", async () => {
  const { click, saved } = await renderEditor({ place: PLACE });
  await press("ArrowRight", "Enter");
  await click("Save");
  const [{ position_override }] = saved as [{ position_override: { latitude: number; longitude: number } }];
  expect(position_override.latitude).toBeCloseTo(PLACE.latitude, 4);
  // 80 of the 8192 pixels of 360 degrees at zoom 5.
  expect(position_override.longitude).toBeCloseTo(PLACE.longitude + (80 / 8192) * 360, 4);
});

test("a place is removed, or restored to that of the file", async () => {
  const removal = await renderEditor({ place: PLACE });
  expect(document.body.textContent).not.toContain("Restore place");
  await removal.click("Remove place");
  expect(removal.saved).toEqual([{ position_override: { latitude: null, longitude: null } }]);
  const restoration = await renderEditor({ place: PLACE, position_override: { latitude: 38.711, longitude: -9.137 } });
  await restoration.click("Use the original place");
  expect(restoration.saved).toEqual([{ position_override: null }]);
});

test("a removed place can be restored", async () => {
  const { button, saved, click } = await renderEditor({ position_override: { latitude: null, longitude: null } });
  expect(() => button("Remove place")).toThrow();
  await click("Use the original place");
  expect(saved).toEqual([{ position_override: null }]);
});
