"""Figures: they show the numbers they are given, and stand missing ones."""

from decimal import Decimal
from pathlib import Path

import plotly.graph_objects as go
import polars as pl
import pytest

from dashboards import data
from dashboards.door import Door
from dashboards.figures import approval, hotline, scorecard
from dashboards.figures.inspection import inspection_months
from dashboards.figures.place import MEASURES, district_bars, district_map, on_map
from dashboards.maps import boundaries, district_codes
from dashboards.theme import (
    COLOUR,
    CREDIT_BADGE,
    RAMP,
    RISK_BADGE,
    WALL,
    WALL_CREDIT,
    WALL_HEAT,
    WALL_INKS,
    WALL_RAMP,
    WALL_WARNING,
    WARNING_BADGE,
    contrast,
    ink_on,
    register_template,
)
from tests.dashboards.snapshot import entity_id


@pytest.fixture(autouse=True)
def _template() -> None:
    register_template()


def area(ring: list[list[float]]) -> float:
    """Signed area by the shoelace rule: negative is clockwise."""
    following = [*ring[1:], ring[0]]
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, following, strict=True)) / 2


def test_boundaries_are_the_thirteen_districts_wound_clockwise() -> None:
    assert len(district_codes()) == 13
    for feature in boundaries()["features"]:
        for polygon in feature["geometry"]["coordinates"]:
            assert area(polygon[0]) < 0, feature["properties"]["name"]
            assert all(area(hole) > 0 for hole in polygon[1:])


@pytest.mark.parametrize("chosen", list(MEASURES))
def test_the_map_shows_each_district_once_in_both_frames(door: Door, chosen: str) -> None:
    frame = data.districts(door)
    figure = district_map(frame, MEASURES[chosen])
    coloured = [trace for trace in figure.data if isinstance(trace, go.Choropleth) and trace.customdata is not None]
    drawn = on_map(frame)["district_code"].to_list()
    assert [sorted(trace.locations) for trace in coloured] == [sorted(drawn)] * 2


def test_a_district_without_a_value_stays_grey_and_named(door: Door) -> None:
    frame = data.districts(door).with_columns(
        pl.when(pl.col("district_code") == "610114").then(0).otherwise(pl.col("entity_count")).alias("entity_count")
    )
    figure = district_map(frame, MEASURES["high_risk_ratio"])
    assert "610114" not in figure.data[1].locations
    assert "阎良区<br><b>—</b>" in figure.data[2].text


def test_unknown_districts_become_bars(chicago_home: Path) -> None:
    frame = data.districts(Door.open(chicago_home))
    assert on_map(frame).is_empty()
    bars = district_bars(frame, MEASURES["high_risk"]).data[0]
    assert set(bars.y) == set(frame["district_name"])
    assert list(bars.x) == sorted(bars.x)


def test_the_waterfall_ends_at_the_score(door: Door) -> None:
    parts = data.entity_contributions(door, entity_id(9)).filter(pl.col("pack_id") == "credit")
    grades = data.entity_grade(door, entity_id(9))
    assert grades is not None
    bars = scorecard.contributions(parts, grades["credit_score"]).data[0]
    assert bars.x[-1] == pytest.approx(float(grades["credit_score"]), abs=1e-9)
    ends = [start + length for start, length in zip(bars.base, bars.x, strict=True)]
    assert bars.base[1:-1] == pytest.approx(ends[:-2])


def test_a_waterfall_without_contributions_is_the_bare_score() -> None:
    none = pl.DataFrame(schema={"contribution": pl.Decimal(18, 6), "indicator_id": pl.String, "name_zh": pl.String})
    assert list(scorecard.contributions(none, Decimal(0)).data[0].x) == [0.0]


def test_months_leave_a_gap_where_nothing_was_inspected(door: Door) -> None:
    frame = data.inspection_months(door)
    line = inspection_months(frame).data[2]
    assert line.connectgaps is False
    assert [bool(n) for n in frame["inspection_count"]] == [y is not None and y == y for y in line.y]  # noqa: PLR0124


def test_limits_show_what_was_saved_against_the_statute(door: Door) -> None:
    items = data.approval_items(door)
    figure = approval.limits(items)
    assert "   <b>−79%</b>" in figure.data[-1].text
    assert "医疗器械备案" not in figure.data[-1].y


def test_durations_mark_the_limits_that_exist(door: Door) -> None:
    for item in data.approval_items(door).iter_rows(named=True):
        figure = approval.durations(data.approval_durations(door, item["item_code"]), item)
        marked = [item[name] is not None for name in ("mean_days", "promised_days", "statutory_days")]
        assert len(figure.layout.shapes) == sum(marked)


def test_ratings_put_the_poor_ones_left_and_the_rest_right(door: Door) -> None:
    for trace in approval.ratings(data.approval_items(door)).data:
        poor = trace.name in ("非常不满意", "不满意")
        assert all(x <= 0 if poor else x >= 0 for x in trace.x)


def test_the_trend_marks_exactly_the_anomalies(door: Door) -> None:
    frame = data.hotline_days(door)
    marked = hotline.trend(frame).data[2]
    assert list(marked.x) == frame.filter(pl.col("is_anomaly"))["day"].to_list()


def test_the_heat_map_fills_pairs_without_orders_with_zero(door: Door) -> None:
    frame = data.hotline_heat(door)
    cells = hotline.heat(frame).data[0].customdata
    assert sum(sum(row) for row in cells) == frame["order_count"].sum()
    assert any(0 in row for row in cells)


def test_district_names_are_short_enough_for_a_heat_map() -> None:
    frame = pl.DataFrame(
        {
            "item_code": ["H"] * 4,
            "item_name": ["类"] * 4,
            "district_code": list("abcd"),
            "district_name": ["国际港务区", "曲江新区", "新城区", "60622"],
            "district_kind": ["zone"] * 4,
            "order_count": [1, 2, 3, 4],
        }
    )
    assert list(hotline.heat(frame).layout.xaxis.ticktext) == ["国际<br>港务", "曲江", "新城", "60622"]


def test_contrast_is_that_of_the_guidelines() -> None:
    """The two ends, and the pair that the guidelines call just readable."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#123456", "#123456") == pytest.approx(1)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


READ = [
    *CREDIT_BADGE.values(),
    *RISK_BADGE.values(),
    *WARNING_BADGE.values(),
    *WALL_CREDIT.values(),
    *WALL_WARNING.values(),
    *((back, ink_on(back)) for back in RAMP),
    *((back, ink_on(back, WALL_INKS)) for back in (*WALL_RAMP, *WALL_HEAT)),
    *((COLOUR[back], COLOUR[ink]) for ink in ("text", "muted", "blue") for back in ("page", "surface", "blue-pale")),
    *((COLOUR[f"{state}-pale"], COLOUR[state]) for state in ("ok", "warn", "bad")),
    *((WALL["surface"], WALL[ink]) for ink in ("text", "muted", "ok", "warn", "bad", "accent")),
]


@pytest.mark.parametrize(("back", "ink"), READ)
def test_what_is_read_stands_out_from_its_ground(back: str, ink: str) -> None:
    assert contrast(back, ink) >= 4.5


def test_small_contributions_of_many_are_one_bar_and_the_sum_stays() -> None:
    rows = [(f"indicator.{n:02}", f"指标 {n}", Decimal(n) / 8 - 1) for n in range(40)]
    frame = pl.DataFrame(rows, schema=["indicator_id", "name_zh", "contribution"], orient="row")
    total = sum(value for *_, value in rows)
    bar = scorecard.contributions(frame, total).data[0]
    assert bar.customdata[-2] == "其余 24 项合计"  # of 39: one contributes nothing
    assert len(bar.x) == 17
    assert bar.x[-1] == pytest.approx(float(total)) == pytest.approx(sum(bar.x[:-1]))
