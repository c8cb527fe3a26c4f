"""Named queries behind the wall screen: short lists of the marts.

What the desk pages ask for as well stands in data.py and casework_data.py.
"""

import polars as pl

from dashboards.door import Door

WARNINGS = 24


def warnings(door: Door) -> pl.DataFrame:
    """The warnings in force that nobody has settled, worst first."""
    return door.frame(
        f"select w.*, d.district_name from mart.warning as w"
        f" left join (select district_code, district_name from mart.district) as d on d.district_code = w.district_code"
        " where w.warning_state not in ('settled', 'dismissed')"
        f" order by w.level_no, w.days_left nulls last, w.warning_id limit {WARNINGS}",
    )


def open_warnings(door: Door) -> int:
    """How many warnings are in force and not settled."""
    return int(
        door.frame(
            "select count(*) as n from mart.warning where warning_state not in ('settled', 'dismissed')",
        ).item()
    )


def heat(door: Door, rows: int) -> pl.DataFrame:
    """Orders of the last 7 days by category and district, most orders first."""
    counted = door.frame(
        "select category_name as topic, district_code, district_name, cast(sum(order_count) as bigint) as order_count"
        " from mart.hotline_heat group by category_name, district_code, district_name",
    )
    most = (
        counted.group_by("topic")
        .agg(total=pl.col("order_count").sum())
        .sort("total", "topic", descending=[True, False])
    )
    return most.head(rows).join(counted, on="topic", maintain_order="left")


def rising(door: Door, rows: int) -> pl.DataFrame:
    """The matters with most orders of the last 7 days, with what 28 days before led one to expect."""
    return door.frame(
        f"select item_name, count_7d, baseline_7d, excess_score, district_names from mart.hotline_rising"
        f" where count_7d > 0 order by count_7d desc, item_name limit {rows}"
    )


def topics(door: Door, rows: int) -> pl.DataFrame:
    """Events that many speak of, the rising ones first and then the hottest."""
    return door.frame(
        "select event_id, event_label, district_name, first_seen_on, author_count, text_count, order_count, heat_score,"
        " growth_score, is_rising, respond_by from mart.topic order by is_rising desc, heat_score desc, event_id"
        f" limit {rows}"
    )


def funnel(door: Door) -> pl.DataFrame:
    """Orders of the last 30 days by step reached."""
    return door.frame("select * from mart.hotline_funnel order by step_no")


def hotline_days(door: Door, count: int) -> pl.DataFrame:
    """The last days of orders with the band that was expected, oldest first."""
    return door.frame(f"select * from (select * from mart.hotline_day order by day desc limit {count}) order by day")


def departments(door: Door, rows: int) -> pl.DataFrame:
    """Departments with most orders; ratios are shrunk, counts stand beside them."""
    return door.frame(f"select * from mart.hotline_department order by order_count desc, department_id limit {rows}")


def approval_items(door: Door, rows: int) -> pl.DataFrame:
    """The approval items with most cases that have a limit by law."""
    return door.frame(
        f"select * from mart.approval_item where closed_count > 0 and statutory_days > 0"
        f" order by opened_count desc, item_code limit {rows}"
    )


def approval_months(door: Door, count: int) -> pl.DataFrame:
    """The last months of approvals, oldest first."""
    return door.frame(
        f"select * from (select * from mart.approval_month order by month desc limit {count}) order by month"
    )


def open_approvals(door: Door, rows: int) -> pl.DataFrame:
    """Open approvals that are overdue or nearly so, most urgent first."""
    return door.frame(f"select * from mart.approval_open order by days_left, case_id limit {rows}")


def longest_steps(door: Door, rows: int) -> pl.DataFrame:
    """The longest step of each approval item, slowest first, with its median of the year before."""
    return door.frame(
        "select item_name, step_kind, median_hours, previous_median_hours from mart.approval_step"
        f" where is_longest and median_hours > 0 order by median_hours desc, item_code, step_kind limit {rows}"
    )


def drawn(door: Door) -> int:
    """Entities that the plan of the run draws."""
    return int(door.frame("select coalesce(sum(drawn_count), 0) as n from mart.draw_stratum").item())


def late_tables(door: Door) -> dict[str, int]:
    """Tables all of whose sources are late, with the age in days of the latest."""
    found = door.frame(
        "select table_name, min(age_days) as age_days from mart.data_age group by table_name having bool_and(is_late)"
    )
    return dict(found.rows())
