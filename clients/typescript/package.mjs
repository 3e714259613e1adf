// Creates the package to publish from `dist`: the compiled files, and a package.json without build
// scripts. Run by `npm run build`; then `npm pack ./dist`.

import { copyFile, readFile, writeFile } from "node:fs/promises";

const { name, version, description, license, type, engines, dependencies } = JSON.parse(
  await readFile("package.json", "utf8"),
);

const manifest = {
  name,
  version,
  description,
  license,
  type,
  engines,
  exports: { ".": { types: "./index.d.ts", default: "./index.js" } },
  sideEffects: false,
  dependencies,
};

await writeFile("dist/package.json", `${JSON.stringify(manifest, null, 2)}\n`);
for (const file of ["README.md", "CHANGELOG.md"]) await copyFile(file, `dist/${file}`);
await copyFile("../../LICENSE", "dist/LICENSE");
