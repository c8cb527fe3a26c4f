"""Why an entity has its grades, and what would change them: events that count, peers, decisions, history, the way up.

Everything comes from warehouse/explanation, whatif and the ledger; nothing is scored here.
"""

from typing import Any

import polars as pl
from dash import html

from dashboards import labels, words
from dashboards.components import badge
from dashboards.components.panel import empty, panel
from dashboards.components.table import table
from dashboards.formats import MISSING, day, number, percent
from dashboards.letter import change


def evidence(events: pl.DataFrame) -> html.Section:
    """The very events behind the values."""
    title = "计入评分的记录"
    if events.is_empty():
        return panel(title, empty("没有记录计入评分；各项按规则取缺省分。"))
    columns = [("类别", "short"), ("日期", "short"), ("编号", "short"), ("内容", "text"), ("何时不再计入", "text")]
    rows = [
        [
            labels.word(labels.FAMILY, row["family"]),
            day(row["event_date"]),
            html.Code(row["event_id"]),
            words.event(row),
            words.until(row) or "按回看期",
        ]
        for row in events.iter_rows(named=True)
    ]
    return panel(title, table(columns, rows, title, is_tight=True), note=f"{len(rows)} 条")


def peers(counts: pl.DataFrame, grades: dict[str, Any]) -> html.Section:
    """Grades of the entities of the same industry and district; the own grade is marked."""
    title = "同行业同区县的等级分布"
    if counts.is_empty():
        return panel(title, empty("没有同行业同区县的主体。"))
    rows = []
    for pack, own in grades.items():
        part = counts.filter(pl.col("pack_id") == pack)
        total = part["entity_count"].sum()
        for _, grade, count in part.iter_rows():
            mine = badge.state("本主体", "plain") if grade == own["scorecard_grade"] else ""
            rows.append([labels.PACK[pack], badge.grade(grade), number(count), percent(count / total), mine])
    columns = [("评分表", "short"), ("等级", "badge"), ("户数", "number"), ("占比", "number"), ("", "short")]
    return panel(title, table(columns, rows, title, is_tight=True), note="含本主体")


def history(grades: pl.DataFrame) -> html.Section:
    """Grades as they were published, latest first."""
    title = "已发布的等级"
    if grades.is_empty():
        return panel(title, empty("台账中没有该主体的等级。"))
    columns = [("截止日", "short"), ("信用", "badge"), ("信用分", "number"), ("风险", "badge"), ("风险分", "number")]
    rows = [
        [
            row["as_of"],
            badge.grade(row["credit_grade"]),
            number(row["credit_score"], 2),
            badge.grade(row["risk_grade"]),
            number(row["risk_score"], 2),
        ]
        for row in grades.iter_rows(named=True)
    ]
    return panel(title, table(columns, rows, title, is_tight=True), note="发布后不再改写")


def changes(found: Any) -> list[Any]:
    """What would better each grade, in sentences."""
    if not found.changes:
        return [html.P("各项等级已是最好一级。")]
    held = f"同行比较、关联主体等 {len(found.held)} 项指标按现状不变。" if found.held else ""
    note = f"每一结论均已用评分表重新评级核验；假定其间不发生新的事件、按期履行义务，规则不变。{held}"
    return [html.Ul([html.Li(change(one)) for one in found.changes]), html.P(note, className="foot")]


def standing(grades: dict[str, Any]) -> list[Any]:
    """Badges of grades that a person set, beside the computed ones."""
    return [
        badge.state(
            f"{labels.PACK[pack]}等级人工认定为 {row['decided_grade']}，至 {day(row['decided_until'])}"
            f"（算出 {row['scorecard_grade'] or MISSING}，决定 {row['decision_no']}）",
            "warn",
        )
        for pack, row in grades.items()
        if row["decided_grade"]
    ]
