"""Plans and their draws for the pages of 双随机: what is on the shelf, what a plan comes to, what was done and drawn.

Plans, bundles and decisions are read through the warehouse's doors; rows are those of the viewer's districts.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from dashboards.door import Door
from dashboards.rules import policy
from models.casework.calendar import WorkCalendar
from models.sampling import plan_trial
from models.sampling.frozen import FrozenPlan
from models.sampling.plan_file import read_plan
from models.sampling.plan_freeze import exclusion_table, stratum_table
from models.sampling.plan_load import load_table, seats_offered
from models.sampling.plan_rules import PlanRules
from warehouse import draw_record, frozen_plan, plan_draft, plan_shelf, planning, visit_register

Row = dict[str, Any]
Shelved = plan_shelf.Shelved


@dataclass(frozen=True)
class Told:
    """What a plan comes to: the tables that the pages show, what is short, and remarks."""

    plan: FrozenPlan
    strata: pl.DataFrame
    excluded: pl.DataFrame
    load: pl.DataFrame
    short: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def shelf(door: Door) -> list[Shelved]:
    """Drafts, then frozen plans."""
    return plan_shelf.shelved(door.home)


def frozen_ones(door: Door) -> dict[str, Shelved]:
    """Frozen plans by id."""
    return {plan.plan_id: plan for plan in shelf(door) if plan.state == plan_shelf.FROZEN}


def told(door: Door, plan: Shelved) -> Told:
    """What a plan comes to: of a draft on today's snapshot, of a frozen one as it was frozen.

    Raises ValueError where the plan is wrong; the message says what is.
    """
    if plan.state == plan_shelf.FROZEN:
        return _within(_frozen_told(plan), door)
    file = planning.read_plan_file(plan.path)
    return _told(planning.check(door.home, door.reader.of(None), file, policy(), plan.path.name), door)


def _told(made: planning.Checked, door: Door) -> Told:
    held = made.prepared.plan
    told = Told(held, stratum_table(held), exclusion_table(held), made.load, tuple(made.short), tuple(made.remarks))
    return _within(told, door)


def _within(made: Told, door: Door) -> Told:
    """Load and named entities of the viewer's districts only; each department as a whole stays."""
    if door.viewer.districts is None:
        return made
    others = {f"entity {code}:" for code in elsewhere(door, made.plan)}
    short = tuple(line for line in made.short if not any(name in line for name in others))
    seen = [*sorted(door.viewer.districts), "all"]
    if len(short) < len(made.short):
        short = (*short, f"and {len(made.short) - len(short)} more entities that no lawful team could visit")
    return replace(made, short=short, load=made.load.filter(pl.col("district_code").is_in(seen)))


def elsewhere(door: Door, plan: FrozenPlan) -> set[str]:
    """Entities of a frame outside the viewer's districts; none where the viewer sees them all."""
    if door.viewer.districts is None:
        return set()
    mine = pl.col("district_code").is_in(sorted(door.viewer.districts)).fill_null(value=False)
    return set(plan.frame.filter(~mine)["entity_code"])


@dataclass(frozen=True)
class Trial:
    """What is tried out: items of the lists, kind and window, and the per cent of the usual shares."""

    items: tuple[str, ...]
    joint: tuple[str, ...]
    kind: str
    first: date
    last: date
    per_cent: int


def tried(door: Door, trial: Trial) -> tuple[str, Told]:
    """What a plan that nobody has written yet would come to, and its text as a plan file.

    Raises ValueError where it cannot be planned; the message says why.
    """
    lists = planning.lists(door.reader)
    drafted = plan_draft.draft(
        lists, "trial", trial.kind, (trial.first, trial.last), sorted(trial.items), sorted(trial.joint)
    )
    rules = PlanRules.from_policy(policy().at(trial.first))
    file = plan_trial.multiplied(read_plan(drafted, "trial"), rules, trial.per_cent)
    return plan_trial.text_of(file), _told(
        planning.check(door.home, door.reader.of(None), file, policy(), "trial"), door
    )


def items(door: Door) -> dict[str, str]:
    """Check items that can be chosen: id and name."""
    return {one.check_item_id: one.name for one in planning.lists(door.reader).items.values()}


def joint_items(door: Door) -> dict[str, str]:
    """Items of the joint list that can be chosen: id and name."""
    return {one.joint_item_id: one.name for one in planning.lists(door.reader).joint.values()}


def _frozen_told(plan: Shelved) -> Told:
    held = frozen(plan.path)
    in_force = policy().at(held.window_from)
    offered = seats_offered(held, PlanRules.from_policy(in_force), WorkCalendar.from_policy(in_force))
    return Told(held, stratum_table(held), exclusion_table(held), load_table(held, offered))


def frozen(folder: Path) -> FrozenPlan:
    """A frozen plan; it never changes, so it is read once."""
    return _read(folder, (folder / "plan.json").stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _read(folder: Path, _written: int) -> FrozenPlan:
    return frozen_plan.read_frozen(folder)


def record(door: Door, plan_id: str) -> draw_record.DrawRecord:
    """What has been done of the draw of a plan."""
    return draw_record.record(door.home, plan_id)


def is_drawn(door: Door, plan_id: str) -> bool:
    """Whether a draw of the plan is recorded."""
    return draw_record.is_drawn(door.home, plan_id)


def verified(path: Path) -> tuple[bool, str]:
    """Whether a bundle holds, and what the verifier says."""
    return draw_record.verified(path)


def bundle(door: Door, found: draw_record.DrawRecord) -> draw_record.Bundle | None:
    """The bundle of a draw, when it lies in the folder of draws."""
    return draw_record.bundle(door.home, found.manifests)


def visits(door: Door, plan_id: str, drawn: draw_record.Bundle) -> pl.DataFrame:
    """Visits of a draw within the viewer's districts, in the order in which teams were formed, with today's team.

    `state` is drawn, issued, changed or cancelled; `inspector_ids` is empty for who must not see them.
    """
    found = drawn.tables["visits"].with_columns(pl.col("visit_order").cast(pl.Int64))
    teams = (
        drawn.tables["teams"]
        .sort("entity_code", pl.col("seat").cast(pl.Int64))
        .group_by("entity_code", maintain_order=True)
        .agg(pl.col("inspector_id").str.join(";").alias("drawn_ids"))
    )
    found = found.join(teams, on="entity_code", how="left", maintain_order="left")
    found = found.join(_issued(door, plan_id), on="entity_code", how="left", maintain_order="left").with_columns(
        pl.coalesce("issued_ids", "drawn_ids").alias("inspector_ids"),
        pl.when(pl.col("issued_ids").is_null())
        .then(pl.lit("drawn"))
        .when(pl.col("cancelled") != "")
        .then(pl.lit("cancelled"))
        .when(pl.col("issued_ids").str.split(";").list.sort() != pl.col("drawn_ids").str.split(";").list.sort())
        .then(pl.lit("changed"))
        .otherwise(pl.lit("issued"))
        .alias("state"),
    )
    if door.viewer.districts is not None:
        found = found.filter(pl.col("district_code").is_in(sorted(door.viewer.districts)))
    named = found.join(
        _names(door, found["entity_code"].to_list()), on="entity_code", how="left", maintain_order="left"
    )
    shown = ["visit_order", "entity_code", "name", "entity_id", "district_code", "task_ids", "ticket", "state"]
    return named.select(*shown, *(["inspector_ids"] if door.sees("inspector") else []))


def _issued(door: Door, plan_id: str) -> pl.DataFrame:
    rows = (
        [(v.entity_code, ";".join(v.inspector_ids), v.cancelled) for v in visit_register.issued(door.home, plan_id)]
        if plan_id in visit_register.plans_issued(door.home)
        else []
    )
    return pl.DataFrame(
        rows, schema={"entity_code": pl.String, "issued_ids": pl.String, "cancelled": pl.String}, orient="row"
    )


def _names(door: Door, codes: list[str]) -> pl.DataFrame:
    return door.reader.query(
        "select entity_code, any_value(name) as name, cast(any_value(entity_id) as varchar) as entity_id"
        " from known.entity where entity_code = any($codes) group by entity_code",
        {"codes": sorted(set(codes))},
    )


def grades_set(door: Door, entity_code: str) -> list[Row]:
    """Grades of an entity: as computed and as set by a person, of the snapshot; nothing outside the viewer's scope."""
    return door.reader.query(
        "select p.pack_id, case p.pack_id when 'credit' then g.credit_grade else g.risk_grade end as computed_grade,"
        " o.decided_grade, o.decision_no, o.valid_to, g.as_of"
        " from known.entity e join grade.grade g on g.entity_id = e.entity_id"
        " cross join (select 'credit' as pack_id union all select 'risk') as p"
        " left join grade.override o on o.entity_id = e.entity_id and o.pack_id = p.pack_id"
        " where e.entity_code = $code order by p.pack_id",
        {"code": entity_code},
    ).to_dicts()
