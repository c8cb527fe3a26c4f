"""The rows of later inspections as samples for models.evidence: which pool, which strata, which weights.

What is said of a sample is in backtest_report and backtest_stability.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from models.evidence.sample import Floats, Sample, numbered
from models.evidence.verdict import verdict
from warehouse.backtest import Observed

# pools: all inspections; those whose inspector is known, compared within the inspector; random draws, by design weight
POOLS = ("all", "within_inspector", "random")


@dataclass(frozen=True)
class Asked:
    """How figures are made: shares of inspections that can be carried out, and rounds and seed of the bootstrap."""

    capacities: tuple[float, ...]
    rounds: int
    seed: int


def in_pool(later: pl.DataFrame, pool: str) -> pl.DataFrame:
    """Return the rows of a pool: a team's inspection once for each member, a random draw if its stratum is known."""
    if pool == "within_inspector":
        known = later.filter(pl.col("inspector_ids").is_not_null())
        return known.with_columns(pl.col("inspector_ids").str.split(";")).explode("inspector_ids")
    if pool == "random":
        return later.filter((pl.col("inspection_kind") == "random") & pl.col("weight").is_not_null())
    return later


def sample(rows: pl.DataFrame, score: Floats, pool: str) -> Sample:
    """Return the arrays of one pool: compared within the as-of day, and within the inspector where asked for."""
    labels = [rows["day_no"].to_numpy()]
    if pool == "within_inspector":
        labels.append(rows["inspector_ids"].to_numpy())
    return Sample(
        score=score,
        found=rows["found"].to_numpy(),
        day=rows["event_date"].to_physical().to_numpy().astype(np.int64),
        stratum=numbered(*labels),
        cluster=rows["entity_id"].fill_null(-1).to_numpy(),
        weight=rows["weight"].to_numpy() if pool == "random" else np.ones(rows.height),
    )


def graded(later: pl.DataFrame, pack: str) -> pl.DataFrame:
    """Return the inspections whose entity had a grade on the as-of day."""
    return later.filter(pl.col(f"{pack}_grade").is_not_null())


def badness(rows: pl.DataFrame, pack: str, one: Observed) -> Floats:
    """Return the scores of a scorecard, turned so that higher is worse."""
    score = rows[f"{pack}_score"].cast(pl.Float64).to_numpy()
    return np.asarray(score if one.higher_is_worse[pack] else -score, dtype=np.float64)


def judged(rows: pl.DataFrame, one: Observed, pack: str, pool: str, asked: Asked) -> dict[str, Any]:
    """Return the verdict on a scorecard, from graded inspections of one pool, as plain values."""
    grades = one.grades[pack]
    numbers = rows[f"{pack}_grade"].replace_strict(list(grades), range(len(grades)), return_dtype=pl.Int64).to_numpy()
    score = badness(rows, pack, one)
    return asdict(verdict(sample(rows, score, pool), asked.capacities, asked.rounds, asked.seed, numbers, grades))
