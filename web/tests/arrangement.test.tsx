import { act } from "react";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Route } from "wouter";
import { upsertImage, type ImagePages } from "../src/api/imagePages";
import ArrangePage from "../src/albums/ArrangePage";
import { describeMove, moveId, reorderPages } from "../src/albums/arrangement";
import { useArrangement } from "../src/albums/useArrangement";
import { NO_FILTER } from "../src/filters/filter";
import { createLayouter, layoutSection } from "../src/gallery/layout";
import { MANUAL, monthOf } from "../src/gallery/sort";
import { groupByMonth } from "../src/gallery/useSections";
import ViewChoices from "../src/gallery/ViewChoices";
import { render, type Answers, type Call } from "./render";
import { makeImage, makeSummary } from "./samples";

const pageOf = (numbers: number[], next: string | null) => ({ items: numbers.map((number) => makeSummary(number)), next_cursor: next });
const idOf = (number: number) => makeSummary(number).id;
const numbersOf = ({ pages }: ImagePages) => pages.map(({ items }) => items.map(({ id }) => Number(id.slice(-12))));

describe("an image that is moved", () => {
  test.each([
    ["a", "c", ["b", "c", "a", "d"], { ids: ["a"], after: "c" }],
    ["d", "b", ["a", "d", "b", "c"], { ids: ["d"], after: "a" }],
    ["c", "a", ["c", "a", "b", "d"], { ids: ["c"], before: "a" }],
  ])("from %s to where %s is takes its place", (id, over, ids, request) => {
    expect(moveId(["a", "b", "c", "d"], id, over)).toEqual(ids);
    expect(describeMove(ids, id)).toEqual(request);
  });

  test("across pages leaves their sizes", () => {
    const pages: ImagePages = { pages: [pageOf([1, 2], "next"), pageOf([3], null)], pageParams: [null, "next"] };
    expect(numbersOf(reorderPages(pages, [3, 1, 2].map(idOf)))).toEqual([[3, 1], [2]]);
  });
});

describe("a list in manual order", () => {
  const list = { filter: { ...NO_FILTER, album: "a1" }, sort: MANUAL, month: null };
  const pages = (next: string | null): ImagePages => ({ pages: [pageOf([2, 3, 1], next)], pageParams: [null] });

  test("keeps the place of an image that changes, and appends a new one", () => {
    const changed = upsertImage(pages(null), list, makeImage(3, { albums: ["a1"], title: "new" }));
    expect([numbersOf(changed), changed.pages[0]?.items[1]?.title]).toEqual([[[2, 3, 1]], "new"]);
    expect(numbersOf(upsertImage(pages(null), list, makeImage(0, { albums: ["a1"] })))).toEqual([[2, 3, 1, 0]]);
    expect(numbersOf(upsertImage(pages("next"), list, makeImage(0, { albums: ["a1"] })))).toEqual([[2, 3, 1]]);
  });

  test("is one section without headings", () => {
    const images = [2, 3, 1].map((number) => makeSummary(number, { taken_at_local: `202${number}-01-01T00:00:00` }));
    const sections = groupByMonth(images, MANUAL);
    expect(sections).toEqual([{ month: "", count: 3, images }]);
    expect(monthOf(MANUAL, images[0]!)).toBe("");
    const options = { sort: MANUAL, width: 500, height: 200, gap: 4, dayGap: 8, minDayWidth: 100, monthHeight: 50, dayHeight: 30 };
    expect(layoutSection(sections[0]!, options).map(({ kind }) => kind)).toEqual(["images", "images"]);
    expect(createLayouter(options)(sections).rows.flatMap((row) => (row.kind === "images" ? row.images.map(({ image }) => image) : []))).toEqual(images);
  });
});

let sort = "uploaded_newest";

const outcome = (problem: object | null) => ({ items: [{ id: idOf(3), status: problem ? 404 : 204, problem }] });

const ANSWERS: Answers = {
  "GET /v1/albums/{album_id}": () => ({ id: "a1", title: "Mountains", role: "owner", sort }),
  "GET /v1/albums": () => ({ items: [], next_cursor: null }),
  "PATCH /v1/albums/{album_id}": ({ body }) => ({ id: "a1", title: "Mountains", role: "owner", sort: (body as unknown as { sort: string }).sort }),
  "GET /v1/images": () => pageOf([1, 2, 3], null),
  "POST /v1/albums/{album_id}/images/move": () => outcome(null),
};

const bodies = (calls: Call[], method: string) => calls.filter(({ request }) => request.startsWith(method)).map(({ init }) => init.body);

beforeEach(async () => {
  sort = "uploaded_newest";
  await render(null);
  await act(async () => history.replaceState(null, "", "/albums/a1/arrange"));
});

test("the page lists the photos of the album in manual order, each movable with the keyboard", async () => {
  const { root, calls } = await render(<Route path="/albums/:album/arrange" component={ArrangePage} />, ANSWERS);
  expect(calls.find(({ request }) => request === "GET /v1/images")?.init.params?.query).toMatchObject({ album: "a1", order: "manual" });
  const photos = [...root.querySelectorAll<HTMLElement>("ol button")];
  expect(photos.map((each) => [each.getAttribute("aria-label"), each.tabIndex])).toEqual([["photo 1", 0], ["photo 2", 0], ["photo 3", 0]]);
  expect(photos[0]?.getAttribute("aria-roledescription")).toBe("movable photo");
});

function Mover({ errors }: { errors: unknown[] }) {
  const { images, moveImage } = useArrangement("a1");
  return (
    <>
      <p>{images.map(({ id }) => Number(id.slice(-12))).join(" ")}</p>
      <button type="button" onClick={() => moveImage(idOf(3), idOf(1), (error) => errors.push(error))}>
        Move
      </button>
    </>
  );
}

test("a move shows at once and is sent to the API", async () => {
  const { click, calls, text } = await render(<Mover errors={[]} />, ANSWERS);
  expect(text()).toContain("1 2 3");
  await click("Move");
  expect(text()).toContain("3 1 2");
  expect(bodies(calls, "POST")).toEqual([{ ids: [idOf(3)], before: idOf(1) }]);
});

test("a move that fails is undone and reported", async () => {
  const errors: unknown[] = [];
  const refused = { "POST /v1/albums/{album_id}/images/move": () => outcome({ status: 404, code: "not_in_album", detail: "" }) };
  const { click, text } = await render(<Mover errors={errors} />, { ...ANSWERS, ...refused });
  await click("Move");
  await vi.waitFor(() => expect(text()).toContain("1 2 3"));
  expect(errors).toEqual([expect.objectContaining({ code: "not_in_album" })]);
});

test("photos of members are moved among those of the owner once the album has the manual order", async () => {
  sort = "manual";
  const shared = [1, 2, 3].map((number) => ({ ...makeSummary(number), own: number !== 3, contributor_id: number === 3 ? "u2" : null }));
  const { click, calls, text } = await render(<Mover errors={[]} />, {
    ...ANSWERS,
    "GET /v1/images": () => pageOf([1, 2], null),
    "GET /v1/albums/{album_id}/members": () => ({ items: [{ id: "u2", email: "ben@example.com", verified_email: null, role: "contributor" }] }),
    "GET /v1/albums/{album_id}/images": () => ({ items: shared, next_cursor: null }),
  });
  await vi.waitFor(() => expect(text()).toContain("1 2 3"));
  await click("Move");
  expect(text()).toContain("3 1 2");
  expect(bodies(calls, "POST")).toEqual([{ ids: [idOf(3)], before: idOf(1) }]);
});

test("the order of an album is chosen for the album, and that of photos for the browser", async () => {
  const album = await render(<ViewChoices />, ANSWERS);
  expect(album.root.querySelector<HTMLInputElement>("input:checked")?.parentElement?.textContent).toBe("Date uploaded, newest first");
  await album.choose("Custom order");
  expect(bodies(album.calls, "PATCH")).toEqual([{ sort: "manual" }]);
  expect(album.root.querySelector<HTMLInputElement>("input:checked")?.parentElement?.textContent).toBe("Custom order");
  await render(null);
  await act(async () => history.replaceState(null, "", "/"));
  const photos = await render(<ViewChoices />, ANSWERS);
  expect(photos.text()).not.toContain("Custom order");
  await photos.choose("Date taken, oldest first");
  expect(photos.calls).toEqual([]);
  expect(photos.root.querySelector<HTMLInputElement>("input:checked")?.parentElement?.textContent).toBe("Date taken, oldest first");
  await photos.choose("Date taken, newest first");
});
