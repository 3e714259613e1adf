import { expect, test } from "vitest";
import { NO_FILTER } from "../src/filters/filter";
import NoResults from "../src/filters/NoResults";
import { render } from "./render";
import { makeSummary } from "./samples";

/** An API whose only image has the label "Dog". */
const ANSWERS = {
  "GET /v1/images": ({ params }: { params?: { query?: Record<string, unknown> } }) => {
    const { label = [], q } = params?.query as { label?: string[]; q?: string };
    return { items: label.every((each) => each === "Dog") && !q ? [makeSummary(1)] : [], next_cursor: null };
  },
};

test("only conditions whose removal helps are offered", async () => {
  const changes: object[] = [];
  const filter = { ...NO_FILTER, labels: ["Dog", "Cat"] };
  const { click, button } = await render(<NoResults filter={filter} onChange={(change) => changes.push(change)} />, ANSWERS);
  expect(() => button("Remove filter Dog")).toThrow("No button");
  await click("Remove filter Cat");
  await click("Clear filters");
  expect(changes).toEqual([{ labels: ["Dog"] }, NO_FILTER]);
});

test("nothing is offered if no single condition is the reason", async () => {
  const filter = { ...NO_FILTER, labels: ["Cat"], words: "bird" };
  const { text } = await render(<NoResults filter={filter} onChange={() => {}} />, ANSWERS);
  expect(text()).not.toContain("There are photos if you remove one");
});
