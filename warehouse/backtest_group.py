"""Burden and hit rate by size, district, industry and hazard: who is visited how often, and how much is found there.

Counts and shares only; rankings are in backtest_report.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from models.evidence.interval import wilson

UNKNOWN, UNREGISTERED = "-", "unregistered"
QUARTERS = 4  # of the entities that state a capital, 1 the smallest


def groups(register: pl.DataFrame, later: pl.DataFrame, early: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Return per kind of group its rows, most inspected first; a kind that no entity states is left out.

    Of each group: entities on the register, inspections, inspections per 100 entities, outcomes found, hit rate with
    Wilson's interval, and of the first half of the inspections by risk score (`early`: row, chance) the inspections and
    their hit rate. UNKNOWN is a group that the entity does not state, UNREGISTERED whoever nobody knew on the day.
    """
    place = pl.col("capital_cny").rank("ordinal").cast(pl.Int64) - 1
    sized = register.with_columns((place * QUARTERS // pl.col("capital_cny").count() + 1).cast(pl.String).alias("size"))
    rows = later.join(early, on="row", how="left").with_columns(pl.col("early").fill_null(0.0))
    rows = rows.join(sized.select("entity_id", "size"), on="entity_id", how="left")
    kinds = {"size": "size", "district": "district_name", "industry": "industry_name", "hazard": "hazard_level"}
    return {
        kind: _by(sized, rows, column) for kind, column in kinds.items() if sized[column].null_count() < sized.height
    }


def _by(register: pl.DataFrame, rows: pl.DataFrame, column: str) -> list[dict[str, Any]]:
    named = pl.col(column).fill_null(UNKNOWN)
    group = pl.when(pl.col("risk_grade").is_null()).then(pl.lit(UNREGISTERED)).otherwise(named).alias("group")
    entities = register.group_by(group).agg(pl.len().alias("entities"))
    inspected = rows.group_by(group).agg(
        pl.len().alias("inspections"),
        pl.col("found").sum(),
        pl.col("early").sum(),
        (pl.col("early") * pl.col("found")).sum().alias("early_found"),
    )
    both = entities.join(inspected, on="group", how="full", coalesce=True).fill_null(0)
    return [_told(row) for row in both.sort(["inspections", "group"], descending=[True, False]).iter_rows(named=True)]


def _told(row: dict[str, Any]) -> dict[str, Any]:
    rate = wilson(row["found"], row["inspections"])
    return {
        "group": row["group"],
        "entities": row["entities"],
        "inspections": row["inspections"],
        "per_100": 100 * row["inspections"] / row["entities"] if row["entities"] else None,
        "found": int(row["found"]),
        "rate": {"value": rate.value, "low": rate.low, "high": rate.high},
        "early": row["early"],
        "early_rate": row["early_found"] / row["early"] if row["early"] else None,
    }
