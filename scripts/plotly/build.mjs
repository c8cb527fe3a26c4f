// `npm ci --ignore-scripts && npm run build` in this folder writes dashboards/assets/plotly: plotly.js of the version that
// plotly.py brings, with only the trace kinds that the pages draw. A page that draws another kind adds it here.
import { readFileSync } from "node:fs";
import { build } from "esbuild";
import { bundle } from "../bundle.mjs";

const TRACES = ["bar", "choropleth", "heatmap", "scatter", "scattergeo"];
const { version } = JSON.parse(readFileSync("node_modules/plotly.js/package.json", "utf8"));
// A map of our own districts asks for a map of the world all the same: an empty one, so that nothing is fetched.
const none = { type: "GeometryCollection", geometries: [] };
const layers = ["coastlines", "countries", "lakes", "land", "ocean", "rivers", "subunits"];
const world = { type: "Topology", arcs: [], objects: Object.fromEntries(layers.map((name) => [name, none])) };

const contents = `
import Plotly from "plotly.js/lib/core";
import chinese from "plotly.js/lib/locales/zh-cn";
import drawing from "plotly.js/src/components/drawing";
${TRACES.map((kind) => `import ${kind} from "plotly.js/lib/${kind}";`).join("\n")}
Plotly.register([chinese, ${TRACES}]);
// Words keep the width they had when first measured, be it in another font: assets/fonts.js makes it forget.
Plotly.forgetWidths = () => { drawing.savedBBoxes = {}; };
window.Plotly = Plotly;
window.PlotlyGeoAssets = { topojson: { world_110m: ${JSON.stringify(world)} } };
`;
await bundle(build, import.meta.dirname, "plotly", {
  stdin: { contents, resolveDir: import.meta.dirname }, define: { global: "window" }, loader: { ".css": "empty" }, // the styles of the tile maps, which are not in it
}, { plotly: version, traces: TRACES });
