"""Results kept for a grid: paged, sorted and filtered in a stable order, each its owner's only, the oldest give way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.listing import ListingError
from dashboards.result_listing import page_of, points
from warehouse.query import Answer
from warehouse.result_shelf import IN_ALL, OF_ONE, Kept, Shelf

N = 500
TABLE = pl.DataFrame(
    {
        "n": range(N),
        "name": [f"企业{i % 7}" for i in range(N)],
        "score": [Decimal(i % 11) / 4 for i in range(N)],
        "day": [date(2026, 1, 1 + i % 28) for i in range(N)],
        "large": [2**53 + i for i in range(N)],
        "list": [[i, None] for i in range(N)],
    },
    schema_overrides={"score": pl.Decimal(18, 6)},
).to_arrow()
TYPES = ("BIGINT", "VARCHAR", "DECIMAL(18,6)", "DATE", "BIGINT", "BIGINT[]")


def answer(total: int = N) -> Answer:
    return Answer(TABLE, TYPES, total, 0.1, "serving-x.duckdb")


@pytest.fixture(scope="module")
def kept() -> Kept:
    return Shelf().keep("me", "select 1", {}, answer(1000))


def all_rows(kept: Kept, request: Mapping[str, Any], block: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        rows, total = page_of(kept, {**request, "startRow": len(found), "endRow": len(found) + block})
        found += rows
        if len(found) >= total or not rows:
            assert len(found) == total
            return found


def test_a_result_knows_its_columns_and_what_a_browser_can_hold(kept: Kept) -> None:
    assert [(c.field, c.name, c.kind) for c in kept.columns] == [
        ("c1", "n", "number"), ("c2", "name", "text"), ("c3", "score", "number"), ("c4", "day", "date"),
        ("c5", "large", "id"), ("c6", "list", "text"),
    ]  # fmt: skip
    assert (kept.rows, kept.total) == (N, 1000)
    row = page_of(kept, {"startRow": 3, "endRow": 4})[0][0]
    assert row == {"c1": 3.0, "c2": "企业3", "c3": 0.75, "c4": "2026-01-04", "c5": str(2**53 + 3), "c6": "[3, NULL]"}


@given(
    st.sampled_from(["c1", "c2", "c3", "c4", "c5", "c6"]), st.sampled_from(["asc", "desc"]), st.integers(7, 200)
)  # fmt: skip
def test_blocks_of_any_size_give_every_row_once_in_one_order(kept: Kept, column: str, way: str, block: int) -> None:
    found = all_rows(kept, {"sortModel": [{"colId": column, "sort": way}]}, block)
    ids = [row["c1"] for row in found]
    assert sorted(ids) == list(range(N))
    original = {"c1": "n", "c2": "name", "c3": "score", "c4": "day", "c5": "large", "c6": "list"}[column]
    expected = TABLE.to_pylist()
    expected.sort(key=lambda row: (row[original] if column != "c6" else row[original][0], 0), reverse=way == "desc")
    if column in ("c1", "c5", "c6"):
        assert ids == [row["n"] for row in expected]
    else:  # equal values keep the order they came in, whichever way is sorted
        assert [row[column] for row in found] == [_shown(row[original]) for row in expected]
        for one, other in pairwise(found):
            assert one[column] != other[column] or one["c1"] < other["c1"]


def _shown(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else str(value)


@pytest.mark.parametrize(
    ("column", "condition", "count"),
    [
        ("c2", {"type": "contains", "filter": "业3"}, 71),
        ("c1", {"type": "inRange", "filter": 10, "filterTo": 19}, 10),
        ("c3", {"type": "greaterThan", "filter": 2.25}, 45),
        ("c4", {"type": "equals", "dateFrom": "2026-01-28 00:00:00"}, 17),
        ("c5", {"type": "equals", "filter": str(2**53 + 1)}, 1),
        ("c6", {"type": "startsWith", "filter": "[49"}, 11),
    ],
)
def test_filters_are_those_of_every_list(kept: Kept, column: str, condition: dict[str, Any], count: int) -> None:
    assert page_of(kept, {"filterModel": {column: condition}})[1] == count


def test_an_instant_is_shown_in_utc() -> None:
    instants = pl.DataFrame({"at": [datetime(2026, 1, 1, tzinfo=UTC)]}).to_arrow()
    kept = Shelf().keep("me", "x", {}, Answer(instants, ("TIMESTAMP WITH TIME ZONE",), 1, 0.1, "s"))
    assert page_of(kept, {"endRow": 1})[0] == [{"c1": "2026-01-01 00:00:00+00"}]


def test_a_column_that_is_not_there_is_refused(kept: Kept) -> None:
    for request in (
        {"sortModel": [{"colId": "row_no; drop table x", "sort": "asc"}]},
        {"filterModel": {"x": {"type": "blank"}}},
    ):
        with pytest.raises(ListingError):
            page_of(kept, request)


def test_points_of_a_chart_are_the_first_rows(kept: Kept) -> None:
    frame = points(kept, ["c2", "c3"], 10)
    assert frame.height == 10
    assert frame.schema == {"c2": pl.String, "c3": pl.Float64}


def test_a_result_is_its_owners_and_the_oldest_give_way() -> None:
    shelf = Shelf()
    mine = [shelf.keep("me", "select 1", {}, answer()) for _ in range(OF_ONE + 1)]
    assert shelf.get("me", mine[0].result_id) is None
    assert shelf.get("me", mine[-1].result_id) is mine[-1]
    assert shelf.get("you", mine[-1].result_id) is None
    for number in range(IN_ALL):
        shelf.keep(f"other{number}", "select 1", {}, answer())
    assert shelf.get("me", mine[-1].result_id) is None
    assert shelf.get("other0", mine[-1].result_id) is None
