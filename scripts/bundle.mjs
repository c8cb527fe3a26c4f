// Bundles a folder beside this file into dashboards/assets, with the licences of what went in and the digests of its sources.
// What was built is committed, so that nobody needs npm to run the pages. Which files go in is for the folder's build.mjs.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Write dashboards/assets/NAME/NAME.js and LICENSE-NAME.txt, and built.json in the folder; `told` stands there as well. */
export async function bundle(build, folder, name, options, told = {}) {
  const assets = join(import.meta.dirname, "..", "dashboards", "assets", name);
  const made = join(assets, `${name}.js`);
  const { metafile } = await build({
    bundle: true, minify: true, format: "iife", target: "es2022", charset: "utf8", legalComments: "none", metafile: true,
    outfile: made, absWorkingDir: folder,
    banner: { js: `// Built by scripts/${name}/build.mjs; licences in LICENSE-${name}.txt. Do not edit.` }, ...options,
  });

  const written = Object.values(metafile.outputs)[0].inputs;
  const packages = new Set(Object.keys(written).map((path) => path.match(/.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0]));
  const notices = [...packages].filter(Boolean).map((path) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, path, "package.json"), "utf8"));
    const file = readdirSync(join(folder, path)).find((one) => /^licen[cs]e/i.test(one));
    const text = file ? readFileSync(join(folder, path, file), "utf8").trim() : "The package names its licence and brings no text of it.";
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  writeFileSync(join(assets, `LICENSE-${name}.txt`), [...new Set(notices)].sort().join(`\n${"-".repeat(80)}\n\n`));

  const digest = (path) => createHash("sha256").update(readFileSync(path)).digest("hex");
  const sources = readdirSync(folder).filter((one) => /\.(m?js|json)$/.test(one) && one !== "built.json").sort();
  writeFileSync(join(folder, "built.json"), JSON.stringify({
    ...told, built: digest(made), sources: Object.fromEntries(sources.map((one) => [one, digest(join(folder, one))])),
  }, null, 2) + "\n");
}
