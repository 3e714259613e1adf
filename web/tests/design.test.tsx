import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import DesignPage from "../src/design/DesignPage";
import { COLORS } from "../src/design/tokens";
import { Toasts } from "../src/ui/Toasts";
import { render } from "./render";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

/** Return the names in code style in the first column of a table. */
function listNames(document: string, heading: string): string[] {
  const section = document.split(`## ${heading}\n`)[1]!.split("\n## ")[0]!;
  const cells = section.split("\n").filter((line) => line.startsWith("| `")).map((line) => line.split("|")[1]!);
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!));
}

const DOCUMENT = read("../../docs/design.md");

test("the page shows every token and component of the documentation, in both themes", async () => {
  const { root } = await render(<DesignPage />);
  // Transitions have no specimen.
  const names = [...listNames(DOCUMENT, "Tokens"), ...listNames(DOCUMENT, "Components")].filter((name) => name !== "--ease");
  expect(names.length).toBeGreaterThan(30);
  for (const theme of root.querySelectorAll("section")) {
    const shown = [...theme.querySelectorAll("code")].map((each) => each.textContent);
    expect(names.filter((name) => !shown.includes(name))).toEqual([]);
  }
  expect(root.querySelectorAll("section")).toHaveLength(2);
});

test("the page has every color of the style sheet", () => {
  const defined = [...read("../src/styles/base.css").matchAll(/^ {2}(--[\w-]+): light-dark\(/gm)].map(([, name]) => name!);
  expect([...COLORS].toSorted()).toEqual(defined.toSorted());
});

test("dialogs and messages open on request", async () => {
  const { click, root, text } = await render(
    <>
      <DesignPage />
      <Toasts />
    </>,
  );
  await click("Open dialog");
  expect(root.querySelector("dialog h2")?.textContent).toBe("Dialog");
  await click("Done");
  await click("Delete album");
  expect(text()).toContain("Delete album “Lisbon”?");
  await click("Cancel");
  expect(root.querySelector("dialog")).toBeNull();
  await click("Show toast");
  await click("Undo");
  expect(text()).not.toContain("12 photos moved to the trash");
});
