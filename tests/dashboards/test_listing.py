"""Server-side lists: paging, order, whitelists, bound values and scope."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboards.door import Door
from dashboards.listing import DRAWN, ENTITIES, LARGEST_PAGE, Listing, ListingError
from models.access.viewer import Viewer
from tests.dashboards.snapshot import entity_id

FIRST: dict[str, Any] = {"startRow": 0, "endRow": 100}
COUNT = 2400


def rows(door: Door, request: dict[str, Any], chosen: dict[str, str] | None = None) -> list[dict[str, Any]]:
    return ENTITIES.page(door, {**FIRST, **request}, chosen or {})[0]


def everything(listing: Listing, door: Door, request: dict[str, Any] | None = None) -> pl.DataFrame:
    return door.reader.query(*listing.everything(door, request or {}, {}))


@pytest.mark.parametrize("column", ["credit_grade", "district_name", "complaint_count", "established_date"])
def test_pages_of_a_sort_with_many_ties_hold_every_entity_once(door: Door, column: str) -> None:
    sort = {"sortModel": [{"colId": column, "sort": "asc"}]}
    seen = []
    for start in range(0, COUNT, LARGEST_PAGE):
        seen += [row["entity_id"] for row in rows(door, {**sort, "startRow": start, "endRow": start + LARGEST_PAGE})]
    assert len(seen) == len(set(seen)) == COUNT


def test_ids_reach_the_browser_as_whole_text(door: Door) -> None:
    found = rows(door, {"filterModel": {"entity_id": {"type": "equals", "filter": str(entity_id(5))}}})
    assert [row["entity_id"] for row in found] == [str(entity_id(5))]


def test_numbers_and_dates_sort_by_value_with_missing_last(door: Door) -> None:
    scores = [row["risk_score"] for row in rows(door, {"sortModel": [{"colId": "risk_score", "sort": "desc"}]})]
    assert scores == sorted(scores, reverse=True)
    request = {"startRow": COUNT - 5, "endRow": COUNT, "sortModel": [{"colId": "established_date", "sort": "desc"}]}
    assert {row["established_date"] for row in rows(door, request)} == {None}


@pytest.mark.parametrize(
    ("column", "condition", "holds"),
    [
        ("name", {"type": "contains", "filter": "健身"}, lambda v: "健身" in v),
        ("name", {"type": "notContains", "filter": "健身"}, lambda v: "健身" not in v),
        ("name", {"type": "startsWith", "filter": "西安恒泰"}, lambda v: v.startswith("西安恒泰")),
        ("name", {"type": "endsWith", "filter": "7"}, lambda v: v.endswith("7")),
        ("district_name", {"type": "blank"}, lambda v: v is None),
        ("complaint_count", {"type": "greaterThan", "filter": 3}, lambda v: v > 3),
        ("complaint_count", {"type": "inRange", "filter": 1, "filterTo": 2}, lambda v: 1 <= v <= 2),
        ("established_date", {"type": "lessThan", "dateFrom": "2010-01-01 00:00:00"}, lambda v: v < "2010-01-01"),
        (
            "credit_score",
            {
                "operator": "OR",
                "conditions": [{"type": "lessThan", "filter": 20}, {"type": "greaterThan", "filter": 95}],
            },
            lambda v: v < 20 or v > 95,
        ),
    ],
)
def test_filters_keep_what_they_say(door: Door, column: str, condition: dict[str, Any], holds: Any) -> None:
    found, total = ENTITIES.page(door, {**FIRST, "filterModel": {column: condition}}, {})
    assert 0 < total < COUNT
    assert all(holds(row[column]) for row in found)
    kept = everything(ENTITIES, door, {"filterModel": {column: condition}})
    assert kept.height == total


@pytest.mark.parametrize(
    "request_",
    [
        {"sortModel": [{"colId": "name; drop table mart.entity_card", "sort": "asc"}]},
        {"sortModel": [{"colId": "name", "sort": "asc, (select 1)"}]},
        {"sortModel": [{"colId": "credit_veto", "sort": "asc"}]},
        {"filterModel": {"1=1 or name": {"type": "contains", "filter": "x"}}},
        {"filterModel": {"name": {"type": "regexp", "filter": ".*"}}},
        {"filterModel": {"name": {"type": "contains", "filter": {"$ne": 1}}}},
        {"filterModel": {"risk_score": {"type": "= 1 or 1 =", "filter": 1}}},
        {"filterModel": {"risk_score": {"type": "equals", "filter": "1 or 1=1"}}},
        {"filterModel": {"risk_score": {"type": "equals", "filter": "nan"}}},
        {"filterModel": {"established_date": {"type": "equals", "dateFrom": "yesterday"}}},
        {"filterModel": {"name": {"operator": "XOR", "conditions": [{"type": "blank"}]}}},
        {"startRow": 0, "endRow": 1_000_000},
        {"startRow": -5, "endRow": 5},
    ],
)
def test_what_is_not_offered_is_refused(door: Door, request_: dict[str, Any]) -> None:
    with pytest.raises(ListingError):
        rows(door, request_)


def test_chosen_columns_are_whitelisted_too(door: Door) -> None:
    with pytest.raises(ListingError):
        rows(door, {}, {"1=1) or (name": "x"})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    keyword=st.one_of(st.text(max_size=6), st.sampled_from(["'", "%", "_", "' or '1'='1", "健身", "$f0", "\\", "x"]))
)
def test_a_keyword_is_only_ever_text(door: Door, keyword: str) -> None:
    expected = everything(ENTITIES, door).filter(
        pl.any_horizontal(pl.col("name", "entity_code").str.to_lowercase().str.contains(keyword.lower(), literal=True))
    )
    assert ENTITIES.page(door, FIRST, {"keyword": keyword})[1] == expected.height


def test_scope_holds_whatever_is_asked(home: Path) -> None:
    narrow = Door.open(home, Viewer(districts=frozenset({"610102"})))
    assert rows(narrow, {}, {"district_code": "610103"}) == []
    assert {row["district_code"] for row in rows(narrow, {})} == {"610102"}
    assert set(everything(ENTITIES, narrow)["district_code"]) == {"610102"}


def test_inspector_numbers_are_for_those_who_schedule(home: Path) -> None:
    leader = Door.open(home, Viewer(role="leader"))
    found, _ = DRAWN.page(leader, FIRST, {})
    assert found
    assert all("inspector_ids" not in row for row in found)
    assert "inspector_ids" not in everything(DRAWN, leader).columns
    with pytest.raises(ListingError):
        DRAWN.page(leader, {**FIRST, "filterModel": {"inspector_ids": {"type": "contains", "filter": "J"}}}, {})
    regulator, _ = DRAWN.page(Door.open(home), FIRST, {})
    assert any(row["inspector_ids"] for row in regulator)
