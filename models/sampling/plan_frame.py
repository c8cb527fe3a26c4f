"""Whom a task may draw: its scope, who stays outside the draw and why, and the strata with their sizes.

Not here: where entities and past visits come from (warehouse/planning), and the draw itself (draw.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from models.sampling.draw import stratum_size
from models.sampling.frozen import EXCLUDED, FRAME, Stratum
from models.sampling.plan_file import PlanError, PlanFile
from models.sampling.plan_rules import PlanRules
from models.sampling.plan_task import PlannedTask

# One row per active entity; `last_visit_date` null: none is known; `is_suggested`: a warning suggests to inspect it.
OBJECTS = {
    "entity_code": pl.String,
    "district_code": pl.String,
    "section": pl.String,
    "industry_code": pl.String,
    "legal_form": pl.String,
    "established_date": pl.Date,
    "credit_grade": pl.String,
    "risk_grade": pl.String,
    "last_visit_date": pl.Date,
    "is_suggested": pl.Boolean,
}
# This year's visits so far; `cause` is a code of sampling.visit_cause, one row per entity, department and day.
VISITS = {
    "entity_code": pl.String,
    "department_id": pl.String,
    "event_date": pl.Date,
    "cause": pl.String,
    "is_counted": pl.Boolean,
}
# This year's inspections that are recognised.
RECOGNISED = {"entity_code": pl.String, "department_id": pl.String, "check_item_id": pl.String}
# Visits that other plans of the year may still bring: `is_drawn` false where that plan is frozen and not drawn yet.
RESERVED = {"plan_id": pl.String, "entity_code": pl.String, "department_id": pl.String, "is_drawn": pl.Boolean}
# Why an entity within the scope is not in the frame; the first that holds is told.
EXCLUSIONS: Mapping[str, str] = {
    "full_coverage": "特殊行业全覆盖检查，不列入抽签",
    "recognised": "本年度检查结果互认",
    "frequency": "本年度随机抽查已达该等级频次",
    "cap_department": "本年度该部门上门已达上限",
    "cap_total": "本年度各部门上门合计已达上限",
}


@dataclass(frozen=True)
class History:
    """What entities have behind them this year, and what other plans may still bring; columns as named above."""

    visits: pl.DataFrame
    recognised: pl.DataFrame
    reserved: pl.DataFrame

    @classmethod
    def none(cls) -> "History":
        """Nobody was visited and nothing else is planned."""
        return cls(*(pl.DataFrame(schema=columns) for columns in (VISITS, RECOGNISED, RESERVED)))


@dataclass(frozen=True)
class TaskFrame:
    """The frame of one task in the columns of FRAME and EXCLUDED; `spared` are the visits that recognition saves."""

    frame: pl.DataFrame
    excluded: pl.DataFrame
    strata: tuple[Stratum, ...]
    spared: int


def task_frame(
    planned: PlannedTask,
    plan: PlanFile,
    objects: pl.DataFrame,
    history: History,
    rules: PlanRules,
    *,
    is_key: bool,
) -> TaskFrame:
    """Scope, exclusions and strata of one task. `is_key`: all its items are key items, which know no frequency limit.

    Every entity of the scope is in the frame, where its stratum draws at least one, or excluded with its cause.
    Raises PlanError when nobody is within the scope, or nobody is left to draw.
    """
    task_id = planned.task.task_id
    within = _within(objects, planned)
    if within.is_empty():
        raise PlanError(f"task {task_id}: no active entity is within its scope; widen it, or drop the task")
    causes = _causes(planned, plan, history, rules, within, is_key=is_key)
    told = _cells(within, planned, plan, rules).join(causes, on="entity_code", how="left").sort("entity_code")
    frame = told.filter(pl.col("cause").is_null())
    if frame.is_empty():
        counts = ", ".join(f"{cause} {n}" for cause, n in told.group_by("cause").len().sort("cause").iter_rows())
        raise PlanError(f"task {task_id}: nobody of {told.height} within its scope is left to draw ({counts})")
    strata, sized = _strata(frame, planned)
    excluded = told.filter(pl.col("cause").is_not_null())
    spared = excluded.filter(pl.col("cause") == "recognised")["ppm"].sum() // 1_000_000
    task = pl.lit(task_id).alias("task_id")
    return TaskFrame(
        sized.with_columns(task).select(*FRAME),
        excluded.with_columns(task).select(*EXCLUDED),
        strata,
        int(spared),
    )


def _within(objects: pl.DataFrame, planned: PlannedTask) -> pl.DataFrame:
    scope = planned.scope
    limits = {
        "section": planned.sections,
        "district_code": scope.districts,
        "industry_code": scope.industries,
        "legal_form": scope.legal_forms,
    }
    asked = [pl.col("is_suggested")] if scope.suggested else []
    return objects.filter(
        *(pl.col(name).is_in(sorted(values)) for name, values in limits.items() if values), *asked, pl.lit(value=True)
    )


def _cells(within: pl.DataFrame, planned: PlannedTask, plan: PlanFile, rules: PlanRules) -> pl.DataFrame:
    """Each entity with its share in parts per million and its stratum; who was left alone for a cycle stands apart."""
    parts = rules.kinds[plan.kind].parts
    risks = list(dict.fromkeys(risk for _, risk in planned.share_ppm))
    cells = pl.DataFrame(
        [
            (credit, risk, ppm, max(ppm, -(-rules.highest_ppm[credit] // parts)), str(risks.index(risk) + 1))
            for (credit, risk), ppm in planned.share_ppm.items()
        ],
        schema={
            "credit_grade": pl.String,
            "risk_grade": pl.String,
            "usual": pl.Int64,
            "most": pl.Int64,
            "no": pl.String,
        },
        orient="row",
    )
    first = plan.window.first
    since = _years_before(first, rules.cycle_years)
    seen = pl.coalesce("last_visit_date", "established_date", pl.lit(first))
    is_overdue = (seen < since).alias("is_overdue")
    number = pl.lit("") if planned.method == "pps" else pl.col("no")
    return (
        within.with_columns(is_overdue)
        .join(cells, on=["credit_grade", "risk_grade"], how="inner")
        .with_columns(
            pl.when("is_overdue").then("most").otherwise("usual").alias("ppm"),
            (pl.col("credit_grade") + number + pl.when("is_overdue").then(pl.lit("L")).otherwise(pl.lit(""))).alias(
                "stratum_id"
            ),
        )
    )


def _years_before(day: date, years: int) -> date:
    return day.replace(year=day.year - years, day=min(day.day, 28))


def _causes(
    planned: PlannedTask, plan: PlanFile, history: History, rules: PlanRules, within: pl.DataFrame, *, is_key: bool
) -> pl.DataFrame:
    """Entities of the scope with the first cause that keeps them outside the draw; null for those who may be drawn."""
    department, items = planned.task.department_id, planned.task.item_ids
    known = (
        history.recognised.filter((pl.col("department_id") == department) | pl.col("check_item_id").is_in(list(items)))
        .select("entity_code", pl.lit(value=True).alias("is_recognised"))
        .unique()
    )
    own = history.visits.filter(pl.col("department_id") == department)
    counted = history.visits.filter("is_counted")
    asked = history.reserved.filter(pl.col("department_id") == department)
    limits = pl.DataFrame(
        [
            (credit, risk, times, rules.caps[credit].department, rules.caps[credit].total)
            for (credit, risk), times in rules.frequency.items()
        ],
        schema=["credit_grade", "risk_grade", "times", "cap_department", "cap_total"],
        orient="row",
    )
    told = (
        within.select("entity_code", "industry_code", "credit_grade", "risk_grade")
        .join(limits, on=["credit_grade", "risk_grade"], how="left")
        .join(known, on="entity_code", how="left")
    )
    for name, rows in {
        "random": own.filter(pl.col("cause") == "random"),
        "own": own.filter("is_counted"),
        "days": counted.unique(["entity_code", "event_date"]),
        "due": asked.filter("is_drawn"),
        "own_due": asked,
        "all_due": history.reserved.unique(["plan_id", "entity_code"]),
    }.items():
        counts = rows.group_by("entity_code").agg(pl.len().cast(pl.Int64).alias(name))
        told = told.join(counts, on="entity_code", how="left")
    told = told.with_columns(pl.col("random", "own", "days", "due", "own_due", "all_due").fill_null(0))
    recognised = pl.col("is_recognised").fill_null(value=False) & plan.recognise
    tests = {
        "full_coverage": pl.col("industry_code").is_in(list(rules.full_coverage)).fill_null(value=False),
        "recognised": recognised,
        "frequency": (pl.col("random") + pl.col("due") >= pl.col("times")) & (not is_key),
        "cap_department": pl.col("own") + pl.col("own_due") >= pl.col("cap_department"),
        "cap_total": pl.col("days") + pl.col("all_due") >= pl.col("cap_total"),
    }
    first = pl.coalesce(*(pl.when(test).then(pl.lit(cause)) for cause, test in tests.items()))
    return told.select("entity_code", first.alias("cause"))


def _strata(frame: pl.DataFrame, planned: PlannedTask) -> tuple[tuple[Stratum, ...], pl.DataFrame]:
    """Strata of a frame, and the frame with sizes: 1 where all are alike, else the share to draw each with."""
    is_pps = planned.method == "pps"
    sized = frame.with_columns(pl.col("ppm").alias("size") if is_pps else pl.lit(1, pl.Int64).alias("size"))
    groups = (
        sized.group_by("stratum_id").agg(pl.len().alias("n"), pl.col("ppm").sum().alias("total")).sort("stratum_id")
    )
    strata = []
    for stratum_id, population, total in groups.iter_rows():
        ratio = min(1_000_000, -(-total // population))
        drawn = stratum_size(population, ratio)
        strata.append(Stratum(stratum_id, planned.task.task_id, planned.method, population, drawn, ratio))
    return tuple(strata), sized
