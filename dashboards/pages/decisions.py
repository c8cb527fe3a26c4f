"""人工决定: repairs, overrides, objections and other requests — who, why, until when, and what became of them.

Decisions are made with `mingcha decide`; a page records none.
"""

from datetime import date
from typing import Any

import dash
from dash import dcc, get_relative_path, html

from dashboards import formats, grade_data, labels
from dashboards.components.badge import state
from dashboards.components.panel import empty, heading, panel
from dashboards.components.table import table
from dashboards.door import Door
from dashboards.formats import MISSING, day, instant

NAME = "人工决定"
PATH = "/decisions"


def body(door: Door, **_query: str) -> list[Any]:
    """The page: what waits for an answer first, then what changes grades now, then everything else."""
    today = formats.today()
    made = [(d, entity, grade_data.due(d)) for d, entity in grade_data.decided(door)]
    waiting = [one for one in made if one[2] is not None and one[0].outcome is None and not one[0].withdrawn_at]
    holding = [one for one in made if grade_data.has_effect(one[0], today)]
    rest = [one for one in made if one not in waiting and one not in holding]
    late = sum(1 for one in waiting if one[2] is not None and one[2] < today)
    return [
        heading(NAME, *([state(f"{late} 项逾期未答复", "bad")] if late else [])),
        html.P(
            "决定只增不改，到期自动失效，不改动任何报送数据；下一次刷新采用。算出的等级始终保留。", className="muted"
        ),
        _list(door, "待答复的申请", waiting, today, "没有待答复的异议或申请。"),
        _list(door, "生效中的修复与认定", holding, today, "没有生效中的信用修复或人工认定。"),
        _list(door, "其他：已办结、到期、撤回或未到生效日", rest, today, "没有其他决定。"),
    ]


def register(app: dash.Dash) -> None:
    """Nothing reacts on this page."""


def rows(door: Door, made: list[Any], today: date) -> list[list[Any]]:
    """Decisions as cells of a table; who decided is personal and shown to regulators only."""
    return [
        [
            str(d.decision_no),
            labels.word(labels.DECISION, d.kind),
            dcc.Link(entity["name"], href=get_relative_path(f"/entity/{d.entity_id}")),
            about(d),
            f"{day(d.valid_from)} 至 {day(d.valid_to) if d.valid_to else '长期'}" if last is None else MISSING,
            d.actor if door.sees("inspector") else "（不显示）",
            html.Span(d.reason, title=instant(d.decided_at)),
            _became(d, last, today),
        ]
        for d, entity, last in made
    ]


def about(made: Any) -> str:
    """What a decision is about: a scorecard and grade, a record, or the grade itself."""
    if made.pack_id:
        return f"{labels.word(labels.PACK, made.pack_id)}等级认定为 {made.grade}"
    if made.record_kind:
        return f"{labels.word(labels.RECORD, made.record_kind)} {made.record_id}"
    return "等级"


def _became(made: Any, last: date | None, today: date) -> Any:
    if made.withdrawn_at:
        return state(f"{instant(made.withdrawn_at)} 撤回", "plain")
    if made.outcome:
        return html.Span([state(labels.word(labels.OUTCOME, made.outcome), "ok"), f" {made.answer}"])
    if last is not None:
        return state(f"应于 {last} 前答复", "bad" if last < today else "warn")
    if made.is_valid_on(today):
        return state("生效中", "ok")
    return state("未到生效日" if made.valid_from > today else "已到期", "plain")


def _list(door: Door, title: str, made: list[Any], today: date, nothing: str) -> html.Section:
    if not made:
        return panel(title, empty(nothing))
    columns = [
        ("编号", "short"),
        ("类别", "short"),
        ("主体", "text"),
        ("所涉", "text"),
        ("有效期", "short"),
        ("谁", "short"),
        ("为什么", "text"),
        ("状态", "text"),
    ]
    return panel(title, table(columns, rows(door, made, today), title), note=f"{len(made)} 项")
