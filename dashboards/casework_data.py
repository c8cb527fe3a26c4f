"""Named queries and lists behind the pages of casework: approvals, hotline, warnings and the definitions of figures.

Rows of the viewer's districts wherever a table names one; totals of the whole zone are shown to every viewer.
"""

from typing import Any

import polars as pl

from dashboards.door import Door
from dashboards.listing import Listing
from dashboards.listing import of_mart as _listing
from dashboards.text_data import LISTINGS as TEXT_LISTINGS
from warehouse import catalog

Row = dict[str, Any]


def items(door: Door) -> list[tuple[str, str]]:
    """Code and name of each approval item."""
    return door.frame("select item_code, item_name from mart.approval_item order by item_name, item_code").rows()


def fields(door: Door) -> list[tuple[str, str]]:
    """Code and name of each first-level category of the last orders."""
    return door.frame(
        "select field_code, max(field_name) as field_name from mart.hotline_heat group by field_code order by 1"
    ).rows()


def districts(door: Door) -> list[tuple[str, str]]:
    """Code and name of each district of the viewer, districts first."""
    scope, bound = door.viewer.district_scope()
    return door.frame(
        f"select district_code, coalesce(district_name, district_code) as district_name from mart.district"
        f" where {scope} order by district_kind, district_code",
        bound,
    ).rows()


def reminders(door: Door) -> list[str]:
    """The reminders of ending licences that are in use, in days."""
    frame = door.frame("select distinct reminder_days from mart.licence_expiry where reminder_days > 0 order by 1")
    return [str(days) for days in frame["reminder_days"]]


def warning_owners(door: Door) -> list[tuple[str, str]]:
    """Number and name of each department that owns a warning in force."""
    scope, bound = door.viewer.district_scope()
    return door.frame(
        f"select distinct department_id, coalesce(department_name, department_id) as department_name from mart.warning"
        f" where department_id is not null and {scope} order by 2, 1",
        bound,
    ).rows()


def warning_levels(door: Door) -> dict[str, int]:
    """Warnings in force by level, within the viewer's districts."""
    scope, bound = door.viewer.district_scope()
    return dict(
        door.frame(
            f"select warning_level, count(*) as n from mart.warning where {scope} group by warning_level", bound
        ).rows()
    )


def warning_precision(door: Door) -> pl.DataFrame:
    """How many of the warnings of the past came true, by kind and level."""
    return door.frame("select * from mart.warning_precision order by warning_kind, level_no")


def metrics(door: Door, area: str = "", keyword: str = "") -> pl.DataFrame:
    """Every metric of an area (or of all) whose name, definition or id holds the keyword."""
    return door.frame(
        "select * from mart.metric_value where ($area = '' or area = $area) and ($keyword = ''"
        " or position(lower($keyword) in lower(metric_name || ' ' || metric_definition || ' ' || metric_id)) > 0)",
        {"area": area, "keyword": keyword},
    )


def table(door: Door, name: str) -> Row | None:
    """What a mart behind a panel is: columns with meaning, SQL, tables read, rows, as-of day; None if unknown."""
    stage, _, stem = name.partition(".")
    contract = catalog.contracts("mart").get(stem) if stage == "mart" else None
    path = catalog.ROOT / "sql" / "mart" / f"{stem}.sql"
    # The file is read as it is: parsing every statement, as a refresh does, takes longer than a reader waits.
    if contract is None or not path.exists():
        return None
    reads = door.frame("select reads from contract.lineage where table_name = $name order by 1", {"name": name})
    return {
        "table_name": name,
        "table_zh": contract.zh,
        "columns": [(c.zh, c.unit or "", c.name, c.en) for c in contract.columns],
        "sql_text": path.read_text(encoding="utf-8"),
        "reads": reads["reads"].to_list(),
        "row_count": door.frame(f"select count(*) as n from {name}").item(),
        "as_of": door.frame("select max(as_of) as as_of from run.info").item(),
    }


LISTINGS: dict[str, Listing] = {
    "approval_item": _listing(
        "approval_item",
        "item_code item_name opened_count:n closed_count:n withdrawn_count:n statutory_days:n promised_days:n"
        " mean_days:n median_days:n p90_days:n overdue_count:n statutory_overdue_count:n at_risk_count:n"
        " corrected_case_count:n first_right_count:n online_count:n topic_count:n instant_base_count:n instant_count:n"
        " rating_1_count:n rating_2_count:n rating_3_count:n rating_4_count:n rating_5_count:n",
        "opened_count desc, item_code",
        ("item_name", "item_code"),
        in_districts=False,
    ),
    "approval_window": _listing(
        "approval_window",
        "item_code item_name district_code district_name opened_count:n closed_count:n median_days:n p90_days:n"
        " overdue_count:n overdue_ratio:n rated_count:n good_count:n good_ratio:n",
        "overdue_ratio desc nulls last, item_code, district_code",
        ("item_name", "district_name"),
    ),
    "approval_step": _listing(
        "approval_step",
        "item_code item_name step_no:n step_kind case_count:n median_hours:n p90_hours:n previous_median_hours:n"
        " is_longest is_slower",
        "is_slower desc, median_hours desc nulls last, item_code, step_no, step_kind",
        ("item_name",),
        in_districts=False,
    ),
    "approval_open": _listing(
        "approval_open",
        "case_id item_code item_name district_code district_name step_kind opened_on:d days_used:n promised_days:n"
        " days_left:n",
        "days_left, case_id",
        ("case_id", "item_name"),
    ),
    "approval_model": _listing(
        "approval_model",
        "item_code item_name since:d changed_on:d promised_days_before:n promised_days:n statutory_days:n"
        " step_count_before:n step_count:n document_count_before:n document_count:n hall_visit_count_before:n"
        " hall_visit_count:n is_online is_all_online is_instant",
        "item_code",
        ("item_name", "item_code"),
        in_districts=False,
    ),
    "approval_topic": _listing(
        "approval_topic",
        "topic_code name item_codes case_count:n entity_count:n median_days:n last_used_on:d is_dead",
        "is_dead desc, case_count desc, topic_code",
        ("name", "topic_code"),
        in_districts=False,
    ),
    "licence_expiry": _listing(
        "licence_expiry",
        "licence_id entity_id:id entity_code name licence_kind department_id district_code expires_on:d days_left:n"
        " reminder_days",
        "days_left, licence_id",
        ("name", "entity_code", "licence_id"),
    ),
    "hotline_department": _listing(
        "hotline_department",
        "department_id department_name order_count:n responded_count:n closed_count:n solved_count:n"
        " first_time_count:n solved_ratio:n rated_count:n satisfied_count:n satisfied_ratio:n returned_count:n"
        " supervised_count:n overdue_count:n median_days:n",
        "satisfied_ratio nulls last, department_id",
        ("department_name",),
        in_districts=False,
    ),
    "hotline_repeat": _listing(
        "hotline_repeat",
        "item_code item_name district_code district_name order_count:n caller_count:n repeat_caller_count:n"
        " repeat_count:n most_count:n last_day:d",
        "repeat_count desc, item_code, district_code",
        ("item_name",),
    ),
    "hotline_caller": _listing(
        "hotline_caller",
        "item_code item_name order_count:n caller_count:n repeat_count:n last_day:d",
        "repeat_count desc, order_count desc, item_code",
        ("item_name",),
        in_districts=False,
    ),
    "hotline_rising": _listing(
        "hotline_rising",
        "item_code item_name count_7d:n baseline_7d:n excess_score:n district_names",
        "excess_score desc, item_code",
        ("item_name",),
        in_districts=False,
    ),
    "hotline_heat": _listing(
        "hotline_heat",
        "field_code field_name category_code category_name item_code item_name district_code district_name"
        " order_count:n",
        "order_count desc, item_code, district_code",
        ("item_name",),
    ),
    "burst": _listing(
        "burst",
        "stream topic_code topic_name district_code district_name first_seen_on:d last_seen_on:d peak_count:n"
        " expected_count:n peak_score:n is_current is_confirmed",
        "is_current desc, last_seen_on desc, peak_score desc, stream, topic_code, district_code, first_seen_on",
        ("topic_name",),
    ),
    "gaming": _listing(
        "gaming",
        "detector item_code item_name district_code district_name case_count:n odd_count:n like_ratio:n event_date:d",
        "detector, odd_count desc, subject_id",
        ("item_name",),
    ),
    "metric_value": _listing(
        "metric_value",
        "metric_id area metric_name metric_value:n unit_zh metric_definition direction owner metric_source"
        " metric_treatment numerator:n denominator:n compare_label compare_value:n row_count:n data_through:d as_of:d"
        " sql_text",
        "area, metric_id",
        ("metric_name", "metric_definition", "metric_id"),
        in_districts=False,
    ),
    "warning": _listing(
        "warning",
        "warning_id warning_level warning_kind subject_name evidence_zh evidence_count:n measured:n first_seen_on:d"
        " days_left:n department_id department_name district_code entity_id:id warning_state decided_at:d",
        "level_no, days_left nulls last, warning_kind, subject_id",
        ("subject_name", "evidence_zh", "warning_id"),
    ),
    **TEXT_LISTINGS,
}
