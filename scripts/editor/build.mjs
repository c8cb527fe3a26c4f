// `npm ci && npm run build` in this folder writes dashboards/assets/editor.
import { build } from "esbuild";
import { bundle } from "../bundle.mjs";

await bundle(build, import.meta.dirname, "editor", { entryPoints: ["editor.js"] });
