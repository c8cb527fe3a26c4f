"""The indicator SQL and the pandas twin agree to the last digit, on the last day and on a day long before.

Not here: speed, which `make bench` measures.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pipelines.feeds.simulated.zone import simulate
from tests.bench.agreement import differences
from tests.bench.asked import LINKS, VALUES
from tests.bench.pandas_tables import PLANS
from tests.bench.pandas_twin import indicators
from tests.bench.report import SAME_WORK
from tests.warehouse import small
from warehouse.engine import DuckDBEngine
from warehouse.feed import load_feed

DAYS = [date(2026, 10, 31), date(2024, 3, 15)]
FEED = load_feed(small.PACKS / "simulated")


@pytest.fixture(scope="module")
def zone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("bench") / "zone"
    simulate(out, 0.005, 3, lambda source, rows: None)
    return out


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    with small.opened() as opened:
        yield opened


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_indicator_equals_its_twin(engine: DuckDBEngine, zone: Path, day: date) -> None:
    small.build_all(engine, zone.parent / "home", [FEED], zone, day)
    ours, links = engine.connection.sql(VALUES).df(), engine.connection.sql(LINKS).df()
    twin = indicators(zone, day, links)
    assert differences(ours, twin).empty, differences(ours, twin).head(20).to_string()
    assert set(twin["indicator_id"]) == set(ours["indicator_id"])
    assert len(twin) > 5_000
    if day == DAYS[0]:
        varied = twin.groupby("indicator_id")["micro"].nunique()
        assert (varied > 1).all(), f"a constant indicator shows nothing: {varied[varied <= 1]}"


def test_one_wrong_digit_and_one_lost_value_are_seen() -> None:
    ours = pd.DataFrame(
        {"entity": ["a", "a", "b"], "indicator_id": ["x", "y", "x"], "micro": [1, 2, 3], "evidence": [1, 1, 2]}
    )
    assert differences(ours, ours.copy()).empty
    wrong = ours.assign(micro=[1, 3, 3])
    assert differences(ours, wrong)[["entity", "indicator_id"]].to_numpy().tolist() == [["a", "y"]]
    assert differences(ours, ours.assign(evidence=[1, 1, 3]))["entity"].tolist() == ["b"]
    assert differences(ours, ours[:2])["_merge"].tolist() == ["left_only"]
    assert differences(ours[1:], ours)["_merge"].tolist() == ["right_only"]


def test_the_report_compares_the_twin_with_the_tables_it_reads() -> None:
    assert set(SAME_WORK) == set(PLANS)
