"""Which entities changed grade between two sets of grades: of two days in the ledger, or under two policies.

Where the two sets come from stands in ledger and regrade.
"""

from __future__ import annotations

import polars as pl

from models.scorecard.packs import PACK_IDS

MOVES = pl.Schema(
    {
        "entity_id": pl.Int64(),
        "pack_id": pl.String(),
        "grade_before": pl.String(),
        "grade_after": pl.String(),
        "score_before": pl.Decimal(18, 6),
        "score_after": pl.Decimal(18, 6),
    }
)


def moves(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Return one row an entity and scorecard whose grade differs, by scorecard, grades and entity.

    Both frames have entity_id and `<pack>_score`, `<pack>_grade`. A grade is null where the entity was not graded:
    it came onto the register or left it.
    """
    both = before.join(after, on="entity_id", how="full", coalesce=True, suffix="_after", validate="1:1")
    found = [
        both.filter(pl.col(f"{pack}_grade").ne_missing(pl.col(f"{pack}_grade_after"))).select(
            "entity_id",
            pl.lit(pack).alias("pack_id"),
            pl.col(f"{pack}_grade").alias("grade_before"),
            pl.col(f"{pack}_grade_after").alias("grade_after"),
            pl.col(f"{pack}_score").alias("score_before"),
            pl.col(f"{pack}_score_after").alias("score_after"),
        )
        for pack in PACK_IDS
    ]
    return pl.concat(found).cast(MOVES).sort("pack_id", "grade_before", "grade_after", "entity_id")


def summary(moved: pl.DataFrame) -> pl.DataFrame:
    """Return how many entities made each move: pack_id, grade_before, grade_after, entity_count."""
    keys = ["pack_id", "grade_before", "grade_after"]
    return moved.group_by(keys).agg(pl.len().alias("entity_count")).sort(keys)


def sentences(moved: pl.DataFrame) -> list[str]:
    """Return the summary in words, one sentence a move."""
    return [
        f"{pack}: {count:,} entities {before or '(not graded)'} → {after or '(not graded)'}"
        for pack, before, after, count in summary(moved).iter_rows()
    ]
