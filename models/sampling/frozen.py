"""A frozen plan: everything a draw depends on, fixed before any party reveals its value.

What may be planned is decided in warehouse/planning; who is drawn, in draw.py; nothing here reads or writes files.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

# One row per (task, entity) that may be drawn; `size` is 1 in strata of equal probabilities, else the measure of size.
FRAME = {
    "task_id": pl.String,
    "entity_code": pl.String,
    "stratum_id": pl.String,
    "size": pl.Int64,
    "district_code": pl.String,
}
# One row per (task, entity) of the task's scope that may not be drawn, and why (a code of docs/draw_protocol.md).
EXCLUDED = {"task_id": pl.String, "entity_code": pl.String, "cause": pl.String}
# One row per inspector on the list: `district_codes` and `skills` joined by `;`, empty districts meaning all of them.
INSPECTORS = {
    "inspector_id": pl.String,
    "department_id": pl.String,
    "district_codes": pl.String,
    "skills": pl.String,
    "certificate_until": pl.Date,
}
# Days (both included) on which an inspector is not available.
LEAVES = {"inspector_id": pl.String, "from_date": pl.Date, "to_date": pl.Date}
# Pairs that must not meet, and why: interest, kinship, cool_down, declared.
RECUSALS = {"inspector_id": pl.String, "entity_code": pl.String, "cause": pl.String}


@dataclass(frozen=True)
class Task:
    """What one department checks at the entities drawn for it; only items on the list can be here.

    Tasks with one `coordination_id` share their tickets, so that their lists overlap as much as their ratios allow
    and fall together into one visit (permanent random numbers: Ohlsson, 1995).
    """

    task_id: str
    department_id: str
    item_ids: tuple[str, ...]
    coordination_id: str
    skill: str  # the skill that one inspector of the visit must have; empty when none is asked


@dataclass(frozen=True)
class Stratum:
    """A stratum of one task: `method` is `equal` or `pps` (probability proportional to `size`)."""

    stratum_id: str
    task_id: str
    method: str
    population: int
    drawn: int
    ratio_ppm: int


@dataclass(frozen=True)
class FrozenPlan:
    """The whole of a plan at its freeze; the tables have the columns above, sorted by all of their keys."""

    plan_id: str
    title: str
    kind: str  # annual, monthly or special
    as_of: date
    window_from: date
    window_to: date
    policy_digest: str
    inspectors_per_visit: int
    tasks: tuple[Task, ...]
    strata: tuple[Stratum, ...]
    frame: pl.DataFrame
    excluded: pl.DataFrame
    inspectors: pl.DataFrame
    leaves: pl.DataFrame
    recusals: pl.DataFrame
