"""Named queries and lists behind the pages of casework: approvals, hotline, warnings and the definitions of figures.

Rows of the viewer's districts wherever a table names one; totals of the whole zone are shown to every viewer.
"""

from typing import Any

import polars as pl

from dashboards.door import Door
from dashboards.listing import Listing, of_mart
from dashboards.text_data import LISTINGS as TEXT_LISTINGS

Row = dict[str, Any]


def items(door: Door) -> list[tuple[str, str]]:
    """Code and name of each approval item."""
    return door.frame("select item_code, item_name from mart.approval_item order by item_name, item_code").rows()


def fields(door: Door) -> list[tuple[str, str]]:
    """Code and name of each first-level category of the last orders."""
    return door.frame(
        "select field_code, max(field_name) as field_name from mart.hotline_heat group by field_code order by 1"
    ).rows()


def reminders(door: Door) -> list[str]:
    """The reminders of ending licences that are in use, in days."""
    frame = door.frame("select distinct reminder_days from mart.licence_expiry where reminder_days > 0 order by 1")
    return [str(days) for days in frame["reminder_days"]]


def warning_owners(door: Door) -> list[tuple[str, str]]:
    """Number and name of each department that owns a warning in force."""
    return door.frame(
        "select distinct department_id, coalesce(department_name, department_id) as department_name from mart.warning"
        " where department_id is not null order by 2, 1"
    ).rows()


def warning_levels(door: Door) -> dict[str, int]:
    """Warnings in force by level, within the viewer's districts."""
    return dict(door.frame("select warning_level, count(*) as n from mart.warning group by warning_level").rows())


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


LISTINGS: dict[str, Listing] = {
    "approval_item": of_mart(
        "approval_item",
        "item_code item_name opened_count:n closed_count:n withdrawn_count:n statutory_days:n promised_days:n"
        " mean_days:n median_days:n p90_days:n overdue_count:n statutory_overdue_count:n at_risk_count:n"
        " corrected_case_count:n first_right_count:n online_count:n topic_count:n instant_base_count:n instant_count:n"
        " rating_1_count:n rating_2_count:n rating_3_count:n rating_4_count:n rating_5_count:n",
        "opened_count desc, item_code",
        ("item_name", "item_code"),
    ),
    "approval_window": of_mart(
        "approval_window",
        "item_code item_name district_code district_name opened_count:n closed_count:n median_days:n p90_days:n"
        " overdue_count:n overdue_ratio:n rated_count:n good_count:n good_ratio:n",
        "overdue_ratio desc nulls last, item_code, district_code",
        ("item_name", "district_name"),
    ),
    "approval_step": of_mart(
        "approval_step",
        "item_code item_name step_no:n step_kind case_count:n median_hours:n p90_hours:n previous_median_hours:n"
        " is_longest is_slower",
        "is_slower desc, median_hours desc nulls last, item_code, step_no, step_kind",
        ("item_name",),
    ),
    "approval_open": of_mart(
        "approval_open",
        "case_id item_code item_name district_code district_name step_kind opened_on:d days_used:n promised_days:n"
        " days_left:n",
        "days_left, case_id",
        ("case_id", "item_name"),
    ),
    "approval_model": of_mart(
        "approval_model",
        "item_code item_name since:d changed_on:d promised_days_before:n promised_days:n statutory_days:n"
        " step_count_before:n step_count:n document_count_before:n document_count:n hall_visit_count_before:n"
        " hall_visit_count:n is_online is_all_online is_instant",
        "item_code",
        ("item_name", "item_code"),
    ),
    "approval_topic": of_mart(
        "approval_topic",
        "topic_code name item_codes case_count:n entity_count:n median_days:n last_used_on:d is_dead",
        "is_dead desc, case_count desc, topic_code",
        ("name", "topic_code"),
    ),
    "licence_expiry": of_mart(
        "licence_expiry",
        "licence_id entity_id:id entity_code name licence_kind department_id district_code expires_on:d days_left:n"
        " reminder_days",
        "days_left, licence_id",
        ("name", "entity_code", "licence_id"),
    ),
    "hotline_department": of_mart(
        "hotline_department",
        "department_id department_name order_count:n responded_count:n closed_count:n solved_count:n"
        " first_time_count:n solved_ratio:n rated_count:n satisfied_count:n satisfied_ratio:n returned_count:n"
        " supervised_count:n overdue_count:n median_days:n",
        "satisfied_ratio nulls last, department_id",
        ("department_name",),
    ),
    "hotline_repeat": of_mart(
        "hotline_repeat",
        "item_code item_name district_code district_name order_count:n caller_count:n repeat_caller_count:n"
        " repeat_count:n most_count:n last_day:d",
        "repeat_count desc, item_code, district_code",
        ("item_name",),
    ),
    "hotline_caller": of_mart(
        "hotline_caller",
        "item_code item_name order_count:n caller_count:n repeat_count:n last_day:d",
        "repeat_count desc, order_count desc, item_code",
        ("item_name",),
    ),
    "hotline_rising": of_mart(
        "hotline_rising",
        "item_code item_name count_7d:n baseline_7d:n excess_score:n district_names",
        "excess_score desc, item_code",
        ("item_name",),
    ),
    "hotline_heat": of_mart(
        "hotline_heat",
        "field_code field_name category_code category_name item_code item_name district_code district_name"
        " order_count:n",
        "order_count desc, item_code, district_code",
        ("item_name",),
    ),
    "burst": of_mart(
        "burst",
        "stream topic_code topic_name district_code district_name first_seen_on:d last_seen_on:d peak_count:n"
        " expected_count:n peak_score:n is_current is_confirmed",
        "is_current desc, last_seen_on desc, peak_score desc, stream, topic_code, district_code, first_seen_on",
        ("topic_name",),
    ),
    "gaming": of_mart(
        "gaming",
        "detector item_code item_name district_code district_name case_count:n odd_count:n like_ratio:n event_date:d",
        "detector, odd_count desc, subject_id",
        ("item_name",),
    ),
    "reply": of_mart(
        "reply",
        "case_id department_id department_name event_date:d reply_score:n relevant_score:n concrete_score:n"
        " on_time_score:n polite_score:n template_ratio:n is_template named_kinds excerpt",
        "reply_score, case_id",
        ("case_id", "excerpt", "department_name"),
    ),
    "reply_quality": of_mart(
        "reply_quality",
        "department_id department_name month:d reply_count:n reply_score:n relevant_score:n concrete_score:n"
        " on_time_score:n polite_score:n template_count:n",
        "month desc, department_id",
        ("department_name",),
    ),
    "topic": of_mart(
        "topic",
        "event_id event_label district_code district_name entity_id:id name first_seen_on:d rose_on:d last_seen_on:d"
        " author_count:n text_count:n order_count:n repost_items:n engagement_count:n heat_score:n people_score:n"
        " texts_score:n engagement_score:n growth_score:n is_rising respond_by:d",
        "heat_score desc, event_id",
        ("event_label", "name", "event_id"),
    ),
    "metric_value": of_mart(
        "metric_value",
        "metric_id area metric_name metric_value:n unit_zh metric_definition direction owner metric_source"
        " metric_treatment numerator:n denominator:n compare_label compare_value:n row_count:n data_through:d as_of:d"
        " sql_text",
        "area, metric_id",
        ("metric_name", "metric_definition", "metric_id"),
    ),
    "warning": of_mart(
        "warning",
        "warning_id warning_level warning_kind subject_name evidence_zh evidence_count:n measured:n first_seen_on:d"
        " days_left:n department_id department_name district_code entity_id:id warning_state decided_at:d",
        "level_no, days_left nulls last, warning_kind, subject_id",
        ("subject_name", "evidence_zh", "warning_id"),
    ),
    **TEXT_LISTINGS,
}
