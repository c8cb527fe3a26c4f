// `npm ci && npm run build` in this folder writes dashboards/assets/editor/editor.js, its licences and its digest.
// What was built is committed, so that nobody needs npm to run the pages.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const assets = join(import.meta.dirname, "..", "..", "dashboards", "assets", "editor");
const made = join(assets, "editor.js");
const { metafile } = await build({
  entryPoints: ["editor.js"], bundle: true, minify: true, format: "iife", target: "es2022", charset: "utf8",
  legalComments: "none", metafile: true, outfile: made, absWorkingDir: import.meta.dirname,
  banner: { js: "// Built by scripts/editor/build.mjs; licences in LICENSE-editor.txt. Do not edit." },
});

const packages = [...new Set(Object.keys(metafile.inputs).map((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]))]
  .filter(Boolean).sort();
const notices = packages.map((name) => {
  const folder = join(import.meta.dirname, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
});
writeFileSync(join(assets, "LICENSE-editor.txt"), notices.join(`\n${"-".repeat(80)}\n\n`));

const digest = (path) => createHash("sha256").update(readFileSync(path)).digest("hex");
const sources = ["build.mjs", "completion.js", "editor.js", "package-lock.json", "package.json", "phrases.js"];
writeFileSync(join(import.meta.dirname, "built.json"), JSON.stringify({
  built: digest(made), sources: Object.fromEntries(sources.map((name) => [name, digest(join(import.meta.dirname, name))])),
}, null, 2) + "\n");
