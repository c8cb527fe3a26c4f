"""`mingcha backtest`: one run on the invented city, and what it refuses before it begins."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.pipelines.test_cli import fails, mingcha
from warehouse.home import Home

PERIOD = ("--from", "2013-10-01", "--to", "2014-04-30")


def test_a_period_is_judged_printed_and_kept(own_home: Path, tmp_path: Path) -> None:
    """Grades come from the archived deliveries, in a home of their own; the published snapshot stays as it is."""
    plan = tmp_path / "plan.csv"
    plan.write_text("entity_code,order\n1,1\nnobody,2\n")
    before = (own_home / "serving" / "CURRENT").read_text()
    done = mingcha(
        "backtest", "--feed", "chicago_food", *PERIOD, "--schedule", plan, "--rounds", "20", "--home", own_home
    )
    assert done.exit_code == 0, done.output
    for part in ("grades as of 2013-09-30", "critical findings by grade", "by inspector", "days", "schedule plan: 2"):
        assert part in done.output
    kept = own_home / "backtests" / "chicago_food-2013-10-01-2014-04-30.json"
    told = json.loads(kept.read_text("utf-8"))
    assert told["runs"][0]["known_by"] < "2013-10-02"
    assert told["as_of"] == ["2013-09-30"]
    assert told["inspections"] > 100
    assert set(told["schedules"]) == {"plan"}
    assert kept.stat().st_mode & 0o077 == 0
    assert (own_home / "serving" / "CURRENT").read_text() == before
    assert not (own_home / "backtests" / "work").exists()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--from", "2014-05-01", "--to", "2014-04-30"), "lies before"),
        (("--from", "2014-02-30", "--to", "2014-04-30"), "day"),
        ((*PERIOD, "--capacity", "1.5"), "--capacity is a share"),
        ((*PERIOD, "--policy", "nowhere"), "does not exist"),
        ((*PERIOD, "--schedule", "nowhere.csv"), "nowhere.csv cannot be read"),
    ],
)
def test_what_cannot_be_done_is_said_first(tmp_path: Path, more: tuple[str, ...], told: str) -> None:
    assert told in fails(2, "backtest", "--feed", "chicago_food", *more, "--home", tmp_path)
    assert not (tmp_path / "backtests" / "work").exists()


def test_without_deliveries_and_while_another_runs(tmp_path: Path) -> None:
    asked = ("backtest", "--feed", "chicago_food", *PERIOD, "--home", tmp_path)
    assert "holds no file of feed chicago_food" in fails(1, *asked)
    backtests = Home(Home.at(tmp_path).backtests)
    with backtests.writing():
        assert "wait for it to finish" in fails(75, *asked)
