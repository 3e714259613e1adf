import { describe, expect, test } from "vitest";
import DuplicatesPage from "../src/duplicates/DuplicatesPage";
import { DuplicateFinder } from "../src/duplicates/finder";
import { addGroup, compareQuality, removeFromGroups } from "../src/duplicates/groups";
import { render, type Answers } from "./render";
import { makeSummary } from "./samples";

const small = makeSummary(1, { width: 300, height: 200, bytes: 900 });
const large = makeSummary(2, { width: 3000, height: 2000, bytes: 5000 });
const other = makeSummary(3, { width: 640, height: 480 });
const idsOf = (groups: readonly (readonly { id: string }[])[]) => groups.map((group) => group.map(({ id }) => id));

/** An API of three images, of which two show the same scene. */
function makeAnswers(): Answers {
  const same = new Map([
    [small.id, [large]],
    [large.id, [small]],
  ]);
  return {
    "GET /v1/usage": () => ({ images: 3, months: [] }),
    "GET /v1/images": ({ params }) =>
      params?.query?.cursor ? { items: [other], next_cursor: null } : { items: [small, large], next_cursor: "next" },
    "GET /v1/images/{image_id}/duplicates": ({ params }) => ({
      items: (same.get(params!.path!.image_id!) ?? []).map((image) => ({ image, distance: 2 })),
    }),
    "POST /v1/images/delete": ({ body }) => ({
      items: (body as unknown as { ids: string[] }).ids.map((id) => ({ id, status: 204, problem: null })),
    }),
  };
}

describe("groups", () => {
  test("the best has the most pixels, then the most bytes, then is the oldest", () => {
    const sharp = makeSummary(5, { width: 300, height: 200, bytes: 2000 });
    const copy = makeSummary(6, { width: 300, height: 200, bytes: 900 });
    expect([copy, small, sharp, large].sort(compareQuality)).toEqual([large, sharp, small, copy]);
  });

  test("groups that share an image become one", () => {
    const groups = addGroup(addGroup([], [small, large]), [other, large]);
    expect(idsOf(groups)).toEqual([[large.id, other.id, small.id]]);
  });

  test("a group of one image is removed", () => {
    expect(removeFromGroups([[large, small]], new Set([small.id]))).toEqual([]);
  });
});

test("the search reads every page, and compares a group only once", async () => {
  const { services, calls } = await render(null, makeAnswers());
  const finder = new DuplicateFinder(services.api);
  await finder.run();
  expect(finder.search.value).toMatchObject({ state: "done", compared: 3 });
  expect(idsOf(finder.search.value.groups)).toEqual([[large.id, small.id]]);
  expect(calls.filter(({ request }) => request.endsWith("/duplicates"))).toHaveLength(2);
});

test("a search continues where it was interrupted", async () => {
  const answers = makeAnswers();
  let fails = true;
  const found = answers["GET /v1/images/{image_id}/duplicates"]!;
  answers["GET /v1/images/{image_id}/duplicates"] = (init) => {
    if (fails && init.params?.path?.image_id === other.id) throw new Error("unavailable");
    return found(init);
  };
  const { services } = await render(null, answers);
  const finder = new DuplicateFinder(services.api);
  await finder.run();
  expect(finder.search.value).toMatchObject({ state: "stopped", compared: 2 });
  expect(finder.search.value.error).not.toBeNull();
  fails = false;
  await finder.run();
  expect(finder.search.value).toMatchObject({ state: "done", compared: 3, error: null });
});

test("the largest is kept, and the rest moves to the trash", async () => {
  const { click, calls, text } = await render(<DuplicatesPage />, makeAnswers());
  await click("Find duplicates");
  expect(text()).toContain("2 similar photos");
  await click("Move 1 photo to trash");
  expect(calls.find(({ request }) => request === "POST /v1/images/delete")?.init.body).toEqual({ ids: [small.id] });
  expect(text()).not.toContain("similar photos");
});

test("another choice is possible, but not to keep none", async () => {
  const { click, calls, button } = await render(<DuplicatesPage />, makeAnswers());
  await click("Find duplicates");
  await click(/^Keep photo 2 /);
  expect(button(/^Move 2 photos/).disabled).toBe(true);
  await click(/^Keep photo 1 /);
  await click("Move 1 photo to trash");
  expect(calls.find(({ request }) => request === "POST /v1/images/delete")?.init.body).toEqual({ ids: [large.id] });
});
