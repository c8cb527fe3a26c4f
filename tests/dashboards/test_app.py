"""The application: health, headers, exports, and rules that every page keeps."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from dash.development.base_component import Component
from flask.testing import FlaskClient
from plotly.io.json import to_json_plotly

from dashboards import data, router
from dashboards.app import create_app
from dashboards.components.graph import CONFIG
from dashboards.components.tile import definition
from dashboards.door import Door
from models.access.viewer import Viewer
from tests.dashboards.snapshot import ENTITIES, entity_id
from warehouse.result_file import csv_blocks

FOLDER = Path(router.__file__).parent
ADDRESSES = [
    "/",
    "/entities",
    "/grades",
    "/decisions",
    "/backtest",
    "/draws",
    "/draws/lists",
    "/draws/lists?list=joint",
    "/draws/lists?list=objects",
    "/draws/lists?list=inspectors",
    "/draws/plans",
    "/draws/plans?plan=broken",
    "/draws/trial?items=D01-001&share=200",
    "/draws/ceremony",
    "/draws/ceremony?plan=waiting",
    "/draws/visits",
    "/draws/burden",
    "/draws/publication",
    "/approvals",
    "/hotline",
    "/hotline?view=quality",
    "/hotline?view=matters",
    "/approvals?view=speed",
    "/approvals?view=model",
    "/approvals?view=rating",
    "/approvals?view=licences",
    "/texts",
    "/texts?view=entities",
    "/texts?view=review",
    "/texts?view=models",
    "/warnings",
    "/warnings/w00000000003",
    "/warnings/w00000000004",
    "/warnings/none",
    "/metrics",
    "/quality",
    "/tables",
    f"/entity/{entity_id(0)}",
    "/entity/1",
    "/nowhere",
]


@pytest.fixture(scope="module")
def client(home: Path) -> FlaskClient:
    return create_app(home).server.test_client()


def parts(component: Any) -> Iterator[Component]:
    if isinstance(component, list | tuple):
        for child in component:
            yield from parts(child)
    elif isinstance(component, Component):
        yield component
        yield from parts(getattr(component, "children", None))


def written(component: Any) -> str:
    """Everything a component says, Chinese as it is."""
    return json.dumps(json.loads(to_json_plotly(component)), ensure_ascii=False)


def body(app_home: Path, address: str, viewer: Viewer | None = None) -> list[Component]:
    path, _, search = address.partition("?")
    app = create_app(app_home, viewer)
    with app.server.test_request_context(path):
        return list(parts(router.body_at(Door.open(app_home, viewer), path, search)))


@pytest.mark.parametrize("address", ADDRESSES)
def test_pages_build_for_every_feed_and_viewer(home: Path, chicago_home: Path, address: str) -> None:
    for where, viewer in (
        (home, None),
        (chicago_home, None),
        (home, Viewer("leader", districts=frozenset({"610102"}))),
    ):
        found = body(where, address, viewer)
        assert found
        assert written(found)


@pytest.mark.parametrize("address", ADDRESSES)
def test_charts_never_offer_to_share_and_fetch_nothing(home: Path, address: str) -> None:
    for chart in (part for part in body(home, address) if type(part).__name__ == "Graph"):
        assert chart.config["showSendToCloud"] is False
        assert chart.config["plotlyServerURL"] == ""
        assert chart.figure.layout.template.layout.font.family.startswith("'Noto Sans SC Variable'")


@pytest.mark.parametrize("address", ADDRESSES)
def test_grids_stay_in_the_community_edition(home: Path, address: str) -> None:
    for grid in (part for part in body(home, address) if type(part).__name__ == "AgGrid"):
        assert not getattr(grid, "enableEnterpriseModules", None)
        assert grid.dashGridOptions["getLocaleText"] == {"function": "gridText(params)"}


@pytest.mark.parametrize("address", ["/", "/approvals", "/hotline", "/quality"])
def test_every_tile_opens_a_definition(home: Path, address: str) -> None:
    door = Door.open(home)
    opened = [part.id["metric"] for part in body(home, address) if getattr(part, "className", "") == "tile"]
    assert len(opened) >= 5
    for metric_id in opened:
        row = data.metric(door, metric_id)
        assert row is not None
        text = written(definition(row))
        for said in (
            row["metric_definition"],
            "分子",
            "分母",
            "涉及行数",
            "数据截至",
            metric_id,
            "from mart.entity_card",
        ):
            assert said in text


def test_empty_pages_say_why(chicago_home: Path) -> None:
    for address in ("/approvals", "/hotline", "/texts"):
        text = written(body(chicago_home, address))
        assert "暂无数据" in text
        assert "（chicago）没有提供" in text


def test_matrix_links_to_the_filtered_list(home: Path) -> None:
    links = {part.href for part in body(home, "/") if type(part).__name__ == "Link"}
    assert "/entities?credit_grade=D&risk_grade=%E2%85%A3" in links


def test_an_unpublished_home_says_what_to_run(tmp_path: Path) -> None:
    app = create_app(tmp_path)
    with app.server.test_request_context("/"):
        text = written(router.body_at(Door.open(tmp_path), "/", ""))
    assert "mingcha refresh --feed" in text
    assert app.server.test_client().get("/healthz").status_code == 503


def test_health_names_the_snapshot(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json["snapshot"] == "serving-20261120-0300.duckdb"  # type: ignore[index]
    assert answer.json["age_seconds"] >= 3 * 3600  # type: ignore[index]


def test_the_first_page_is_chinese_and_local(client: FlaskClient) -> None:
    answer = client.get("/")
    assert '<html lang="zh-CN">' in answer.text
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', answer.text)
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")


def test_export_holds_every_row_of_the_filter(client: FlaskClient) -> None:
    answer = client.get("/export/entities.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    found = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(found) == int(answer.headers["X-Row-Count"]) == ENTITIES
    assert {row["entity_id"] for row in found} == {str(entity_id(number)) for number in range(ENTITIES)}
    grid = json.dumps({"filterModel": {"complaint_count": {"type": "greaterThan", "filter": 4}}})
    fewer = client.get("/export/entities.csv", query_string={"grid": grid, "credit_grade": "C,D"})
    rows = list(csv.DictReader(io.StringIO(fewer.data.decode("utf-8-sig"))))
    assert rows
    assert all(row["credit_grade"] in "CD" and int(row["complaint_count"]) > 4 for row in rows)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/export/nothing.csv", 404),
        ("/export/entities.csv?grid=nonsense", 400),
        ("/export/entities.csv?password=1", 400),
        ("/export/entities.csv?grid=[]", 400),
        ('/export/entities.csv?grid={"sortModel":[{"colId":"x","sort":"asc"}]}', 400),
    ],
)
def test_an_export_that_is_not_offered_is_refused(client: FlaskClient, address: str, status: int) -> None:
    assert client.get(address).status_code == status


def test_a_spreadsheet_runs_nothing_from_an_export() -> None:
    rows = pa.table({"name": ["=1+1", "@x", "-2", "正常", None], "n": [-1, 2, 3, 4, 5]}).to_reader(2)
    blocks = list(csv_blocks(rows))
    assert [count for _, count in blocks] == [2, 2, 1, 0]
    text = b"".join(block for block, _ in blocks).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text)))[1:] == [
        ["'=1+1", "-1"],
        ["'@x", "2"],
        ["'-2", "3"],
        ["正常", "4"],
        ["", "5"],
    ]


def sources() -> list[Path]:
    return sorted(FOLDER.rglob("*.py"))


def test_charts_are_made_in_one_place() -> None:
    made = [path.name for path in sources() if "dcc.Graph(" in path.read_text(encoding="utf-8")]
    assert made == ["graph.py"]
    assert CONFIG["showSendToCloud"] is False


def test_pages_reach_data_through_the_door_only() -> None:
    for path in sources():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"^\s*(?:import|from) duckdb", text, re.MULTILINE), path
        if path.parent.name in ("pages", "components", "figures"):
            assert not re.search(r"\bselect\b.+\bfrom\b", text), path
            assert "warehouse" not in re.findall(r"^from (\w+)", text, re.MULTILINE), path


def test_whole_tables_are_read_where_a_sum_or_a_grade_needs_them() -> None:
    """Everybody else reads what the viewer reads; what these two read is cut before it is shown."""
    whole = {path.name for path in sources() if "reader.of(None)" in path.read_text(encoding="utf-8")}
    assert whole == {"plan_data.py", "grade_data.py"}


def test_colours_are_named_in_the_theme_only() -> None:
    own = [*(FOLDER / "assets").glob("*.css"), *(FOLDER / "assets").glob("*.js"), *sources()]
    for path in own:
        if path.name != "theme.py":
            assert not re.search(r"#[0-9a-f]{6}\b|\brgb\(", path.read_text(encoding="utf-8")), path


def test_assets_call_nobody() -> None:
    """But plotly.js, whose two addresses each chart's config and the content policy keep shut (test_charts_never_…)."""
    for path in (FOLDER / "assets").rglob("*"):
        if path.suffix in (".js", ".css") and path.name != "plotly.js":
            # a namespace of SVG is a name, not an address
            assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|@import", path.read_text(encoding="utf-8")), path
