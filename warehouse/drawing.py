"""The drawn plan: its seed before the tickets (`plan.draw_plan`), its bundle for a third party after them.

Tickets, sizes and lists are SQL (sql/plan); the hashes stand in models.sampling; who revealed what, in state.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from models.sampling import protocol
from warehouse.catalog import contracts
from warehouse.engine import DuckDBEngine

# Stands in for revealed values until a party reveals one: anyone can re-run it, and every page says what it is.
DEMONSTRATION = "demonstration"


def freeze(engine: DuckDBEngine, revealed: Callable[[str], Sequence[str]], frozen_at: datetime) -> int:
    """Write `plan.draw_plan`: the root of the frame and the seed from the values revealed for the plan.

    `revealed` gives the values by plan id. Returns 1, or 0 where the frame is empty.
    """
    frame = engine.rows("select plan_id, entity_code, stratum_id from plan.frame order by entity_code")
    plans = []
    if frame:
        plan_id = frame[0][0]
        values = revealed(plan_id)
        root = protocol.frame_root({code: stratum for _, code, stratum in frame})
        plans.append(
            {
                "plan_id": plan_id,
                "seed": protocol.seed(root, values or [DEMONSTRATION]),
                "seed_source": "revealed" if values else "demonstration",
                "frame_root": root,
                "population_count": len(frame),
                "drawn_count": int(engine.rows("select sum(drawn_count) from plan.stratum")[0][0]),
                "frozen_at": frozen_at,
            }
        )
    columns = {c.name: c.type for c in contracts("plan")["draw_plan"].columns}
    return engine.load("plan.draw_plan", columns, plans)


def write_bundle(
    engine: DuckDBEngine, folder: Path, run_id: str, revealed: Callable[[str], Sequence[str]]
) -> Path | None:
    """Write what a third party needs to verify the plan (docs/draw_protocol.md); None where there is no plan.

    Teams are part of it when every drawn entity has a full one.
    """
    plans = engine.frame("select * from plan.draw_plan").to_dicts()
    if not plans:
        return None
    plan = plans[0]
    target = folder / f"{plan['plan_id']}-{run_id}"
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    strata = engine.frame(
        "select stratum_id, stratum_ppm as ratio_ppm, population_count as population, drawn_count as drawn"
        " from plan.stratum order by stratum_id"
    )
    size = int(engine.rows("select inspectors from policy.team_size")[0][0])
    short = engine.rows(
        "select count(*) from (select d.entity_id from plan.drawn as d left join plan.team as t"
        " on t.plan_id = d.plan_id and t.entity_id = d.entity_id group by d.entity_id having count(t.seat) < ?)",
        [size],
    )
    document: dict[str, Any] = {
        "protocol": protocol.DRAW_TAG,
        "plan_id": plan["plan_id"],
        "seed": plan["seed"],
        "revealed": sorted(revealed(plan["plan_id"]) or [DEMONSTRATION]),
        "frame_root": plan["frame_root"],
        "strata": strata.to_dicts(),
    }
    if short[0][0] == 0:
        document["inspectors_per_visit"] = size
        _csv(target / "inspectors.csv", engine, _INSPECTORS)
    (target / "plan.json").write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    _csv(target / "frame.csv", engine, _FRAME)
    _csv(target / "drawn.csv", engine, _DRAWN)
    return target


_FRAME = "select entity_code, stratum_id, district_code as pool_id from plan.frame order by entity_code"
_INSPECTORS = """
select district_code as pool_id, inspector_id from entity.inspector cross join run.info
where certificate_valid_until >= as_of and district_code is not null order by pool_id, inspector_id
"""
_DRAWN = """
select d.stratum_id, d.draw_order, d.entity_code, d.ticket, s.inspector_ids
from plan.drawn as d
left join (
    select plan_id, entity_id, string_agg(inspector_id, ';' order by seat) as inspector_ids
    from plan.team group by plan_id, entity_id
) as s on s.plan_id = d.plan_id and s.entity_id = d.entity_id
order by d.stratum_id, d.draw_order
"""


def _csv(path: Path, engine: DuckDBEngine, sql: str) -> None:
    frame = engine.frame(sql)
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(frame.columns)
        writer.writerows(frame.iter_rows())
