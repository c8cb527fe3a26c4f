"""Named queries behind the pages: each takes a door (reader and viewer) and answers a frame or a dict.

Short selects on the snapshot only; lists that are paged and filtered are in `listing.py`, arithmetic is in the marts.
"""

import json
from collections.abc import Sequence
from typing import Any

import polars as pl

from dashboards.door import Door
from warehouse import explanation

Row = dict[str, Any]
LARGEST_ID = 2**63 - 1
TIMELINE_ROWS = 300


def _first(frame: pl.DataFrame) -> Row | None:
    return frame.row(0, named=True) if frame.height else None


def run_info(door: Door) -> Row | None:
    """The run that made the snapshot: run_id, as_of, policy_version, built_at (UTC), feeds."""
    return _first(door.frame("select * from run.info order by built_at desc, run_id limit 1"))


def feeds(door: Door) -> str:
    """Names of the feed packs of the run, as they are written in the snapshot."""
    return str((run_info(door) or {}).get("feeds", ""))


def metrics(door: Door, area: str) -> pl.DataFrame:
    """Tiles of one area, in the order of the metric registry (rows keep the order in which they were written)."""
    return door.frame("select * from mart.metric_value where area = $area", {"area": area})


def metric(door: Door, metric_id: str) -> Row | None:
    """One metric with its definition, SQL and age."""
    return _first(door.frame("select * from mart.metric_value where metric_id = $metric_id", {"metric_id": metric_id}))


def credit_risk(door: Door) -> pl.DataFrame:
    """Entities by credit and risk grade within the viewer's districts."""
    return door.frame(
        "select credit_grade, risk_grade, cast(sum(entity_count) as bigint) as entity_count from mart.credit_risk"
        " group by credit_grade, risk_grade order by credit_grade, risk_grade"
    )


def districts(door: Door) -> pl.DataFrame:
    """Districts and functional zones of the viewer, districts first."""
    return door.frame(
        "select * replace (coalesce(district_name, district_code) as district_name) from mart.district"
        " order by district_kind, district_code"
    )


def district_names(door: Door) -> dict[str, str]:
    """Names of the districts of the viewer by code, in the order of `districts`."""
    return dict(districts(door).select("district_code", "district_name").rows())


def departments(door: Door) -> dict[str, str]:
    """Names of departments by number, in the order of the numbers."""
    return dict(door.frame("select department_id, name from entity.department order by department_id").rows())


def rules_in_force(door: Door, *policy_ids: str) -> dict[str, Any]:
    """Values of the rules that were in force on the as-of day; those that the snapshot does not hold are left out."""
    frame = door.frame(
        "select policy_id, value_json from policy.value where policy_id = any($ids)"
        " and (select max(as_of) from run.info) between valid_from and coalesce(valid_to, 'infinity')",
        {"ids": list(policy_ids)},
    )
    return {policy_id: json.loads(value) for policy_id, value in frame.iter_rows()}


def inspection_months(door: Door, count: int = 24) -> pl.DataFrame:
    """The last months of inspections, oldest first."""
    return door.frame(
        "select * from (select * from mart.inspection_month order by month desc limit $count) order by month",
        {"count": count},
    )


def data_ages(door: Door) -> pl.DataFrame:
    """Age and completeness of each source, late ones first."""
    return door.frame("select * from mart.data_age order by is_late desc, age_days desc nulls last, feed_id, source_id")


def entity(door: Door, entity_id: str) -> Row | None:
    """Registered facts of one entity; None when the id is unknown or outside the viewer's districts."""
    if not entity_id.isascii() or not entity_id.isdigit() or int(entity_id) > LARGEST_ID:
        return None
    return _first(
        door.frame("select * from known.entity where entity_id = $entity_id limit 1", {"entity_id": int(entity_id)})
    )


def folded(column: str, text: str) -> str:
    """A column in which a text is looked for whatever its case; names are not folded for a text without letters.

    Folding 173,000 Chinese names takes six times as long as looking through them.
    """
    return column if text.lower() == text.upper() else f"lower({column})"


def entities_named(door: Door, text: str, most: int) -> pl.DataFrame:
    """Entities whose name or code holds a text, those that begin with it and those in business first."""
    name = folded("name", text)
    return door.frame(
        "select entity_id, entity_code, name, status from known.entity"
        f" where contains({name}, lower($text)) or contains(entity_code, upper($text))"
        f" order by not starts_with(entity_code, upper($text)), not starts_with({name}, lower($text)),"
        " status <> 'active', length(name), entity_id limit $most",
        {"text": text, "most": most},
    )


def entity_grade(door: Door, entity_id: int) -> Row | None:
    """Latest scores and grades of one entity."""
    return _first(
        door.frame(
            "select * from grade.grade where entity_id = $entity_id order by as_of desc limit 1",
            {"entity_id": entity_id},
        )
    )


def entity_contributions(door: Door, entity_id: int) -> pl.DataFrame:
    """Parts of one entity's scores, with the name, unit and basis of each indicator and its evidence."""
    return door.frame(explanation.PARTS, {"entity_id": entity_id})


def entity_history(door: Door, entity_id: int) -> pl.DataFrame:
    """Periods of name, district, address and status, newest first."""
    return door.frame(
        "select h.valid_from, h.valid_to, h.name, h.status, h.address,"
        " coalesce(d.district_name, h.district_code) as district_name"
        " from entity.history h left join mart.district d on d.district_code = h.district_code"
        " where h.entity_id = $entity_id order by h.valid_from desc",
        {"entity_id": entity_id},
    )


_EVENTS = {
    "inspection": (
        "inspection_id",
        "inspection_kind",
        "result",
        "concat_ws('/', critical_count, serious_count, minor_count)",
    ),
    "penalty": ("penalty_id", "penalty_kind", "penalty_severity", "cast(amount_cny as varchar)"),
    "licence": ("licence_id", "licence_kind", "application_kind", "cast(expires_on as varchar)"),
    "complaint": ("complaint_id", "complaint_kind", "cast(is_upheld as varchar)", "cast(closed_date as varchar)"),
    "abnormal_list": ("listing_id", "list_kind", "listing_action", "null"),
    "change": ("change_id", "change_kind", "null", "null"),
    "visit": ("visit_id", "visit_cause", "null", "null"),
    "service_case": (
        "case_id",
        "case_kind",
        "coalesce(item_name, item_code)",
        "cast(cast(closed_at as date) as varchar)",
    ),
    "annual_report": ("report_id", "cast(report_year as varchar)", "null", "null"),
}


def entity_events(door: Door, entity_id: int) -> pl.DataFrame:
    """Events of one entity, newest first; subject, outcome and detail are what _EVENTS says of the kind."""
    union = " union all ".join(
        f"select event_date, '{kind}' as event_kind, {key} as event_id, {subject} as subject, {outcome} as outcome,"
        f" {detail} as detail, department_id from known.{kind} where entity_id = $entity_id"
        for kind, (key, subject, outcome, detail) in _EVENTS.items()
    )
    return door.frame(
        f"select e.*, d.name as department_name from ({union}) e"
        f" left join entity.department d on d.department_id = e.department_id"
        f" order by e.event_date desc, e.event_kind, e.event_id limit {TIMELINE_ROWS}",
        {"entity_id": entity_id},
    )


def draw_plan(door: Door) -> Row | None:
    """The latest drawn plan: plan_id, seed, seed_source, frame_root, population_count, drawn_count, frozen_at."""
    return _first(door.frame("select * from plan.draw_plan order by frozen_at desc, plan_id limit 1"))


def draw_strata(door: Door, plan_id: str) -> pl.DataFrame:
    """Strata of a plan from the worst grades down."""
    return door.frame(
        "select * from mart.draw_stratum where plan_id = $plan_id"
        " order by credit_grade desc, risk_grade desc, stratum_id",
        {"plan_id": plan_id},
    )


def approval_items(door: Door) -> pl.DataFrame:
    """Approval items, busiest first."""
    return door.frame("select * from mart.approval_item order by closed_count desc, item_code")


def approval_months(door: Door) -> pl.DataFrame:
    """Approvals by month, oldest first."""
    return door.frame("select * from mart.approval_month order by month")


def approval_durations(door: Door, item_code: str) -> pl.DataFrame:
    """Closed approvals of one item by working days used."""
    return door.frame(
        "select days, case_count from mart.approval_duration where item_code = $item_code order by days",
        {"item_code": item_code},
    )


def approval_steps(door: Door) -> pl.DataFrame:
    """Hours by step of each item."""
    return door.frame("select * from mart.approval_step order by item_code, step_no, step_kind")


def approval_open(door: Door) -> pl.DataFrame:
    """Open approvals that are overdue or nearly so, most overdue first."""
    return door.frame("select * from mart.approval_open order by days_left, case_id")


def hotline_days(door: Door, count: int = 56) -> pl.DataFrame:
    """The last days of orders with the expected band, oldest first."""
    return door.frame(
        "select * from (select * from mart.hotline_day order by day desc limit $count) order by day", {"count": count}
    )


def hotline_funnel(door: Door) -> pl.DataFrame:
    """Orders of the last 30 days by step reached."""
    return door.frame("select * from mart.hotline_funnel order by step_no")


def hotline_heat(door: Door, level: str = "item", fields: Sequence[str] = ()) -> pl.DataFrame:
    """Orders of the last 7 days by district and category of a level: `field`, `category` or `item` (the leaf).

    `fields` keeps the orders of these first-level categories. Raises ValueError for another level.
    """
    if level not in ("field", "category", "item"):
        raise ValueError(f"hotline_heat: level {level!r} is not field, category or item")
    kept = "field_code = any($fields)" if fields else "true"
    return door.frame(
        f"select {level}_code as item_code, max({level}_name) as item_name, district_code,"
        f" max(coalesce(district_name, district_code)) as district_name, max(district_kind) as district_kind,"
        f" cast(sum(order_count) as bigint) as order_count from mart.hotline_heat where {kept}"
        f" group by {level}_code, district_code order by item_code, district_kind, district_code",
        {"fields": sorted(fields)} if fields else {},
    )


def hotline_rising(door: Door) -> pl.DataFrame:
    """Categories above their baseline, strongest first (the mart holds those below it as well)."""
    return door.frame("select * from mart.hotline_rising where excess_score > 0 order by excess_score desc, item_code")
