import { act } from "react";
import { expect, test } from "vitest";
import { Route } from "wouter";
import ViewPage from "../src/gallery/ViewPage";
import { render } from "./render";

const ANSWERS = {
  "GET /v1/images": () => ({ items: [], next_cursor: null }),
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
