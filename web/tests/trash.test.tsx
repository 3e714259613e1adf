import { expect, test } from "vitest";
import { daysUntil } from "../src/trash/daysUntil";
import TrashPage from "../src/trash/TrashPage";
import { render, type Answers } from "./render";
import { makeSummary } from "./samples";

const DAY = 86_400_000;

function makeTrash(count: number, next: string | null = null) {
  const items = Array.from({ length: count }, (_, at) => ({
    image: makeSummary(at, { title: `photo ${at}` }),
    trashed_at: new Date().toISOString(),
    purged_at: new Date(Date.now() + (at + 0.5) * DAY).toISOString(),
  }));
  return { items, next_cursor: next };
}

const succeed = (init: { body?: never }) => ({
  items: (init.body as unknown as { ids: string[] }).ids.map((id) => ({ id, status: 204, problem: null })),
});

const ANSWERS: Answers = {
  "GET /v1/trash": () => makeTrash(3),
  "GET /v1/capabilities": () => ({ limits: { trash_days: 30 } }),
  "POST /v1/images/delete": succeed,
  "POST /v1/images/restore": succeed,
};

test.each([
  [30 * DAY - 1000, 30],
  [DAY / 2, 1],
  [-1, 0],
])("%d milliseconds are %d days", (milliseconds, days) => {
  const now = new Date("2026-05-10T12:00:00Z");
  expect(daysUntil(new Date(now.getTime() + milliseconds).toISOString(), now)).toBe(days);
});

test("each photo says how many days are left", async () => {
  const { text } = await render(<TrashPage />, ANSWERS);
  expect(text()).toContain("after 30 days in the trash");
  expect(text()).toMatch(/1 day left.*2 days left.*3 days left/);
});

test("the selected photos are restored", async () => {
  const { click, calls } = await render(<TrashPage />, ANSWERS);
  await click(/^Select photo 0 /);
  await click(/^Select photo 2 /);
  await click("Restore");
  const { body } = calls.find(({ request }) => request === "POST /v1/images/restore")!.init;
  expect(body).toEqual({ ids: [makeSummary(0).id, makeSummary(2).id] });
});

test("photos are deleted forever only after a dialog that counts them", async () => {
  const { click, calls, text } = await render(<TrashPage />, ANSWERS);
  await click(/^Select photo 1 /);
  await click("Delete forever");
  expect(text()).toContain("Delete 1 photo forever?");
  await click("Cancel");
  expect(calls.map(({ request }) => request)).not.toContain("POST /v1/images/delete");
  await click("Delete forever");
  await click("Delete forever");
  expect(calls.find(({ request }) => request === "POST /v1/images/delete")!.init.body).toEqual({
    ids: [makeSummary(1).id],
    permanent: true,
  });
});

test("emptying the trash counts photos that are not loaded", async () => {
  const pages: Answers = {
    ...ANSWERS,
    "GET /v1/trash": ({ params }) => (params?.query?.cursor ? makeTrash(2) : makeTrash(3, "next")),
  };
  const { click, text } = await render(<TrashPage />, pages);
  await click("Empty trash");
  expect(text()).toContain("Delete 5 photos forever?");
});

test("an empty trash leads back to the photos", async () => {
  const { root, text } = await render(<TrashPage />, { ...ANSWERS, "GET /v1/trash": () => makeTrash(0) });
  expect(text()).toContain("The trash is empty");
  expect(root.querySelector("a.button")?.getAttribute("href")).toBe("/");
});
