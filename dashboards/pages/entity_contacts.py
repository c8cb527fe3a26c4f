"""到访与办件: who came to an entity and why, and its approvals, orders, disputes and other cases; parts of 主体档案.

Counting is the ledger's (plan.burden) and the clocks' (known.case_clock).
"""

from typing import Any

from dash import dcc, get_relative_path, html

from dashboards import entity_data, labels
from dashboards.components.badge import state
from dashboards.components.panel import panel
from dashboards.components.sourced import source
from dashboards.components.table import table
from dashboards.door import Door
from dashboards.formats import MISSING, day, number

_TICK = {"workday": "工作日", "day": "日", "minute": "分钟"}
_CAP = {"breached": "bad", "reached": "warn", "near": "plain"}


def visits(door: Door, entity_id: int) -> html.Section:
    """Days on which a department came, what counts towards the cap, caps near, and plans that draw the entity."""
    title, (found, total) = "到访与检查次数", entity_data.contacts(door, entity_id)
    plans = entity_data.drawn(door, entity_id)
    told = [
        state(f"{one['cap_scope']}：已计 {one['counted_count']} 次，上限 {one['visit_cap']} 次", _CAP[one["cap_state"]])
        for one in entity_data.caps(door, entity_id).iter_rows(named=True)
    ]
    told += [
        dcc.Link(f"计划 {plan} 抽中", href=get_relative_path(f"/draws?plan={plan}"), className="chip") for plan in plans
    ]
    marks = [html.Div(told, className="chips marks")] if told else []
    if found.is_empty():
        return panel(title, *marks, html.P("没有部门到过该主体的记录。", className="muted"), note=source("plan.burden"))
    columns = [("日期", "short"), ("部门", "text"), ("事由", "short"), ("年度上限", "badge")]
    rows = [
        [
            day(one["event_date"]),
            one["department_name"],
            one["visit_cause_zh"],
            state("计入", "plain") if one["is_counted"] else state("不计入", "ok"),
        ]
        for one in found.iter_rows(named=True)
    ]
    shown = f"最近 {found.height} 次，共 {number(total)} 次" if total > found.height else f"共 {number(total)} 次"
    note = html.Span([html.Span(f"一个部门一天计一次 · {shown}"), source("plan.burden")], className="beside")
    return panel(title, *marks, table(columns, rows, title, is_tight=True), note=note)


def cases(door: Door, entity_id: int) -> html.Section:
    """Cases of every kind that name the entity, latest first, with what they used of their limits."""
    title, (found, totals) = "办件、工单与纠纷", entity_data.cases(door, entity_id)
    if found.is_empty():
        why = "没有关联到该主体的审批、热线工单、投诉调解或其他办件。"
        return panel(title, html.P(why, className="muted"), note=source("known.case_clock"))
    columns = [
        ("种类", "short"), ("事项", "text"), ("受理", "short"), ("办结", "short"), ("用时／时限", "number"),
        ("结果", "short"), ("评价", "number"),
    ]  # fmt: skip
    rows = [
        [
            one["kind_zh"],
            html.Span(one["item_name"], title=f"{one['case_id']} · {one['department_name']}"),
            day(one["opened_on"]),
            day(one["closed_on"]) if one["closed_on"] else state("在办", "warn"),
            _used(one),
            one["outcome_zh"] or MISSING,
            number(one["rating"]),
        ]
        for one in found.iter_rows(named=True)
    ]
    told = (("共", "all_count", " 件"), ("在办", "open_count", ""), ("超期", "overdue_count", ""))
    counts = "，".join(f"{name} {number(totals[total])}{unit}" for name, total, unit in told)
    note = html.Span(
        [html.Span(f"列最近 {found.height} 件 · {counts}"), source("known.case_clock")], className="beside"
    )
    return panel(title, table(columns, rows, title, is_tight=True), note=note)


def warned(door: Door, entity_id: int) -> list[Any]:
    """Links to the warnings that concern the entity, for its heading."""
    links = [
        dcc.Link(
            [
                html.Span(one["warning_level"], className="level", **{"data-level": one["warning_level"]}),
                f"预警：{labels.word(labels.WARNING_KIND, one['warning_kind'])}",
            ],
            href=get_relative_path(f"/warnings/{one['warning_id']}"),
            className="chip",
            title=one["subject_name"],
        )
        for one in entity_data.warnings(door, entity_id).iter_rows(named=True)
    ]
    return [html.Div(links, className="chips")] if links else []


def _used(one: dict[str, Any]) -> Any:
    if one["used_count"] is None:
        return MISSING
    text = f"{number(one['used_count'])}／{number(one['limit_count'])} {_TICK[one['clock_tick']]}"
    return html.Span(text, className="late" if one["is_overdue"] else "")
