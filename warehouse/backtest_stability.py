"""Grades from one as-of day to the next: what each day's were worth, whether they keep their promise, who moved.

The statistics are defined in models.evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import polars as pl

from models.evidence.interval import wilson
from models.evidence.sample import Floats
from models.evidence.stability import migration, population_stability, score_stability
from warehouse.backtest import Observed
from warehouse.backtest_sample import Asked, graded, judged


def by_day(observed: Sequence[Observed], later: pl.DataFrame, pack: str, asked: Asked) -> list[dict[str, Any]]:
    """Return per as-of day: outcomes, AUC, rates by grade, the index against the first day, and what was expected.

    expected: outcomes if each grade found at the rate of the days before it; None on the first day, and where a grade
    has no earlier inspection.
    """
    told, first = [], observed[0]
    for number, one in enumerate(observed):
        rows = graded(later.filter(pl.col("day_no") == number), pack)
        before = graded(later.filter(pl.col("day_no") < number), pack)
        verdict = judged(rows, one, pack, "all", replace(asked, capacities=()))
        told.append(
            {
                "as_of": str(one.as_of),
                "last": str(one.last),
                "inspections": rows.height,
                "found": int(rows["found"].sum()),
                "auc": verdict["auc"],
                "worst_to_best": verdict["worst_to_best"],
                "grades": verdict["grades"],
                "expected": _expected(before, rows, pack),
                "rate": asdict(wilson(float(rows["found"].sum()), rows.height)),
                "score_stability": score_stability(_scores(first, pack), _scores(one, pack)),
                "grade_stability": population_stability(_counts(first, pack), _counts(one, pack)),
                "register": _counts(one, pack),
            }
        )
    return told


def migrations(observed: Sequence[Observed], pack: str) -> dict[str, Any] | None:
    """Return who went from which grade to which between the first and the last day; None with one day.

    Only entities graded on both days; those that came and those that left are counted beside.
    """
    if len(observed) < 2:
        return None
    column, first, last = f"{pack}_grade", observed[0], observed[-1]
    both = first.register.select("entity_id", column).join(
        last.register.select("entity_id", column), on="entity_id", suffix="_after"
    )
    return {
        "from": str(first.as_of),
        "to": str(last.as_of),
        "counts": migration(both[column].to_list(), both[f"{column}_after"].to_list(), first.grades[pack]),
        "came": last.register.height - both.height,
        "left": first.register.height - both.height,
    }


def _expected(before: pl.DataFrame, rows: pl.DataFrame, pack: str) -> float | None:
    grade = f"{pack}_grade"
    rates = before.group_by(grade).agg(pl.col("found").mean().alias("expected"))
    expected = rows.join(rates, on=grade, how="left")["expected"]
    return None if before.is_empty() or expected.null_count() else float(expected.sum())


def _scores(one: Observed, pack: str) -> Floats:
    return one.register[f"{pack}_score"].cast(pl.Float64).to_numpy()


def _counts(one: Observed, pack: str) -> list[int]:
    count = dict(one.register.group_by(f"{pack}_grade").len().iter_rows())
    return [count.get(grade, 0) for grade in one.grades[pack]]
