"""Pages of casework: a page says what the metric, the list and the export say; scope, filters and words hold."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboards import approval_lists, casework_data, data, hotline_lists, labels, table_data, text_lists
from dashboards.app import create_app
from dashboards.casework_data import LISTINGS
from dashboards.components.sourced import described
from dashboards.components.tile import shown_value
from dashboards.door import Door
from dashboards.export import LISTS
from dashboards.listed import WORDS, Listed
from dashboards.pages import warnings
from models.access.viewer import Viewer
from tests.dashboards.test_app import body, written
from warehouse import catalog
from warehouse import metrics as registry

YANTA = "610113"
VIEWS = [
    "/approvals",
    "/approvals?view=speed",
    "/approvals?view=model",
    "/approvals?view=rating",
    "/approvals?view=licences",
    "/hotline",
    "/hotline?view=quality",
    "/hotline?view=matters",
    "/texts",
    "/texts?view=entities",
    "/texts?view=review",
    "/warnings",
]
SHOWN = [
    one
    for one in (
        *vars(approval_lists).values(),
        *vars(hotline_lists).values(),
        *vars(text_lists).values(),
        warnings.IN_FORCE,
    )
    if isinstance(one, Listed)
]


@pytest.fixture(scope="module")
def client(home: Path) -> FlaskClient:
    return create_app(home).server.test_client()


def exported(client: FlaskClient, name: str, **chosen: str) -> list[dict[str, str]]:
    answer = client.get(f"/export/{name}.csv", query_string=chosen)
    assert answer.status_code == 200
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == int(answer.headers["X-Row-Count"])
    return rows


@pytest.mark.parametrize("address", VIEWS)
def test_every_tile_says_what_its_metric_says(home: Path, address: str) -> None:
    door, found = Door.open(home), body(home, address)
    tiles = [part for part in found if getattr(part, "className", "") == "tile"]
    assert tiles
    for tile in tiles:
        row = data.metric(door, tile.id["metric"])
        assert row is not None
        assert shown_value(row["metric_value"], row["unit_zh"]) in written(tile)


@pytest.mark.parametrize("address", VIEWS)
def test_every_list_counts_what_its_export_holds(home: Path, client: FlaskClient, address: str) -> None:
    parts = body(home, address)
    kept = {json.dumps(p.id, sort_keys=True): p for p in parts if isinstance(getattr(p, "id", None), dict)}
    for key in [json.loads(k) for k in kept if '"list-count"' in k]:
        chosen = kept[json.dumps({**key, "type": "list-chosen"}, sort_keys=True)].data["chosen"]
        count = kept[json.dumps(key, sort_keys=True)].children
        link = kept[json.dumps({**key, "type": "list-export"}, sort_keys=True)].href
        assert link.startswith(f"/export/{key['list']}.csv")
        assert len(exported(client, key["list"], **chosen)) == int(count.split()[0].replace(",", "")) > 0


def test_open_approvals_are_the_metric_the_list_and_the_export(home: Path, client: FlaskClient) -> None:
    door = Door.open(home)
    rows, total = LISTINGS["approval_open"].page(door, {}, {})
    exports = exported(client, "approval_open")
    metric = data.metric(door, "approval_quality.at_risk")
    assert metric is not None
    at_risk = [row for row in rows if row["days_left"] >= 0]
    assert len(at_risk) == metric["metric_value"] == sum(float(row["days_left"]) >= 0 for row in exports) == 3
    assert total - len(at_risk) == metric["compare_value"] == 3


def test_warnings_are_the_metric_the_badges_the_list_and_the_export(home: Path, client: FlaskClient) -> None:
    door = Door.open(home)
    metric = data.metric(door, "warning.in_force")
    levels = casework_data.warning_levels(door)
    assert metric is not None
    assert sum(levels.values()) == metric["metric_value"] == len(exported(client, "warning")) == 20
    assert levels["Ⅰ"] + levels["Ⅱ"] == metric["compare_value"] == 12
    red = exported(client, "warning", warning_level="Ⅰ")
    assert len(red) == levels["Ⅰ"]


def test_filters_of_the_address_reach_the_lists_that_have_the_column(home: Path) -> None:
    found = body(home, f"/approvals?view=speed&district_code={YANTA}&item_code=A02")
    chosen = {p.id["list"]: p.data["chosen"] for p in found if "list-chosen" in str(getattr(p, "id", ""))}
    assert chosen["approval_open"] == chosen["approval_window"] == {"district_code": YANTA, "item_code": "A02"}
    assert chosen["approval_step"] == chosen["approval_item"] == {"item_code": "A02"}
    assert "没有符合所选条件的记录" in written(body(home, "/warnings?keyword=没有这样的对象"))
    assert "没有符合所选条件的记录" not in written(body(home, "/warnings"))


def test_a_viewer_of_one_district_sees_its_rows_only(home: Path) -> None:
    narrow = Door.open(home, Viewer(districts=frozenset({"610102"})))
    for name in ("approval_window", "licence_expiry", "hotline_repeat", "burst", "gaming", "warning"):
        rows, total = LISTINGS[name].page(narrow, {}, {})
        assert total > 0, name
        assert {row["district_code"] for row in rows} == {"610102"}, name
    assert sum(casework_data.warning_levels(narrow).values()) < 20


@pytest.mark.parametrize("shown", SHOWN, ids=lambda one: f"{one.name}-{one.title}")
def test_columns_of_a_list_are_offered_and_contracted(shown: Listed) -> None:
    listing = LISTINGS[shown.name]
    contract = catalog.contracts("mart")[shown.name]
    assert {one["field"] for one in shown.columns} <= set(listing.columns)
    for name in listing.columns:
        assert contract.has(name), name
    assert LISTS[shown.name] is listing


def test_every_code_that_a_list_shows_has_a_word() -> None:
    for name, columns in WORDS.items():
        for column, words in columns.items():
            allowed = catalog.contracts("mart")[name].column(column).allowed
            assert set(allowed) <= set(words), (name, column)


def test_every_area_of_the_registry_has_a_word_and_every_metric_a_row(home: Path, client: FlaskClient) -> None:
    assert {metric.area for metric in registry.metrics()} <= set(labels.AREA)
    everything = casework_data.metrics(Door.open(home))
    said = written(body(home, "/metrics"))
    assert f"{everything.height} 项" in said
    for name in everything["metric_name"]:
        assert name in said
    assert 0 < casework_data.metrics(Door.open(home), "warning").height < everything.height
    assert len(exported(client, "metric_value")) == everything.height
    for row in exported(client, "metric_value", keyword="at_risk"):
        assert row["metric_id"] == "approval_quality.at_risk"
    assert casework_data.metrics(Door.open(home), "", "AT_RISK")["metric_name"].to_list() == ["临期在办"]


@pytest.mark.parametrize("address", VIEWS)
def test_every_panel_opens_the_definition_of_its_table(home: Path, address: str) -> None:
    door = Door.open(home)
    asked: list[Any] = [p.id for p in body(home, address) if getattr(p, "className", "") == "source"]
    assert asked
    for one in asked:
        made = table_data.table(door, one["table"])
        assert made is not None
        said = written(described(made))
        for part in ("列的含义", "计算语句", one["table"], made["columns"][0][0]):
            assert part in said
    assert table_data.table(door, "entity.nothing") is None
    assert table_data.table(Door.open(home, Viewer("leader")), "entity.link") is None  # a table of regulators only
    assert table_data.table(door, "mart.x; drop table mart.x") is None


def test_heat_adds_up_at_every_level_and_refuses_another(home: Path) -> None:
    door = Door.open(home)
    totals = {level: data.hotline_heat(door, level)["order_count"].sum() for level in ("field", "category", "item")}
    assert len(set(totals.values())) == 1
    assert data.hotline_heat(door, "category")["item_code"].n_unique() == 2
    assert data.hotline_heat(door, "item", ["none"]).is_empty()
    with pytest.raises(ValueError, match="level"):
        data.hotline_heat(door, "x")


def test_precision_of_the_past_is_said_with_its_counts(home: Path) -> None:
    assert "75.0%（30／40）" in written(body(home, "/warnings"))


def test_a_table_tells_the_age_of_every_source_behind_it_and_its_first_rows(home: Path) -> None:
    """Through the lineage, however many steps: planted edges lead from a mart to a delivered table."""
    door = Door.open(home)
    ages = door.frame("select table_name, source_name, is_late from mart.data_age order by 1")
    delivered, other = ages["table_name"][0], ages["table_name"][-1]
    made = table_data.table(door, "mart.warning")
    assert made is not None
    assert len(made["rows"]) == min(made["row_count"], table_data.SHOWN)
    assert len(made["rows"][0]) == len(made["columns"])
    edges = {"mart.x": ["known.y"], "known.y": ["mart.x", f"fact.{delivered}"]}  # a circle ends as well
    found = table_data._sources(door, "mart.x", edges)
    assert set(found["source_name"]) == set(ages.filter(ages["table_name"] == delivered)["source_name"])
    assert other != delivered
    assert table_data._sources(door, "mart.nothing", {}).is_empty()
