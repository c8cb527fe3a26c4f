"""Back-tests: which days, which pools and weights, what a schedule needs, and the whole report of the invented city."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.policy.loader import Policy
from tests.conftest import AS_OF
from tests.warehouse import small
from tests.warehouse.test_golden import as_csv, hold
from warehouse import backtest, backtest_report
from warehouse.backtest import BacktestError, Observed
from warehouse.backtest_sample import Asked
from warehouse.engine import DuckDBEngine
from warehouse.home import Home, HomeBusyError

LAST = date(2014, 4, 30)
ASKED = Asked((0.1, 0.5), 40, 1)
GRADES = {"credit": ("A", "B", "C", "D"), "risk": ("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ")}
# an entity: risk score and grade, stratum, capital
ENTITIES = [(1, 10.0, "Ⅰ", "a", 5.0), (2, 10.0, "Ⅰ", "a", 50.0), (3, 60.0, "Ⅳ", "b", 1.0), (4, 60.0, "Ⅳ", "b", None)]


def observed(*later: tuple[int, str, str | None, int], as_of: date = AS_OF, last: date = LAST) -> Observed:
    """Four entities, and inspections as (entity, kind, inspector, found); entity 9 is not on the register."""
    rows = [
        {
            "inspection_id": f"I{n}",
            "entity_id": entity,
            "event_date": as_of + timedelta(days=n + 1),
            "inspection_kind": kind,
            "inspector_ids": inspector,
            "found": float(found),
        }
        for n, (entity, kind, inspector, found) in enumerate(later)
    ]
    register = pl.DataFrame(
        [
            {
                "entity_id": n,
                "industry_name": "餐饮",
                "district_name": None,
                "hazard_level": "high",
                "capital_cny": capital,
                "stratum_id": stratum,
                "credit_score": 90.0,
                "credit_grade": "A",
                "risk_score": score,
                "risk_grade": grade,
            }
            for n, score, grade, stratum, capital in ENTITIES
        ],
        schema_overrides={"district_name": pl.String},
    )
    codes = pl.DataFrame({"entity_code": ["c1", "c2", "c3", "c4"], "entity_id": [1, 2, 3, 4]})
    run = {"feeds": "invented", "policy_version": "p", "code_version": "c"}
    higher_is_worse = {"credit": False, "risk": True}
    return Observed(
        as_of,
        last,
        run,
        pl.DataFrame(rows, schema_overrides={"inspector_ids": pl.String}),
        register,
        codes,
        0.25,
        GRADES,
        higher_is_worse,
    )


def report(*days: Observed, **schedules: pl.DataFrame) -> dict[str, Any]:
    return backtest_report.report(days, schedules, ASKED, "invented")


@given(st.dates(date(2013, 1, 1), date(2030, 1, 1)), st.integers(0, 500))
def test_every_day_is_judged_by_the_last_month_end_before_it(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    days = backtest.as_of_days(first, last, is_monthly=True)
    assert days[0][0] == first - timedelta(days=1)
    assert days[-1][1] == last
    assert [until for _, until in days[:-1]] == [as_of for as_of, _ in days[1:]]
    for as_of, until in days:
        assert as_of < until
        assert (until - as_of).days <= 31
    for as_of, _ in days[1:]:
        assert as_of.day == monthrange(as_of.year, as_of.month)[1]
    assert backtest.as_of_days(first, last, is_monthly=False) == [(days[0][0], last)]


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(BacktestError, match="lies before"):
        backtest.as_of_days(LAST, AS_OF, is_monthly=False)


def test_who_has_no_grade_is_counted_and_left_out() -> None:
    told = report(observed((1, "routine", None, 0), (3, "routine", None, 1), (9, "routine", None, 1)))
    assert (told["inspections"], told["found"]) == (3, 2)
    assert told["ungraded"] == {"inspections": 1, "found": 1}
    assert told["scorecards"]["risk"]["pools"]["all"]["inspections"] == 2
    assert set(told["scorecards"]["risk"]["pools"]) == {"all"}, "nobody is known to have come, nothing was drawn"


def test_the_worse_grade_is_visited_first_and_a_better_score_is_not_worse() -> None:
    told = report(observed((1, "routine", None, 0), (2, "routine", None, 0), (3, "routine", None, 1)))
    assert told["scorecards"]["risk"]["pools"]["all"]["auc"]["value"] == 1
    assert told["scorecards"]["credit"]["pools"]["all"]["auc"]["value"] == 0.5
    turned = observed((1, "routine", None, 0), (3, "routine", None, 1))
    worse = turned.register.with_columns(credit_score=pl.when(pl.col("entity_id") == 3).then(10.0).otherwise(90.0))
    sunk = Observed(**{**vars(turned), "register": worse})
    assert report(sunk)["scorecards"]["credit"]["pools"]["all"]["auc"]["value"] == 1


def test_random_draws_stand_for_their_stratum() -> None:
    """One of two of stratum a drawn and clean, both of b drawn and found: two of four entities have findings."""
    told = report(
        observed((1, "random", None, 0), (3, "random", None, 1), (4, "random", None, 1), (2, "routine", None, 1))
    )
    drawn = told["scorecards"]["risk"]["pools"]["random"]
    assert drawn["inspections"] == 3
    assert drawn["base_rate"] == pytest.approx(0.5)
    assert told["random_coverage"] == 1
    assert report(observed((1, "random", None, 0)))["random_coverage"] == 0.5


def test_a_team_counts_once_for_each_member() -> None:
    """Nobody came in the same team twice, and yet x saw both a grade that has findings and one that has none."""
    told = report(observed((1, "routine", "x;y", 0), (3, "routine", "z;x", 1)))["scorecards"]["risk"]["pools"]
    assert told["within_inspector"]["strata"] == 3
    assert told["within_inspector"]["auc"]["value"] == 1
    assert told["all"]["inspections"] == 2


def test_each_as_of_day_is_compared_with_itself_only() -> None:
    """Grades of the second day must not move a visit of the first."""
    middle = date(2013, 10, 31)
    one = observed((3, "routine", None, 1), (1, "routine", None, 0), last=middle)
    other = observed((3, "routine", None, 1), (1, "routine", None, 0), as_of=middle)
    told = report(one, other)["scorecards"]["risk"]
    assert told["pools"]["all"]["strata"] == 2
    assert told["pools"]["all"]["reordered"]["days_earlier"]["value"] == 0, "already in the best order, month by month"
    assert [day["as_of"] for day in told["days"]] == ["2013-09-30", "2013-10-31"]
    assert [day["expected"] for day in told["days"]] == [None, 1.0]
    assert told["days"][1]["score_stability"] == told["days"][1]["grade_stability"] == 0
    assert told["migration"]["counts"] == [[2, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 2]]


def test_a_schedule_is_judged_like_a_score() -> None:
    later = ((1, "routine", "x", 0), (2, "routine", "x", 1), (3, "routine", "y", 1), (9, "routine", "y", 0))
    named = pl.DataFrame({"entity_code": ["c2", "c3", "c1", "nobody"], "place": [1.0, 2.0, 3.0, 4.0]})
    told = report(observed(*later), best=named)["schedules"]["best"]
    assert (told["entities"], told["unknown"], told["inspected"], told["not_scheduled"]) == (4, 1, 3, 1)
    assert told["pools"]["all"]["auc"]["value"] == 1
    assert told["pools"]["all"]["reordered"]["first_half"]["value"] == 1
    assert told["pools"]["all"]["grades"] == []
    assert told["pools"]["within_inspector"]["strata"] == 2


def test_burden_is_counted_by_group() -> None:
    told = report(observed((1, "routine", None, 1), (3, "routine", None, 0), (9, "routine", None, 0)))["groups"]
    assert set(told) == {"size", "industry", "hazard"}, "no entity states a district"
    assert {row["group"]: row["entities"] for row in told["size"]} == {
        "1": 1,
        "2": 1,
        "3": 1,
        "-": 1,
        "unregistered": 0,
    }
    food = told["industry"][0]
    assert (food["group"], food["entities"], food["inspections"], food["per_100"], food["found"]) == (
        "餐饮",
        4,
        2,
        50,
        1,
    )
    assert (food["early"], food["early_rate"]) == (1, 0), "the one of the worse grade comes first, and has nothing"


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("entity_code,order\nb,2\na,1\nb,9\n", [("a", 1.0), ("b", 2.0)]),
        ("entity_code,date,note\nb,1970-01-03,x\na,1970-01-02,y\n", [("a", 1.0), ("b", 2.0)]),
    ],
)
def test_a_schedule_is_read_by_order_or_by_day(tmp_path: Path, text: str, places: list[tuple[str, float]]) -> None:
    (tmp_path / "plan.csv").write_text(text)
    assert backtest.read_schedule(tmp_path / "plan.csv").rows() == places


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("entity_code\na\n", "needs the columns"),
        ("entity_code,order,date\na,1,2014-01-01\n", "one of date, order"),
        ("entity_code,date\na,01/02/2014\n", "column date"),
        ("entity_code,order\na,soon\n", "column order"),
        ("entity_code,order\na,\n", "a row has no"),
        (None, "cannot be read"),
    ],
)
def test_a_schedule_that_cannot_be_used_is_refused(tmp_path: Path, text: str | None, told: str) -> None:
    if text is not None:
        (tmp_path / "plan.csv").write_text(text)
    with pytest.raises(BacktestError, match=told):
        backtest.read_schedule(tmp_path / "plan.csv")


def test_the_workshop_takes_deliveries_and_decisions_and_leaves_nothing(own_home: Path) -> None:
    home = Home.at(own_home)
    with backtest.workshop(home, ["chicago_food"]) as work:
        assert work.root != home.root
        assert (work.deliveries / "chicago_food" / "deliveries.jsonl").exists()
        assert work.state.exists() == home.state.exists()
        with pytest.raises(HomeBusyError), backtest.workshop(home, []):
            pass
        left = work.root
    assert not left.exists()
    assert backtest.kept(home) == []
    backtest.keep(home, {"name": "a/b 1", "made_at": "2026-01-01"})
    assert [one["name"] for one in backtest.kept(home)] == ["a/b 1"]


def flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for name, one in items:
            yield from flat(one, f"{path}.{name}" if path else str(name))
    else:
        yield path, f"{value:.6f}" if isinstance(value, float) else str(value)


def test_the_invented_city_is_worth_what_it_was(own_home: Path, renew_golden: bool) -> None:
    """Every figure of the report; who came is known from the visits, and the counts are those of outcome tables."""
    seen = backtest.observe(Home.at(own_home), Policy.load(small.PACKS / "chicago_food" / "policy"), LAST)
    told = backtest_report.report([seen], {}, ASKED, "golden")
    counted = [(g["grade"], g["inspections"], g["found"]) for g in told["scorecards"]["risk"]["pools"]["all"]["grades"]]
    with DuckDBEngine(own_home / "warehouse.duckdb") as engine:
        table = engine.rows(
            "select scorecard_grade, inspection_count, later_critical_count from outcome.inspection_by_grade"
            " where pack_id = 'risk' and scorecard_grade <> '-'"
        )
    assert {one for one in counted if one[1]} == set(table)
    assert told["scorecards"]["risk"]["pools"]["within_inspector"]["strata"] > 1
    made = {name: value for name, value in told.items() if name not in ("made_at", "runs")}
    hold("backtest", as_csv(["figure", "value"], list(flat(made))), renew_golden)
