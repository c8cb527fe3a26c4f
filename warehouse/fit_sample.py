"""From inspections of past months to what a fit reads: which inspections are fit to learn from, and their values.

How a scorecard is fitted stands in models.evidence; the home is graded as of each past day by pipelines.fitting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from models.evidence.sample import Floats, Sample, numbered
from models.evidence.selection import Material
from models.scorecard.indicator import Indicator
from warehouse.backtest import BacktestError
from warehouse.backtest_sample import in_pool

KINDS = ("random", "routine")  # what was drawn at random first: nobody chose it for what was suspected there


def fit_for_learning(months: Sequence[pl.DataFrame], least_found: int) -> tuple[pl.DataFrame, str]:
    """Return the inspections to learn from and their kind: random draws, or routine ones where those are too few.

    Raises:
        BacktestError: neither kind has `least_found` inspections with an outcome.
    """
    rows = pl.concat(months, how="diagonal_relaxed").sort("as_of", "event_date", "inspection_id")
    for kind in KINDS:
        chosen = rows.filter(pl.col("inspection_kind") == kind)
        if chosen["found"].sum() >= least_found:
            return chosen, kind
    found = {kind: int(rows.filter(pl.col("inspection_kind") == kind)["found"].sum()) for kind in KINDS}
    raise BacktestError(
        f"{least_found} inspections with a critical finding are needed to fit, there are {found}; ask for more months"
    )


def material(rows: pl.DataFrame, registered: Mapping[str, Indicator]) -> Material:
    """Return the arrays of a fit. Texts are left to the pack in force; a grade is no observation."""
    usable = [
        name
        for name, one in registered.items()
        if not one.is_text and not name.startswith("grade.") and name in rows.columns
    ]
    return Material(values_of(rows, usable), {name: registered[name].direction for name in usable}, sample_of(rows))


def values_of(rows: pl.DataFrame, names: Sequence[str]) -> dict[str, Floats]:
    """Return the columns of these indicators as arrays; NaN is missing, as is a column that is not there."""
    missing = pl.lit(None, pl.Float64)
    columns = rows.select((pl.col(n) if n in rows.columns else missing).cast(pl.Float64).alias(n) for n in names)
    return {name: columns[name].fill_null(float("nan")).to_numpy() for name in names}


def sample_of(rows: pl.DataFrame) -> Sample:
    """Return the sample of these rows: compared within the as-of day, drawn as entities."""
    return Sample(
        score=np.zeros(rows.height),
        found=rows["found"].to_numpy(),
        day=rows["event_date"].to_physical().to_numpy().astype(np.int64),
        stratum=numbered(rows["as_of"].to_physical().to_numpy()),
        cluster=rows["entity_id"].to_numpy(),
        weight=np.ones(rows.height),
    )


def within_inspector(rows: pl.DataFrame, score: np.ndarray) -> Sample:
    """Return a scored sample compared within as-of day and inspector; a figure of the card, never a feature."""
    known = in_pool(rows.with_columns(score=pl.Series(score)), "within_inspector")
    one = sample_of(known)
    stratum = numbered(known["as_of"].to_physical().to_numpy(), known["inspector_ids"].to_numpy())
    return Sample(known["score"].to_numpy(), one.found, one.day, stratum, one.cluster, one.weight)
