"""Bursts and gamed figures that were planted in a simulated zone, and how many of those found were planted.

Not here: the clocks (test_clock_sql.py) and the metrics (test_case_metrics.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import polars as pl
import pytest

from tests.warehouse import case_zone, cases, small
from warehouse.catalog import sql_tables
from warehouse.engine import DuckDBEngine

# A burst of 20 orders in ten days cannot be told from chance within two of them; at scale 0.2 there are 40.
SCALES = [pytest.param((0.1, 0.7), id="0.1"), pytest.param((0.2, 0.9), id="0.2", marks=pytest.mark.slow)]
Zone = tuple[DuckDBEngine, pl.DataFrame, float]


@pytest.fixture(scope="module", params=SCALES)
def zone(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zone]:
    """The warehouse, the planted bursts, and the share of them to be seen within two days."""
    scale, early = request.param
    folder = tmp_path_factory.mktemp("zone")
    bursts = case_zone.deliver(folder / "data", scale, 1)
    with small.opened(folder / "w.duckdb") as engine:
        case_zone.load(engine, folder / "home", folder / "data")
        yield engine, bursts, early


def test_gamed_windows_are_found_and_nothing_else(zone: Zone) -> None:
    engine, _, _ = zone
    found = set(
        engine.rows("select detector, item_code, district_code from mart.gaming where detector <> 'split_order'")
    )
    planted = case_zone.windows()
    assert len(found & planted) >= 0.8 * len(found), found - planted
    assert len(found & planted) >= 0.8 * len(planted), planted - found


def test_split_orders_are_found_and_nothing_else(zone: Zone) -> None:
    engine, _, _ = zone
    found = engine.rows("select odd_count from mart.gaming where detector = 'split_order'")
    assert len(found) >= 8  # planted: eight groups of six orders within half an hour; dirt may take an order or two
    assert all(count in (5, 6, 12) for (count,) in found)


def seen(engine: DuckDBEngine, as_of: date) -> set[tuple[str, str, date]]:
    """The bursts of the hotline that the mart would have known on a day: leaf, district, first day seen."""
    engine.run(f"update run.info set as_of = date '{as_of}'")
    for name in ("known.demand", "mart.burst"):
        engine.build(name, sql_tables()[name].sql)
    return set(engine.rows("select topic_code, district_code, first_seen_on from mart.burst where stream = 'hotline'"))


def test_planted_bursts_are_found_early_and_little_else(zone: Zone) -> None:
    engine, bursts, promised = zone
    found: set[tuple[str, str, date]] = set()
    day = case_zone.LAST_DAY
    while day > date(2022, 11, 1):
        found |= seen(engine, day)
        day -= timedelta(days=365)
    recalled, early, true = 0, 0, set()
    for code, district, first, last, _ in bursts.iter_rows():
        days = sorted(d for c, place, d in found if (c, place) == (code, district) and first <= d <= last)
        true |= {(code, district, d) for d in days}
        recalled += bool(days)
        early += bool(days) and days[0] <= first + timedelta(days=2)
    assert recalled >= 0.9 * len(bursts)
    assert early >= promised * len(bursts)
    assert len(true) >= 0.8 * len(found), found - true


def test_one_caller_who_calls_all_day_is_no_burst() -> None:
    calls = [
        {"case_id": f"C{n}", "case_kind": "hotline", "item_code": "010101", "department_id": "D", "district_code": "X", "channel": "c", "opened_at": cases.at(f"2026-10-{28 + n // 12} {8 + n % 12:02d}:00")}
        for n in range(36)
    ]  # fmt: skip
    for callers, bursts in ((lambda _: "K1", 0), (lambda n: f"K{n}", 1)):
        rows = [row | {"caller_id": callers(n)} for n, row in enumerate(calls)]
        with cases.warehouse(date(2026, 10, 30), {"service_case": rows}) as engine:
            cases.build(engine, "mart.burst")
            assert engine.count("mart.burst") == bursts
