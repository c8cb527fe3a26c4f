"""Sources `inspection` and `finding`: who was inspected by whom, and what was found.

Not here: the lists of items and inspectors. Findings follow tendency × strictness × cause.
What follows from them is in penalties.py.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.feeds.simulated import days
from pipelines.feeds.simulated.chance import Chance, Floats, Ints
from pipelines.feeds.simulated.delivery import Courier, Source, day_column, record_ids
from pipelines.feeds.simulated.dirt import REPORTED, identify
from pipelines.feeds.simulated.lists import check_items, inspector_department, inspector_ids, strictness
from pipelines.feeds.simulated.traits import DEPARTMENTS, SECTIONS, industries
from pipelines.feeds.simulated.world import World

INSPECTION = Source(
    "inspection", "检查编号", by_year=True, date="检查日期", coded="检查结果",
    corrected={"轻微问题数": pl.col("轻微问题数") + 1, "检查结果": pl.col("检查结果").replace("通过", "责令改正")},
)  # fmt: skip
FINDING = Source("finding", "问题编号", "parquet", by_year=True, coded="严重程度")
_FIRST_VISITS = 1_215_000
_RECHECK_SHARE = 0.3
RANDOM, ROUTINE, SPECIAL, COMPLAINT, RECHECK, LICENSING = range(6)
_KINDS = pl.Series(["双随机抽查", "日常检查", "专项检查", "投诉核查", "复查", "许可核查"])
_KIND_FACTOR = np.array([0.85, 0.9, 1.3, 1.8, 0.45, 0.6])
_RESULTS = pl.Series(["通过", "责令改正", "不合格", "未能进入"])
PASS, RECTIFY, FAIL, NO_ENTRY = range(4)
_SEVERITY = pl.Series(["轻微", "较重", "严重"])
_MEANS = (("critical", 0.055, 3), ("serious", 0.2, 5), ("minor", 0.43, 7))
_NOBODY_HOME = 0.012


@dataclass(frozen=True)
class Inspections:
    """All inspections, handed over or not; `row` is the record number, `counts` critical, serious, minor."""

    row: Ints
    entity: Ints
    department: Ints
    item: Ints
    team: Ints
    day: Ints
    kind: Ints
    counts: Ints
    result: Ints
    sent: Ints


def inspect(world: World) -> Inspections:
    """Draw first visits and the re-checks that follow problems."""
    chance, entities = world.chance, world.entities
    row = np.arange(world.rows(_FIRST_VISITS))
    danger = np.array([0.6, 1.0, 1.7])[industries().hazard[entities.industry]]
    entity = entities.weighted("inspection.entity", row, (danger * (0.8 + 0.2 * entities.tendency))[: entities.count])
    day = days.next_workday(entities.day_of_life("inspection.day", row, entity))
    kind = np.array([RANDOM, ROUTINE, SPECIAL, COMPLAINT, LICENSING])[
        chance.choice("inspection.kind", row, [0.30, 0.34, 0.16, 0.12, 0.08])
    ]
    first = _visit(world, row, entity, day, kind, *_assign(chance, row, entities.industry[entity]))
    again = np.flatnonzero((first.result != PASS) & chance.happens("inspection.rechecked", row, _RECHECK_SHARE))
    later = first.row[again] + len(row)
    back = days.next_workday(first.day[again] + 10 + chance.below("inspection.recheck_after", later, 20))
    open_still = entities.alive(entity[again], back)
    again, later, back = again[open_still], later[open_still], back[open_still]
    second = _visit(
        world, later, entity[again], back, np.full(len(later), RECHECK), first.department[again], first.item[again]
    )
    return Inspections(
        *(np.concatenate([getattr(first, name), getattr(second, name)]) for name in Inspections.__dataclass_fields__)
    )


def _assign(chance: Chance, row: Ints, industry: Ints) -> tuple[Ints, Ints]:
    """Department and check item by the industry section of the entity."""
    section = np.array([SECTIONS.index(letter) for letter in industries().section])[industry]
    department, item = np.zeros(len(row), dtype=np.int64), np.zeros(len(row), dtype=np.int64)
    for s, letter in enumerate(SECTIONS):
        at = np.flatnonzero(section == s)
        loads = [d.load if letter in d.sections else 0.0 for d in DEPARTMENTS]
        department[at] = chance.choice("inspection.department", row[at], loads)
        for d in np.unique(department[at]).tolist():
            fit = np.array([n for n, i in enumerate(check_items()) if i.department == d and letter in i.scope])
            mine = at[department[at] == d]
            item[mine] = fit[chance.below("inspection.item", row[mine], len(fit))]
    return department, item


def _visit(world: World, row: Ints, entity: Ints, day: Ints, kind: Ints, department: Ints, item: Ints) -> Inspections:
    """What a team of two finds on one day."""
    chance = world.chance
    size = np.bincount(inspector_department())
    offset = (np.cumsum(size) - size)[department]
    one = chance.below("inspection.inspector", row, size[department])
    two = (one + 1 + chance.below("inspection.second", row, size[department] - 1)) % size[department]
    team = np.stack([offset + one, offset + two], axis=1)
    # some visits find things in order whatever the tendency, the others find more than one thing
    in_order = chance.happens("inspection.in_order", row, 0.5)
    mean = _mean(world, entity, team, kind) * np.where(in_order, 0.15, 1.85)
    counts = [chance.poisson(f"inspection.{name}", row, mean * base, most) for name, base, most in _MEANS]
    shut = chance.happens("inspection.no_entry", row, _NOBODY_HOME * (1 + world.entities.tendency[entity]))
    found = np.where(shut[:, None], 0, np.stack(counts, axis=1))
    result = np.where(found.any(axis=1), RECTIFY, PASS)
    result = np.where(found[:, 0] > 0, FAIL, result)
    return Inspections(
        row, entity, department, item, team, day, kind, found, np.where(shut, NO_ENTRY, result),
        days.reported(chance, "inspection", row, day, 0.02),
    )  # fmt: skip


def _mean(world: World, entity: Ints, team: Ints, kind: Ints) -> Floats:
    factor = strictness(world.chance)[team].mean(axis=1)
    return np.asarray(np.minimum(world.entities.tendency[entity] * factor * _KIND_FACTOR[kind] * 0.66, 8.0))


def deliver_inspections(world: World, courier: Courier, done: Inspections) -> None:
    """Write inspections and their findings."""
    inspectors, at = inspector_ids(), np.flatnonzero(done.day <= days.LAST)
    row, entity, day = done.row[at], done.entity[at], done.day[at]
    key = record_ids("JC", row, 9)
    department = pl.Series([d.department_id for d in DEPARTMENTS])
    team = pl.select(
        inspectors.gather(done.team[at, 0]) + ";" + inspectors.gather(done.team[at, 1]).alias("second")
    ).to_series()
    frame = pl.DataFrame(
        {
            "检查编号": key,
            **identify(world, courier.ledger, "inspection", key, row, entity, day),
            "部门编号": department.gather(done.department[at]),
            "检查类型": _KINDS.gather(done.kind[at]),
            "抽查事项编号": pl.Series([i.check_item_id for i in check_items()]).gather(done.item[at]),
            "检查人员": team,
            "检查日期": day_column(day),
            "检查结果": _RESULTS.gather(done.result[at]),
            "严重问题数": done.counts[at, 0],
            "较重问题数": done.counts[at, 1],
            "轻微问题数": done.counts[at, 2],
            REPORTED: day_column(done.sent[at]),
        }
    )
    courier.deliver(INSPECTION, frame, row, done.sent[at], done.department[at])
    _deliver_findings(courier, world.chance, done, at)


def _deliver_findings(courier: Courier, chance: Chance, done: Inspections, at: Ints) -> None:
    """One row per finding; its code is the department, the severity and a number."""
    counts = done.counts[at]
    total = counts.sum(axis=1)
    owner = np.repeat(at, total)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(total) - total, total)
    critical, serious = done.counts[owner, 0], done.counts[owner, 1]
    severity = np.where(place < critical, 2, np.where(place < critical + serious, 1, 0))
    row = done.row[owner] * 16 + place
    number = 1 + chance.below("finding.code", row, 20)
    key = record_ids("WT", row, 10)
    frame = pl.DataFrame(
        {
            "问题编号": key,
            "检查编号": record_ids("JC", done.row[owner], 9),
            "问题代码": pl.Series([d.department_id for d in DEPARTMENTS]).gather(done.department[owner])
            + pl.Series(["-C", "-B", "-A"]).gather(severity)
            + pl.Series([f"{n:02d}" for n in range(21)]).gather(number),
            "严重程度": _SEVERITY.gather(severity),
            REPORTED: day_column(done.sent[owner]),
        }
    )
    courier.deliver(FINDING, frame, row, done.sent[owner])
