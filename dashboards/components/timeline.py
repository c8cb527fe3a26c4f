"""The timeline of one entity: events in words, newest first, by year.

Rows come from `data.entity_events`; the words for codes are in `dashboards/labels.py`.
"""

from collections.abc import Callable
from itertools import groupby
from typing import Any

import polars as pl
from dash import html

from dashboards import labels
from dashboards.formats import day, number

Row = dict[str, Any]
Words = tuple[str, str, str]


def timeline(events: pl.DataFrame) -> html.Div:
    """Events grouped by year; each with its date, kind, words and department."""
    parts: list[Any] = []
    for year, rows in groupby(events.iter_rows(named=True), key=lambda row: row["event_date"].year):
        parts.append(html.H3(f"{year} 年"))
        parts.append(html.Ol([_event(row) for row in rows]))
    return html.Div(parts, className="timeline")


def _event(row: Row) -> html.Li:
    kind, words, tone = EVENTS[row["event_kind"]](row)
    return html.Li(
        [
            html.Time(day(row["event_date"]), dateTime=day(row["event_date"])),
            html.Span(kind, className="kind"),
            html.Span(words, title=row["event_id"]),
            html.Span(row["department_name"] or "", className="muted"),
        ],
        className=tone,
    )


def _inspection(row: Row) -> Words:
    critical, serious, minor = (int(n) for n in row["detail"].split("/"))
    found = [f"{name} {n}" for name, n in (("严重", critical), ("较重", serious), ("轻微", minor)) if n]
    words = f"{labels.word(labels.INSPECTION_KIND, row['subject'])}：{labels.word(labels.RESULT, row['outcome'])}"
    tone = {"fail": "bad", "rectify": "warn"}.get(row["outcome"], "ok" if row["outcome"] == "pass" else "plain")
    return "检查", words + (f"（{'，'.join(found)}）" if found else ""), tone


def _penalty(row: Row) -> Words:
    amount = f"，{number(float(row['detail']))} 元" if row["detail"] else ""
    severity = labels.word(labels.PENALTY_SEVERITY, row["outcome"])
    return "处罚", f"{labels.word(labels.PENALTY_KIND, row['subject'])}（情节{severity}{amount}）", "bad"


def _licence(row: Row) -> Words:
    until = f"，有效至 {row['detail']}" if row["detail"] else ""
    return "许可", f"{row['subject']}{labels.word(labels.APPLICATION_KIND, row['outcome'])}{until}", "plain"


def _complaint(row: Row) -> Words:
    upheld = {"true": "，属实", "false": "，不属实"}.get(row["outcome"] or "", "")
    closed = f"办结 {row['detail']}{upheld}" if row["detail"] else "未办结"
    return "投诉", f"{row['subject']}（{closed}）", "warn"


def _abnormal_list(row: Row) -> Words:
    action = labels.word(labels.LISTING_ACTION, row["outcome"])
    return (
        "名录",
        f"{action}{labels.word(labels.LIST_KIND, row['subject'])}",
        "bad" if row["outcome"] == "listed" else "ok",
    )


def _change(row: Row) -> Words:
    return "变更", f"变更{labels.word(labels.CHANGE_KIND, row['subject'])}", "plain"


def _annual_report(row: Row) -> Words:
    return "年报", f"报送 {row['subject']} 年度报告", "plain"


def _visit(row: Row) -> Words:
    return "到访", f"{labels.word(labels.VISIT_CAUSE, row['subject'])}到访", "plain"


def _service_case(row: Row) -> Words:
    closed = f"办结 {row['detail']}" if row["detail"] else "在办"
    return labels.word(labels.CASE_KIND, row["subject"]), f"{row['outcome']}（{closed}）", "plain"


EVENTS: dict[str, Callable[[Row], Words]] = {
    "inspection": _inspection,
    "penalty": _penalty,
    "licence": _licence,
    "complaint": _complaint,
    "abnormal_list": _abnormal_list,
    "change": _change,
    "annual_report": _annual_report,
    "visit": _visit,
    "service_case": _service_case,
}
