"""What grades and schedules were worth afterwards: from what was observed to the report that is printed and shown.

Each statistic is defined in models.evidence; the report names no entity and no inspector.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import polars as pl

from models.evidence.ranking import chosen
from models.evidence.schedule import HALF
from models.evidence.verdict import verdict
from warehouse import backtest_group, backtest_stability
from warehouse.backtest import Observed
from warehouse.backtest_sample import POOLS, Asked, badness, graded, in_pool, judged, sample


def report(
    observed: Sequence[Observed], schedules: Mapping[str, pl.DataFrame], asked: Asked, name: str
) -> dict[str, Any]:
    """Return everything that is said of the grades of the observed days, and of schedules, as plain JSON values.

    Inspections are compared with those of the same as-of day only, and among themselves: what nobody inspected has no
    outcome. Entities without a grade are counted and left out of rankings.
    """
    later = _together(observed)
    planned = observed[0].planned_share
    capacities = tuple(sorted({*asked.capacities, *([round(planned, 4)] if planned else [])}))
    asked = replace(asked, capacities=capacities)
    cards = {pack: _card(later, observed[-1], pack, asked) for pack in observed[0].grades}
    for pack, told in cards.items():
        told["days"] = backtest_stability.by_day(observed, later, pack, asked)
        told["migration"] = backtest_stability.migrations(observed, pack)
    ungraded = later.filter(pl.col("risk_grade").is_null())
    return {
        "name": name,
        "made_at": datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds"),
        "feeds": observed[0].run["feeds"],
        "first": str(later["event_date"].min() or observed[0].as_of),
        "last": str(observed[-1].last),
        "as_of": [str(one.as_of) for one in observed],
        "runs": [one.run for one in observed],
        "rounds": asked.rounds,
        "seed": asked.seed,
        "planned_share": planned,
        "inspections": later.height,
        "found": int(later["found"].sum()),
        "ungraded": {"inspections": ungraded.height, "found": int(ungraded["found"].sum())},
        "random_coverage": _coverage(observed, later),
        "scorecards": cards,
        "schedules": {title: _schedule(later, observed[0], one, asked) for title, one in schedules.items()},
        "groups": backtest_group.groups(observed[0].register, later, _early(later, observed[-1])),
    }


def _together(observed: Sequence[Observed]) -> pl.DataFrame:
    """Inspections of all days with what was known of the entity on the as-of day before, and their design weight."""
    parts = []
    for number, one in enumerate(observed):
        joined = one.later.join(one.register, on="entity_id", how="left", maintain_order="left")
        frame = one.register.filter(pl.col("stratum_id").is_not_null()).group_by("stratum_id").agg(pl.len().alias("of"))
        drawn = joined.filter(pl.col("inspection_kind") == "random").group_by("stratum_id").agg(pl.len().alias("seen"))
        weight = frame.join(drawn, on="stratum_id").select(
            "stratum_id", (pl.col("of") / pl.col("seen")).alias("weight")
        )
        joined = joined.join(weight, on="stratum_id", how="left", maintain_order="left")
        parts.append(joined.with_columns(pl.lit(number).alias("day_no")))
    return pl.concat(parts).with_row_index("row")


def _card(later: pl.DataFrame, last: Observed, pack: str, asked: Asked) -> dict[str, Any]:
    pools = {pool: in_pool(graded(later, pack), pool) for pool in POOLS}
    told = {pool: judged(rows, last, pack, pool, asked) for pool, rows in pools.items() if not rows.is_empty()}
    return {"grades": list(last.grades[pack]), "pools": told}


def _schedule(later: pl.DataFrame, first: Observed, schedule: pl.DataFrame, asked: Asked) -> dict[str, Any]:
    """A schedule judged like a score; inspections of entities that it does not name come after all others, as ties."""
    named = schedule.join(first.codes, on="entity_code", how="left")
    places = named.filter(pl.col("entity_id").is_not_null()).group_by("entity_id").agg(pl.col("place").min())
    rows = later.join(places, on="entity_id", how="left", maintain_order="left")
    behind = float(places["place"].max() or 0) + 1  # type: ignore[arg-type]
    told = {}
    for pool in POOLS:
        own = in_pool(rows, pool)
        if not own.is_empty():
            score = -own["place"].fill_null(behind).to_numpy()
            told[pool] = asdict(verdict(sample(own, score, pool), asked.capacities, asked.rounds, asked.seed))
    return {
        "entities": schedule.height,
        "unknown": named["entity_id"].null_count(),
        "inspected": rows.filter(pl.col("place").is_not_null())["entity_id"].n_unique(),
        "not_scheduled": rows["place"].null_count(),
        "pools": told,
    }


def _early(later: pl.DataFrame, one: Observed) -> pl.DataFrame:
    """The chance of each graded inspection to come in the first half by risk score: row, early."""
    rows = graded(later, "risk")
    return rows.select("row", pl.Series("early", chosen(sample(rows, badness(rows, "risk", one), "all"), HALF)))


def _coverage(observed: Sequence[Observed], later: pl.DataFrame) -> float | None:
    """Share of the sampling frames that lies in strata with at least one random inspection; None without any."""
    drawn = in_pool(later, "random")
    if drawn.is_empty():
        return None
    frames = pl.concat(
        [one.register.select(pl.lit(n).alias("day_no"), "stratum_id").drop_nulls() for n, one in enumerate(observed)]
    )
    reached = frames.join(drawn.select("day_no", "stratum_id").unique(), on=["day_no", "stratum_id"], how="semi").height
    return reached / frames.height
