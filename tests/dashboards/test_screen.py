"""The wall screen: every scene from the marts, late sources greyed, what has no data says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from dash.development.base_component import Component
from hypothesis import given
from hypothesis import strategies as st

from dashboards import wall_data
from dashboards.app import create_app
from dashboards.components import wall
from dashboards.door import Door
from dashboards.maps import SETTING, boundaries, note
from dashboards.pages import screen
from models.access.viewer import Viewer
from warehouse import scope


@pytest.fixture(autouse=True, scope="module")
def _app(home: Path) -> None:
    create_app(home)  # figures name the template that the application registers


def parts(node: Any) -> list[Component]:
    """A component and everything below it."""
    if isinstance(node, list | tuple):
        return [one for child in node for one in parts(child)]
    if not isinstance(node, Component):
        return []
    return [node, *parts(getattr(node, "children", None))]


def text(node: Any) -> str:
    if isinstance(node, list | tuple):
        return "".join(text(child) for child in node)
    return text(getattr(node, "children", None)) if isinstance(node, Component) else "" if node is None else str(node)


def classed(node: Any, name: str) -> list[Component]:
    return [one for one in parts(node) if name in str(getattr(one, "className", "")).split()]


def test_three_scenes_turn_and_one_can_be_kept(door: Door) -> None:
    whole = screen.body(door)
    assert [one.to_plotly_json()["props"]["data-scene"] for one in classed(whole, "wall-scene")] == list(screen.SCENES)
    assert len(classed(screen.body(door, scene="hotline"), "wall-scene")) == 1
    assert len(classed(screen.body(door, scene="nonsense"), "wall-scene")) == 3


@pytest.mark.parametrize(("asked", "seconds"), [("15", "15"), ("1", "40"), ("x", "40"), ("", "40"), ("999999", "40")])
def test_how_long_a_scene_stays_is_kept_within_reason(door: Door, asked: str, seconds: str) -> None:
    (canvas,) = classed(screen.body(door, rotate=asked), "wall")
    assert canvas.to_plotly_json()["props"]["data-rotate"] == seconds


def test_figures_are_those_of_the_marts(door: Door) -> None:
    scene = screen.body(door, scene="supervision")
    total = door.frame("select sum(entity_count) as n from mart.credit_risk").item()
    shown = [int(text(one).replace(",", "")) for one in classed(scene, "total")]
    assert sum(shown) == total > 0
    steps = door.frame("select case_count from mart.hotline_funnel order by step_no")["case_count"].to_list()
    bars = [text(one) for one in parts(classed(scene, "wall-funnel")) if type(one).__name__ == "I"]
    assert bars == [f"{n:,}" for n in steps]
    open_count = door.frame(
        "select count(*) as n from mart.warning where warning_state not in ('settled', 'dismissed')"
    ).item()
    assert f"待处置 {open_count:,} 条" in text(scene)


def test_each_warning_has_a_level_an_owner_and_a_clock(door: Door) -> None:
    found = wall_data.warnings(door)
    rows = classed(screen.body(door, scene="supervision"), "wall-row")
    assert len(rows) == found.height > 0
    assert found["level_no"].to_list() == sorted(found["level_no"])
    for row, told in zip(rows, found.iter_rows(named=True), strict=True):
        assert f"{told['warning_level']} 级" in text(row)
        assert told["department_name"] is None or told["department_name"] in text(row)
        left = told["days_left"]
        assert left is None or (f"剩 {left} 日" if left >= 0 else f"超 {-left} 日") in text(row)


def test_the_hotline_scene_shows_topics_rising_ones_first(door: Door) -> None:
    found = wall_data.topics(door, 24)
    assert found["is_rising"].to_list() == sorted(found["is_rising"], reverse=True)
    (listed,) = classed(screen.body(door, scene="hotline"), "topics")
    rows = classed(listed, "wall-row")
    assert len(rows) == found.height > 0
    for row, told in zip(rows, found.iter_rows(named=True), strict=True):
        assert told["event_label"] in text(row)
        assert bool(classed(row, "rising")) == told["is_rising"]
        assert (f"{told['respond_by']:%m-%d} 前回应" in text(row)) == told["is_rising"]
    assert f"{found['is_rising'].sum()} 件升温" in text(screen.body(door, scene="hotline"))


def test_a_topic_about_a_sole_proprietor_is_not_named_on_the_wall() -> None:
    assert "event_label" in scope.readable(Viewer("wall"))["mart.topic"].masked
    assert "event_label" not in scope.readable(Viewer("regulator"))["mart.topic"].masked


def test_a_panel_whose_source_is_late_is_greyed_and_says_its_age() -> None:
    fresh, stale = (
        wall.wall_panel("图", note="近 7 日", late={}),
        wall.wall_panel("图", note="近 7 日", late={"inspection": 9}),
    )
    assert classed(fresh, "stale") == []
    assert "近 7 日" in text(fresh)
    assert classed(stale, "stale")
    assert "数据逾期（9 日前）" in text(stale)


def test_a_feed_without_cases_says_so_in_every_panel(chicago_home: Path) -> None:
    without = Door.open(chicago_home)
    assert "没有热线工单" in text(screen.body(without, scene="hotline"))
    assert "没有审批办件" in text(screen.body(without, scene="approvals"))
    assert "本数据包的区划不在底图内" in text(screen.body(without, scene="supervision"))


@given(counts=st.lists(st.integers(0, 500), min_size=1, max_size=40))
def test_heat_grows_with_the_count(counts: list[int]) -> None:
    frame = pl.DataFrame(
        {
            "topic": ["t"] * len(counts),
            "district_code": [str(n) for n in range(len(counts))],
            "order_count": counts,
        }
    )
    table = wall.heat_table(frame, [(str(n), f"{n} 区") for n in range(len(counts))])
    cells = [one for one in parts(table) if type(one).__name__ == "Td"]
    steps = [wall.WALL_HEAT.index(one.style["background"]) if getattr(one, "style", None) else -1 for one in cells]
    order = sorted(range(len(counts)), key=counts.__getitem__)
    assert [steps[n] for n in order] == sorted(steps)
    assert all((step == -1) == (count == 0) for step, count in zip(steps, counts, strict=True))


def test_an_official_map_brings_its_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert note() == "示意图，不作为划界依据"
    own = tmp_path / "map.geojson"
    own.write_text(
        '{"type": "FeatureCollection", "approval_number": "示例（2026）001 号", "features": []}', encoding="utf-8"
    )
    monkeypatch.setenv(SETTING, str(own))
    boundaries.cache_clear()
    try:
        assert note() == "审图号：示例（2026）001 号"
    finally:
        monkeypatch.undo()
        boundaries.cache_clear()
