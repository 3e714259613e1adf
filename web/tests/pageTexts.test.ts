import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";
import pages from "../src/i18n/locales/pages/en.json";

const SRC = resolve(import.meta.dirname, "../src");

/** Imports that load no texts of pages: all but types and those of `lazyPage`. */
const IMPORTS = [/^import (?!type\b)[^;]*?"(\.[^"]+)"/gm, /^} from "(\.[^"]+)"/gm, /(?<!lazyPage\(\(\) => )import\("(\.[^"]+)"\)/g];

function findFile(path: string): string | undefined {
  return [`${path}.tsx`, `${path}.ts`, path].find((each) => /\.tsx?$/.test(each) && existsSync(each));
}

/** Return the source of the module and of all that it imports without the texts of pages. */
function collectSources(entry: string, found = new Map<string, string>()): Map<string, string> {
  const source = readFileSync(entry, "utf8");
  found.set(entry, source);
  for (const [, path] of IMPORTS.flatMap((pattern) => [...source.matchAll(pattern)])) {
    const file = findFile(join(dirname(entry), path!));
    if (file && !found.has(file)) collectSources(file, found);
  }
  return found;
}

const keys = Object.entries(pages as Record<string, object>).flatMap(([section, texts]) =>
  Object.keys(texts).map((key) => `${section}.${key.replace(/_(one|other)$/, "")}`),
);

test("what is shown before a page is opened uses no text of pages", () => {
  const sources = collectSources(join(SRC, "main.tsx"));
  expect([...sources.keys()].map((path) => path.slice(SRC.length))).toEqual(
    expect.arrayContaining(["/Shell.tsx", "/gallery/Gallery.tsx", "/account/SignInForm.tsx"]),
  );
  const used = [...sources].flatMap(([path, source]) => keys.filter((key) => source.includes(`"${key}"`)).map((key) => `${path}: ${key}`));
  expect(used).toEqual([]);
});
