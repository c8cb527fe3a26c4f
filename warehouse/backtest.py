"""Back-tests: what was graded as of past days and inspected afterwards, and the reports kept in `<home>/backtests`.

What grades were worth is judged in backtest_report; the home is refreshed to each past day by pipelines.evidence.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import polars.selectors as cs

from models.policy.loader import Policy
from models.scorecard.packs import cards_in_force
from warehouse.engine import DuckDBEngine
from warehouse.home import Home

_LATER = """
select inspection_id, entity_id, event_date, inspection_kind, inspector_ids,
    cast(critical_count > 0 as double) as found
from outcome.inspection
where event_date <= ?
order by event_date, feed_id, inspection_id
"""
_REGISTER = """
select e.entity_id, e.industry_name, e.district_name, e.hazard_level, cast(e.capital_cny as double) as capital_cny,
    f.stratum_id, g.credit_score, g.credit_grade, g.risk_score, g.risk_grade
from known.entity as e
join grade.grade as g on g.entity_id = e.entity_id
left join plan.frame as f on f.entity_id = e.entity_id
order by e.entity_id
"""
_PLANNED = "select cast(sum(drawn_count) as double) / sum(population_count) from plan.stratum"
_VALUES = """
select entity_id, cast(indicator_id as varchar) as indicator_id, cast(indicator_value as double) as indicator_value
from indicator.value
order by entity_id, indicator_id
"""
_CODES = "select entity_code, min(entity_id) as entity_id from entity.code group by entity_code order by entity_code"


class BacktestError(ValueError):
    """The back-test cannot be made as asked for; the message says why."""


@dataclass(frozen=True)
class Observed:
    """One as-of day: who stood on the register with which grades, and the inspections from the next day to `last`.

    later: `found` is 1.0 for a critical finding. planned_share: entities drawn of those in the frame, or None.
    grades: by scorecard, best first. higher_is_worse: by scorecard.
    """

    as_of: date
    last: date
    run: dict[str, Any]
    later: pl.DataFrame
    register: pl.DataFrame
    codes: pl.DataFrame
    planned_share: float | None
    grades: dict[str, tuple[str, ...]]
    higher_is_worse: dict[str, bool]


def as_of_days(first: date, last: date, *, is_monthly: bool) -> list[tuple[date, date]]:
    """Return each as-of day with the last day of the outcomes held against it.

    The day before `first`, and if monthly each last day of a month until then: no inspection is judged by a grade
    older than a month.

    Raises:
        BacktestError: `last` lies before `first`.
    """
    if last < first:
        raise BacktestError(f"--to {last} lies before --from {first}")
    days = [first - timedelta(days=1)]
    while is_monthly and (next_end := _month_end(days[-1] + timedelta(days=1))) < last:
        days.append(next_end)
    return list(zip(days, [*days[1:], last], strict=True))


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


@contextmanager
def workshop(home: Home, feeds: list[str]) -> Iterator[Home]:
    """Lend a home of its own for past days, with the deliveries and decisions of `home`; it is removed at the end.

    Raises:
        HomeBusyError: another back-test of this home is under way.
    """
    home.backtests.mkdir(exist_ok=True, mode=0o700)
    with Home(home.backtests).writing():
        folder = home.backtests / "work"
        shutil.rmtree(folder, ignore_errors=True)  # of a back-test that was killed
        work = Home.at(folder)
        try:
            work.landing.mkdir()
            for feed in feeds:
                if (home.deliveries / feed).is_dir():
                    shutil.copytree(home.deliveries / feed, work.deliveries / feed)
            if home.state.exists():
                with closing(sqlite3.connect(home.state)) as source, closing(sqlite3.connect(work.state)) as copy:
                    source.backup(copy)
            yield work
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def observe(work: Home, policy: Policy, last: date) -> Observed:
    """Read what a home refreshed to a past day holds, and what was found from then to `last`."""
    with work.writing(), DuckDBEngine(work.warehouse, work.temp) as engine:
        run = engine.frame("select * from run.info").row(0, named=True)
        later = engine.connection.execute(_LATER, [last]).pl()
        found = [engine.frame(sql) for sql in (_REGISTER, _CODES)]
        planned = engine.rows(_PLANNED)[0][0]
    cards = cards_in_force(policy.at(run["as_of"]))
    later, register, codes = (frame.with_columns(cs.enum().cast(pl.String)) for frame in (later, *found))
    return Observed(
        run["as_of"],
        last,
        {name: str(value) for name, value in run.items()},
        later,
        register,
        codes,
        planned,
        {card.pack_id: card.grades for card in cards},
        {card.pack_id: card.direction == "higher_is_worse" for card in cards},
    )


def observe_values(work: Home, last: date) -> pl.DataFrame:
    """Read the indicator values of a home graded as of a past day, one row an inspection from then to `last`.

    Columns: those of the inspection (`found` is 1.0 for a critical finding), as_of, and one an indicator that has a
    value at any entity. Inspections of entities without a grade are left out.
    """
    with work.writing(), DuckDBEngine(work.warehouse, work.temp) as engine:
        as_of = engine.rows("select as_of from run.info")[0][0]
        later = engine.connection.execute(_LATER, [last]).pl()
        graded = engine.frame("select entity_id from grade.score where pack_id = 'risk' order by entity_id")
        values = engine.frame(_VALUES)
    wide = values.pivot("indicator_id", index="entity_id", values="indicator_value", maintain_order=True)
    later = later.join(graded, on="entity_id", how="semi").join(wide, on="entity_id", how="left")
    return later.with_columns(cs.enum().cast(pl.String), as_of=pl.lit(as_of)).sort("event_date", "inspection_id")


def register_values(work: Home) -> pl.DataFrame:
    """Read the indicator values of every graded entity of a home, one row an entity."""
    with work.writing(), DuckDBEngine(work.warehouse, work.temp) as engine:
        graded = engine.frame("select entity_id from grade.score where pack_id = 'risk' order by entity_id")
        values = engine.frame(_VALUES)
    wide = values.pivot("indicator_id", index="entity_id", values="indicator_value", maintain_order=True)
    return graded.join(wide, on="entity_id", how="left")


def keep(home: Home, report: dict[str, Any]) -> Path:
    """Write a report beside the home, in place of an earlier one of the same name, and return its path."""
    folder = home.backtests
    folder.mkdir(exist_ok=True, mode=0o700)
    path = folder / (re.sub(r"[^\w.+-]+", "_", report["name"]) + ".json")
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(report, ensure_ascii=False, indent=1, allow_nan=False), encoding="utf-8")
    partial.chmod(0o600)
    partial.replace(path)
    return path


def kept(home: Home) -> list[dict[str, Any]]:
    """Return the reports kept beside the home, latest first."""
    found = [json.loads(path.read_text("utf-8")) for path in home.backtests.glob("*.json")]
    return sorted(found, key=lambda report: (report["made_at"], report["name"]), reverse=True)


def read_schedule(path: Path) -> pl.DataFrame:
    """Read a schedule: `entity_code` and either `date` or `order`; returns entity_code and place (smaller is sooner).

    Days only give the order: every schedule is held against the same real days. An entity named twice has its first.

    Raises:
        BacktestError: the file cannot be read, or lacks a column, or a value is no day or number.
    """
    try:
        given = pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise BacktestError(f"{path} cannot be read as CSV: {error}") from error
    by = [name for name in ("order", "date") if name in given.columns]
    if "entity_code" not in given.columns or len(by) != 1:
        raise BacktestError(f"{path} needs the columns entity_code and one of date, order; it has {given.columns}")
    place = (
        pl.col("order").cast(pl.Float64) if by == ["order"] else pl.col("date").str.to_date("%Y-%m-%d").to_physical()
    )
    try:
        read = given.select("entity_code", place.cast(pl.Float64).alias("place"))
    except pl.exceptions.PolarsError as error:
        raise BacktestError(f"{path}: column {by[0]}: {error}") from error
    if read["place"].null_count() or read["entity_code"].null_count():
        raise BacktestError(f"{path}: a row has no entity_code or no {by[0]}")
    return read.group_by("entity_code").agg(pl.col("place").min()).sort("entity_code")
