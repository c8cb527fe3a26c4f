"""The nightly preview of the annual draw: its frozen frame and demonstration seed, and the teams it would send.

Tickets, sizes and lists are SQL (sql/plan) by the recipe of models/sampling; a real draw is warehouse/ceremony.py.
"""

from __future__ import annotations

import json
from datetime import datetime

import polars as pl

from models.sampling.announcement import Commitment as Sealed
from models.sampling.announcement import Reveal, announcement, seed_of
from models.sampling.eligibility import shortages
from models.sampling.frozen import EXCLUDED, LEAVES, RECUSALS, FrozenPlan, Stratum, Task
from models.sampling.plan_text import canonical
from models.sampling.protocol import digest
from models.sampling.team import teams, visits
from warehouse.catalog import contracts
from warehouse.engine import DuckDBEngine

# Stands in for revealed values: anyone can re-run the preview, and every page says what it is.
DEMONSTRATION = "demonstration"
_TASK = "annual"
HIDDEN_FROM_NOBODY = digest([DEMONSTRATION])  # in place of salts and key: a preview hides nothing
_FRAME = """
select entity_code, stratum_id, 1 as size, district_code from plan.frame order by entity_code
"""
_INSPECTORS = """
select inspector_id, district_code as district_codes, skills, certificate_valid_until as certificate_until
from entity.inspector order by inspector_id
"""


def freeze(engine: DuckDBEngine, frozen_at: datetime) -> int:
    """Write `plan.draw_plan`: the root of the frame and the demonstration seed; returns 0 where the frame is empty."""
    plan, plans = preview(engine), []
    if plan is not None:
        reveals = [Reveal(f"{DEMONSTRATION} {number}", HIDDEN_FROM_NOBODY, DEMONSTRATION) for number in (1, 2)]
        parties = [Sealed(one.party, one.commitment(plan.plan_id, 1)) for one in reveals]
        announced = announcement(plan, HIDDEN_FROM_NOBODY, parties, reveal_by=plan.as_of, verifier_digest="")
        told = json.loads(announced)
        plans = [
            {
                "plan_id": plan.plan_id,
                "seed": seed_of(announced, HIDDEN_FROM_NOBODY, reveals),
                "seed_source": DEMONSTRATION,
                "frame_root": told["roots"]["frame"],
                "population_count": told["frame_count"],
                "drawn_count": told["drawn_count"],
                "frozen_at": frozen_at,
            }
        ]
    columns = {c.name: c.type for c in contracts("plan")["draw_plan"].columns}
    return engine.load("plan.draw_plan", columns, plans)


def write_teams(engine: DuckDBEngine) -> int:
    """Write `plan.team`: the seats of every drawn entity that a lawful team can visit; the others have none."""
    plan, seats = preview(engine), []
    if plan is not None:
        ((seed,),) = engine.rows("select seed from plan.draw_plan")
        drawn = dict(engine.rows("select entity_code, entity_id from plan.drawn order by entity_code"))
        short = {one.entity_code for one in shortages(plan)}
        ordered = visits(plan, [(_TASK, code) for code in drawn if code not in short], seed)
        seats = [
            {
                "plan_id": plan.plan_id,
                "entity_id": drawn[seat.entity_code],
                "seat": seat.seat,
                "inspector_id": seat.inspector_id,
            }
            for seat in teams(plan, ordered, seed)
        ]
    columns = {c.name: c.type for c in contracts("plan")["team"].columns}
    return engine.load("plan.team", columns, seats)


def preview(engine: DuckDBEngine) -> FrozenPlan | None:
    """The annual plan as it would be frozen today: all inspectors as one department, no leaves, no recusals."""
    strata = engine.rows(
        "select plan_id, stratum_id, population_count, drawn_count, stratum_ppm from plan.stratum order by stratum_id"
    )
    if not strata:
        return None
    plan_id = strata[0][0]
    ((as_of,),) = engine.rows("select as_of from run.info")
    ((size,),) = engine.rows("select inspectors from policy.team_size")
    return canonical(
        FrozenPlan(
            plan_id=plan_id,
            title="年度抽查（预演）",
            kind="annual",
            as_of=as_of,
            window_from=as_of,
            window_to=as_of,
            policy_digest="",  # a rule that changes nothing here must not shuffle the list
            inspectors_per_visit=size,
            tasks=(Task(_TASK, _TASK, (_TASK,), plan_id, ""),),
            strata=tuple(
                Stratum(name, _TASK, "equal", population, drawn, ppm) for _, name, population, drawn, ppm in strata
            ),
            frame=engine.frame(_FRAME).with_columns(pl.lit(_TASK).alias("task_id")),
            excluded=pl.DataFrame(schema=EXCLUDED),
            inspectors=engine.frame(_INSPECTORS).with_columns(pl.lit(_TASK).alias("department_id")),
            leaves=pl.DataFrame(schema=LEAVES),
            recusals=pl.DataFrame(schema=RECUSALS),
        )
    )
