"""A plan and what it rests on, put together into a frozen plan, and the tables that show it before any draw.

Not here: reading files and the warehouse (warehouse/planning), and what a single task may draw (plan_frame.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from models.sampling.frozen import LEAVES, RECUSALS, FrozenPlan
from models.sampling.plan_file import PlanFile
from models.sampling.plan_frame import EXCLUSIONS, History, TaskFrame, task_frame
from models.sampling.plan_rules import PlanRules
from models.sampling.plan_task import CheckItem, PlannedTask


@dataclass(frozen=True)
class Roster:
    """The inspector base: columns of INSPECTORS, LEAVES, and RECUSALS with valid_from and valid_to (null is open)."""

    inspectors: pl.DataFrame
    leaves: pl.DataFrame
    recusals: pl.DataFrame


@dataclass(frozen=True)
class Basis:
    """What everything in a plan rests on: the day of the data, the rules of that day and their digest."""

    as_of: date
    rules: PlanRules
    policy_digest: str
    inspectors_per_visit: int


@dataclass(frozen=True)
class Prepared:
    """A plan ready to be frozen; `spared` are the visits that recognition saves, by task."""

    plan: FrozenPlan
    spared: Mapping[str, int]


def prepare(
    plan: PlanFile,
    tasks: Sequence[PlannedTask],
    items: Mapping[str, CheckItem],
    objects: pl.DataFrame,
    history: History,
    roster: Roster,
    basis: Basis,
) -> Prepared:
    """Put a frozen plan together. Raises PlanError where a task has nobody within its scope, or nobody to draw."""
    made: dict[str, TaskFrame] = {
        planned.task.task_id: task_frame(
            planned,
            plan,
            objects,
            history,
            basis.rules,
            is_key=all(items[item].is_key for item in planned.task.item_ids),
        )
        for planned in tasks
    }
    frame = pl.concat([one.frame for one in made.values()]).sort("task_id", "entity_code")
    departments = sorted({planned.task.department_id for planned in tasks})
    inspectors = roster.inspectors.filter(pl.col("department_id").is_in(departments)).sort("inspector_id")
    able = inspectors.select("inspector_id")
    first, last = plan.window.first, plan.window.last
    leaves = roster.leaves.join(able, on="inspector_id", how="semi").filter(
        (pl.col("from_date") <= last) & (pl.col("to_date") >= first)
    )
    recusals = (
        roster.recusals.join(able, on="inspector_id", how="semi")
        .join(frame.select("entity_code").unique(), on="entity_code", how="semi")
        .filter((pl.col("valid_from") <= last) & (pl.col("valid_to").is_null() | (pl.col("valid_to") >= first)))
    )
    frozen = FrozenPlan(
        plan_id=plan.plan,
        title=plan.title,
        kind=plan.kind,
        as_of=basis.as_of,
        window_from=first,
        window_to=last,
        policy_digest=basis.policy_digest,
        inspectors_per_visit=basis.inspectors_per_visit,
        tasks=tuple(planned.task for planned in tasks),
        strata=tuple(stratum for one in made.values() for stratum in one.strata),
        frame=frame,
        excluded=pl.concat([one.excluded for one in made.values()]).sort("task_id", "entity_code"),
        inspectors=inspectors,
        leaves=leaves.select(*LEAVES).unique().sort(*LEAVES),
        recusals=recusals.select(*RECUSALS).unique().sort(*RECUSALS),
    )
    return Prepared(frozen, {task_id: one.spared for task_id, one in made.items()})


def stratum_table(plan: FrozenPlan) -> pl.DataFrame:
    """Share, population and number drawn of every stratum of every task, with the probability of an entity of it.

    In strata by size the probability is the mean one.
    """
    return pl.DataFrame(
        [
            (s.task_id, s.stratum_id, s.method, s.population, s.ratio_ppm / 1_000_000, s.drawn, s.drawn / s.population)
            for s in plan.strata
        ],
        schema={
            "task_id": pl.String,
            "stratum_id": pl.String,
            "method": pl.String,
            "population": pl.Int64,
            "ratio": pl.Float64,
            "drawn": pl.Int64,
            "probability": pl.Float64,
        },
        orient="row",
    )


def exclusion_table(plan: FrozenPlan) -> pl.DataFrame:
    """Entities of the scope that stay outside the draw, by task and cause, with the cause in Chinese."""
    return (
        plan.excluded.group_by("task_id", "cause")
        .agg(pl.len().cast(pl.Int64).alias("entities"))
        .with_columns(pl.col("cause").replace_strict(EXCLUSIONS).alias("cause_zh"))
        .sort("task_id", "cause")
    )


def below_the_list(plan: FrozenPlan, items: Mapping[str, CheckItem]) -> list[str]:
    """Tasks that draw a smaller share of their objects than the check list asks for, in words; no reason to refuse."""
    found = []
    for task in plan.tasks:
        drawn = sum(s.drawn for s in plan.strata if s.task_id == task.task_id)
        within = plan.frame.filter(pl.col("task_id") == task.task_id).height
        within += plan.excluded.filter(
            (pl.col("task_id") == task.task_id) & (pl.col("cause") != "full_coverage")
        ).height
        listed = max(items[item].ratio_ppm for item in task.item_ids)
        if drawn * 1_000_000 < listed * within:
            found.append(
                f"task {task.task_id} draws {drawn} of {within} ({drawn / within:.2%}), the check list asks for "
                f"{listed / 10_000:g} % a year"
            )
    return found
