"""The burden ledger for its page: visits by group and cause, caps near and breached, visits saved.

Counts come from the marts; nothing is added up here.
"""

import polars as pl

from dashboards.door import Door
from dashboards.listing import Listing

CAPS = Listing(
    table="mart.burden_cap",
    columns={
        "entity_id": "id",
        "entity_code": "text",
        "name": "text",
        "district_code": "text",
        "district_name": "text",
        "credit_grade": "text",
        "cap_scope": "text",
        "counted_count": "number",
        "visit_cap": "number",
        "cap_state": "text",
    },
    searched=("name", "entity_code"),
    order=("cap_state", "counted_count desc", "entity_code", "cap_scope"),
)


def years(door: Door) -> list[int]:
    """Years of the ledger, latest first."""
    return door.frame("select distinct visit_year from mart.burden_group order by visit_year desc")[
        "visit_year"
    ].to_list()


def groups(door: Door, year: int) -> pl.DataFrame:
    """Visits of a year by group; of districts, those of the viewer."""
    return door.frame(
        "select g.*, coalesce(d.district_name, g.group_value) as group_name from mart.burden_group g"
        " left join mart.district d on g.group_kind = 'district_code' and d.district_code = g.group_value"
        " where g.visit_year = $year order by g.group_kind, g.visit_count desc, g.group_value",
        {"year": year},
    )


def causes(door: Door, year: int) -> pl.DataFrame:
    """Visits of a year by cause, most first."""
    return door.frame(
        "select visit_cause_zh, is_counted, cast(sum(visit_count) as bigint) as visit_count,"
        " count(distinct department_id) as department_count from mart.burden_cause where visit_year = $year"
        " group by visit_cause_zh, is_counted order by visit_count desc, visit_cause_zh",
        {"year": year},
    )


def departments(door: Door, year: int) -> pl.DataFrame:
    """Visits of a year by department, most first."""
    return door.frame(
        "select coalesce(department_name, department_id) as department_name,"
        " cast(sum(visit_count) as bigint) as visit_count,"
        " cast(sum(visit_count) filter (where is_counted) as bigint) as counted_count"
        " from mart.burden_cause where visit_year = $year group by 1 order by visit_count desc, department_name",
        {"year": year},
    )


def savings(door: Door, year: int) -> pl.DataFrame:
    """Visits saved in a year, by way and plan."""
    return door.frame(
        "select saving_kind, plan_id, saved_count from mart.visit_saving where visit_year = $year"
        " order by saving_kind, plan_id",
        {"year": year},
    )


def cap_states(door: Door) -> dict[str, int]:
    """Entities and caps of the viewer by state: breached, reached, near."""
    return dict(door.frame("select cap_state, count(*) as n from mart.burden_cap group by cap_state").rows())
