import { act } from "react";
import { beforeEach, expect, test, vi } from "vitest";
import { Route } from "wouter";
// Loaded before a test, in which they would be late.
import "../src/filters/FilterChips";
import "../src/filters/NoResults";
import ViewPage from "../src/gallery/ViewPage";
import { render } from "./render";
import { makeSummary } from "./samples";

/** What the API returns from a cursor on; by default nothing. */
let page: (cursor: unknown) => object = () => ({});

beforeEach(() => {
  page = () => ({ items: [], next_cursor: null });
});

const ANSWERS = {
  "GET /v1/images": ({ params }: { params?: { query?: Record<string, unknown> } }) => page(params?.query?.cursor),
  "GET /v1/labels": () => ({ items: [], next_cursor: null }),
};

async function open(path: string) {
  await act(async () => history.replaceState(null, "", path));
  return render(<Route path={path.split("?")[0]!} component={ViewPage} />, ANSWERS);
}

const queriesOf = ({ calls }: Awaited<ReturnType<typeof open>>) =>
  calls.filter(({ request }) => request === "GET /v1/images").map(({ init }) => init.params?.query);

test("favorites are listed with those in the archive", async () => {
  const page = await open("/favorites");
  expect(queriesOf(page)).toEqual([expect.objectContaining({ favorite: true, archived: "any" })]);
  expect(page.root.querySelector("h1")?.textContent).toBe("Favorites");
  expect(page.text()).toContain("No favorites yet");
});

test("the archive is listed alone, and its own condition is no filter", async () => {
  const page = await open("/archive");
  expect(queriesOf(page)).toEqual([expect.objectContaining({ archived: "true" })]);
  expect(queriesOf(page)[0]).not.toHaveProperty("favorite");
  expect(page.text()).toContain("The archive is empty");
  expect(page.text()).not.toContain("Clear filters");
});

test("a filter within a view keeps the view when it is cleared", async () => {
  const page = await open("/archive?label=Dog");
  expect(queriesOf(page)[0]).toMatchObject({ archived: "true", label: ["Dog"] });
  await page.click("Clear filters");
  expect(location.search).toBe("");
  expect(queriesOf(page).at(-1)).toMatchObject({ archived: "true", label: [] });
});

test("days of capture are those at the place: the request has every time zone, and the list only the days", async () => {
  const taken = (number: number, taken_at_local: string) => makeSummary(number, { taken_at_local });
  page = () => ({ items: [taken(2, "2026-05-11T00:10:00"), taken(1, "2026-05-10T23:50:00")], next_cursor: null });
  const { root, calls, services, text } = await open("/favorites?from=2026-05-01&until=2026-05-10");
  expect(queriesOf({ calls } as never)[0]).toMatchObject({
    taken_from: "2026-04-30T10:00:00.000Z",
    taken_until: "2026-05-11T12:00:00.000Z",
  });
  const lists = services.queries.getQueriesData<{ pages: { items: { id: string }[] }[] }>({ queryKey: ["images"] });
  expect(lists.flatMap(([, list]) => list!.pages.flatMap(({ items }) => items.map(({ id }) => id)))).toEqual([makeSummary(1).id]);
  expect(text()).toContain("From May 1, 2026");
  expect([...root.querySelectorAll<HTMLInputElement>("input[type=date]")].map((each) => each.value)).toEqual(["2026-05-01", "2026-05-10"]);
});

test("a day is set once its year is complete, and removed with its chip", async () => {
  const { click, type, text, root } = await open("/favorites");
  await type("From", "0002-05-01");
  expect(location.search).toBe("");
  await type("From", "2026-05-01");
  expect(location.search).toBe("?from=2026-05-01");
  await type("To", "2026-05-31");
  expect(location.search).toBe("?from=2026-05-01&until=2026-05-31");
  await click("Remove filter From May 1, 2026");
  expect(location.search).toBe("?until=2026-05-31");
  expect(root.querySelector<HTMLInputElement>("input[type=date]")?.value).toBe("");
  expect(text()).toContain("Until May 31, 2026");
});

test("an empty page of the API does not end a list", async () => {
  page = (cursor) => (cursor ? { items: [], next_cursor: null } : { items: [], next_cursor: "next" });
  vi.spyOn(HTMLElement.prototype, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 0, 800, 0));
  const opened = await open("/favorites");
  await vi.waitFor(() => expect(queriesOf(opened).map((query) => query?.cursor)).toEqual([undefined, "next"]));
  await vi.waitFor(() => expect(opened.text()).toContain("No favorites yet"));
});
