"""What the pages about grades show: published days, changes between them, proposals, and decisions of people.

Rows are those of the viewer's districts; the ledger and the state of the home are read through the warehouse's doors.
"""

from collections.abc import Sequence
from datetime import UTC, date
from typing import Any

import polars as pl

from dashboards.door import Door
from dashboards.formats import SHANGHAI
from dashboards.rules import policy
from models.casework.decision_terms import DecisionTerms
from warehouse import decisions, explanation, grade_change, ledger, proposal, rules, whatif
from warehouse.serving import ServingReader
from warehouse.state import State

Row = dict[str, Any]
HISTORY_DAYS = 24


def published_days(door: Door) -> list[str]:
    """Days of which grades were published, latest first."""
    return sorted({run.as_of for run in ledger.runs(door.home)}, reverse=True)


def runs(door: Door) -> list[ledger.Run]:
    """Published runs, latest first."""
    return list(reversed(ledger.runs(door.home)))


def moves(door: Door, before: str, after: str) -> pl.DataFrame:
    """Entities of the viewer whose grade differs between two published days, with their names."""
    one, other = (ledger.of_day(door.home, date.fromisoformat(day)) for day in (before, after))
    return named(door, grade_change.moves(ledger.read(door.home, one), ledger.read(door.home, other)))


def distribution(door: Door, days: Sequence[str]) -> pl.DataFrame:
    """Entities of the viewer by published day, scorecard and grade: `as_of`, `pack_id`, `grade`, `entity_count`."""
    own = None if door.viewer.districts is None else _own_ids(door)
    counted = []
    for day in days:
        frame = ledger.read(door.home, ledger.of_day(door.home, date.fromisoformat(day)))
        if own is not None:
            frame = frame.join(own, on="entity_id", how="semi")
        for pack in ("credit", "risk"):
            by_grade = frame.group_by(pl.col(f"{pack}_grade").alias("grade")).len("entity_count")
            counted.append(by_grade.drop_nulls().with_columns(as_of=pl.lit(day), pack_id=pl.lit(pack)))
    if not counted:
        return pl.DataFrame(
            schema={"grade": pl.String, "entity_count": pl.UInt32, "as_of": pl.String, "pack_id": pl.String}
        )
    return pl.concat(counted).sort("as_of", "pack_id", "grade")


def _own_ids(door: Door) -> pl.DataFrame:
    return door.frame("select entity_id from known.entity")


def proposals(door: Door) -> list[tuple[proposal.Proposal, pl.DataFrame]]:
    """Proposed policies with the entities of the viewer that they would move, latest first."""
    return [(made, named(door, proposal.moves(door.home, made))) for made in proposal.kept(door.home)]


def grades_of(door: Door, entity_id: int) -> pl.DataFrame:
    """Grades of one entity as last published for each of the last days, latest first."""
    last = {run.as_of: run for run in ledger.runs(door.home)}
    found = [
        ledger.of_entity(door.home, last[day], entity_id).with_columns(pl.lit(day).alias("as_of"))
        for day in sorted(last, reverse=True)[:HISTORY_DAYS]
    ]
    return pl.concat(found, how="diagonal") if found else pl.DataFrame()


def explained(door: Door, entity_id: int) -> explanation.Explanation:
    """Why an entity of the viewer has its grades. Raises ValueError for an entity that is not the viewer's."""
    return explanation.explain(_whole(door, entity_id), entity_id)


def changes(door: Door, entity_id: int, as_of: date, version: str) -> whatif.WhatIf | None:
    """What would better the grades of an entity; None when its rules are no longer kept."""
    try:
        return whatif.what_if(_whole(door, entity_id), entity_id, rules.kept(door.home, version).at(as_of))
    except whatif.PolicyDiffersError:
        return None


def _whole(door: Door, entity_id: int) -> ServingReader:
    """Grades are worked out from events of every department, also for who may not look at all of them one by one."""
    if _names(door, [entity_id]).is_empty():
        raise ValueError(f"entity {entity_id} is not one that the viewer reads")
    return door.reader.of(None)


def due(made: decisions.Decision) -> date | None:
    """The day by which a request has to be answered, by the rule of the day on which it was made."""
    asked = made.decided_at.replace(tzinfo=UTC).astimezone(SHANGHAI).date()
    return DecisionTerms.from_policy(policy().at(asked)).answer_due(made.kind, asked)


def has_effect(made: decisions.Decision, day: date) -> bool:
    """Whether a decision changes a grade on a day: a repair or an override within its days."""
    return made.kind in decisions.EFFECTS and made.is_valid_on(day)


def decided(door: Door, entity_id: int | None = None) -> list[tuple[decisions.Decision, Row]]:
    """Decisions about entities of the viewer, latest first, each with the name and code of its entity."""
    if not door.home.state.exists():
        return []
    made = [d for d in decisions.listed(State(door.home.state)) if entity_id in (None, d.entity_id)]
    names = {row["entity_id"]: row for row in _names(door, [d.entity_id for d in made]).iter_rows(named=True)}
    return [(d, names[d.entity_id]) for d in reversed(made) if d.entity_id in names]


def named(door: Door, moved: pl.DataFrame) -> pl.DataFrame:
    """Moves with code, name and district of the entity; entities outside the viewer's districts are left out."""
    return moved.join(_names(door, moved["entity_id"].to_list()), on="entity_id", how="inner", maintain_order="left")


def _names(door: Door, entity_ids: list[int]) -> pl.DataFrame:
    return door.reader.query(
        "select entity_id, entity_code, name, coalesce(district_name, district_code) as district_name"
        " from known.entity where entity_id = any($entity_ids)",
        {"entity_ids": sorted(set(entity_ids))},
    )
