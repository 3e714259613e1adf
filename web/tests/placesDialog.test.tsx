import { afterEach, beforeEach, expect, test, vi } from "vitest";
import PlacesDialog from "../src/selection/PlacesDialog";
import { toasts } from "../src/ui/toasts";
import { render } from "./render";
import { makeImage } from "./samples";

const IDS = Array.from({ length: 150 }, (_, at) => makeImage(at).id);

beforeEach(() => {
  vi.stubGlobal("fetch", async () => Response.json({ type: "Topology", arcs: [], objects: { countries: { type: "GeometryCollection", geometries: [] } } }));
});

afterEach(() => vi.unstubAllGlobals());

interface Update {
  ids: string[];
  changes: object;
}

/** Render the dialog; returns the requests that it sends. The API fails for the last image of each. */
async function open(ids: readonly string[] = IDS) {
  const updates: Update[] = [];
  const closed = vi.fn();
  const page = await render(<PlacesDialog ids={ids} onClose={closed} />, {
    "POST /v1/images/update": ({ body }) => {
      updates.push(body!);
      const problem = { status: 404, code: "image_not_found", title: "", detail: "" };
      return { items: (body! as Update).ids.map((id, at, all) => ({ id, status: 200, problem: at === all.length - 1 ? problem : null })) };
    },
  });
  return { ...page, updates, closed };
}

test("one place is set for all images, in batches, and the outcome has the number of those that failed", async () => {
  const { updates, closed, button, type, click } = await open();
  expect(document.body.textContent).toContain("Correct places of 150 photos");
  expect(button("Correct 150 photos").disabled).toBe(true);
  await type("Latitude and longitude", "38.711, -9.137");
  await click("Correct 150 photos");
  const changes = { position_override: { latitude: 38.711, longitude: -9.137 } };
  expect(updates).toEqual([
    { ids: IDS.slice(0, 100), changes },
    { ids: IDS.slice(100), changes },
  ]);
  expect(closed).toHaveBeenCalledOnce();
  expect(toasts.value.map(({ text }) => text)).toEqual([
    "Places of 148 photos corrected",
    "Couldn’t change 2 photos. This photo no longer exists.",
  ]);
});

test.each([
  ["Remove the places", { latitude: null, longitude: null }],
  ["Restore the places of the files", null],
])("%s", async (mode, position_override) => {
  const { updates, choose, click } = await open(IDS.slice(0, 1));
  await choose(mode);
  expect(document.querySelector("[role=application]")).toBeNull();
  await click("Correct 1 photo");
  expect(updates).toEqual([{ ids: IDS.slice(0, 1), changes: { position_override } }]);
});
