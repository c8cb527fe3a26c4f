"""Scripts that npm built: they are what their sources make, and hold every chart that the pages draw."""

import ast
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest
from plotly.basedatatypes import BaseTraceType
from plotly.offline import get_plotlyjs_version

ROOT = Path(__file__).parents[2]
SCRIPTS, ASSETS = ROOT / "scripts", ROOT / "dashboards" / "assets"


def recorded(name: str) -> Any:
    return json.loads((SCRIPTS / name / "built.json").read_text())


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", ["editor", "plotly"])
def test_what_was_built_is_what_its_sources_make(name: str) -> None:
    """Digests that the build wrote; who changes a source has to build again (`npm ci && npm run build` beside it)."""
    told, folder = recorded(name), SCRIPTS / name
    assert digest(ASSETS / name / f"{name}.js") == told["built"]
    sources = {path.name for path in folder.iterdir() if path.suffix in (".js", ".mjs", ".json")} - {"built.json"}
    assert {path: digest(folder / path) for path in sources} == told["sources"]


@pytest.mark.parametrize("name", ["editor", "plotly"])
def test_what_was_built_needs_no_eval_and_names_its_licences(name: str) -> None:
    script = (ASSETS / name / f"{name}.js").read_text()
    assert "eval(" not in script
    assert "new Function" not in script
    packages = json.loads((SCRIPTS / name / "package.json").read_text())["dependencies"]
    notices = (ASSETS / name / f"LICENSE-{name}.txt").read_text()
    assert [one for one, version in packages.items() if f"{one} {version} (MIT)" not in notices] == []


def traces() -> dict[str, str]:
    """The kinds of trace that our modules name, as `go.Kind` or `figure.add_kind`, with one module that does."""
    named = {name: getattr(go, name) for name in dir(go) if name[0].isupper()}
    kinds = {name.lower() for name, one in named.items() if isinstance(one, type) and issubclass(one, BaseTraceType)}
    found = {}
    for path in (ROOT / "dashboards").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = ast.unparse(node) if isinstance(node, ast.Attribute) else ""
            kind = re.sub(r"^go\.|^.*\.add_", "", named).lower()
            if kind in kinds:
                found[kind] = path.name
    return found


def test_charts_are_drawn_by_the_plotly_that_describes_them() -> None:
    assert recorded("plotly")["plotly"] == get_plotlyjs_version()


def test_every_kind_of_trace_is_in_the_bundle_and_no_other() -> None:
    """A new kind is added in scripts/plotly/build.mjs, and the bundle built again; a kind nobody draws is taken out."""
    found = traces()
    assert {"bar", "scatter", "choropleth"} <= set(found)
    assert set(found) == set(recorded("plotly")["traces"]), found
