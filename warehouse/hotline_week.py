"""What the weekly hotline report says: figures of the published snapshot, by name.

Not here: how it looks (pipelines/reports). Every figure is a metric or a row of a mart; none is computed here.
"""

from __future__ import annotations

from typing import Any

from warehouse.serving import ServingReader

_METRICS = """select metric_id, metric_name, unit_zh, metric_value, compare_value, compare_label, metric_definition
from mart.metric_value where area in ('hotline', 'hotline_quality') order by area, metric_id"""
_PARTS = {
    "days": "select day, order_count, expected_low, expected_high, is_anomaly from mart.hotline_day"
    " order by day desc limit 14",
    "rising": "select item_name, count_7d, baseline_7d, excess_score, district_names from mart.hotline_rising"
    " where excess_score > 0 order by excess_score desc, item_code limit 8",
    "bursts": "select topic_name, district_name, first_seen_on, last_seen_on, peak_count, expected_count, peak_score"
    " from mart.burst where stream = 'hotline'"
    " order by last_seen_on desc, peak_score desc, topic_code, district_code limit 6",
    "categories": "select field_name, category_name, cast(sum(order_count) as bigint) as order_count"
    " from mart.hotline_heat group by field_name, category_code, category_name"
    " order by order_count desc, category_code limit 10",
    "departments": "select department_name, order_count, solved_ratio, satisfied_ratio, overdue_count, returned_count"
    " from mart.hotline_department order by satisfied_ratio, department_id limit 20",
    "repeats": "select item_name, district_name, repeat_count, most_count from mart.hotline_repeat"
    " order by repeat_count desc, item_code, district_code limit 6",
    "warnings": "select warning_level, subject_name, evidence_zh from mart.warning"
    " where warning_kind in ('burst', 'satisfaction') order by level_no, subject_id limit 10",
}


def hotline_week(reader: ServingReader) -> dict[str, Any]:
    """Return `run` (the run that made the snapshot), `metrics` and the parts of the report as rows.

    Raises:
        NotPublishedError: nothing is published.
        ValueError: the snapshot holds no hotline orders.
    """
    parts = {name: reader.query(sql).to_dicts() for name, sql in _PARTS.items()}
    if not parts["days"]:
        raise ValueError("the published snapshot holds no hotline orders: there is nothing to report")
    run = reader.query("select run_id, as_of, policy_version, feeds from run.info").row(0, named=True)
    return {"run": run, "metrics": reader.query(_METRICS).to_dicts(), **parts}
