"""预警处置: one warning — its clock, the records it rests on, whom it concerns — and what is done with it, by whom.

What a click does is warning_acts'; the mart follows at a later refresh, and the page says so.
"""

from datetime import datetime
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ALL, Input, Output, State, ctx, dcc, get_relative_path, html, no_update

from dashboards import data, labels, warning_acts, warning_data
from dashboards.components import badge
from dashboards.components.case import case_parts
from dashboards.components.panel import empty, facts, heading, panel
from dashboards.components.sourced import source
from dashboards.components.table import table
from dashboards.door import Door, current_door
from dashboards.formats import MISSING, day, instant, number

NAME = "预警处置"
PATH = "/warnings/<warning_id>"
_TONE = {"new": "bad", "acknowledged": "warn", "handed_over": "warn", "suggested": "warn"}


def body(door: Door, warning_id: str = "", **_query: str) -> list[Any]:
    """The page of one warning, or a plain statement that there is none to show."""
    row = warning_data.found(door, warning_id)
    if row is None:
        why = "预警已不再有效、编号不存在，或不在您的辖区范围内。"
        back = dcc.Link("全部预警", href=get_relative_path("/warnings"), className="button")
        return [heading("没有可显示的预警", html.Span(className="spring"), back), panel(NAME, empty(why))]
    level = row["warning_level"]
    return [
        heading(
            row["subject_name"],
            html.Span(labels.WARNING_LEVEL[level], className="level", **{"data-level": level}),
            html.Span(labels.word(labels.WARNING_KIND, row["warning_kind"]), className="count"),
            _clock(row),
            html.Span(className="spring"),
            dcc.Link("全部预警", href=get_relative_path("/warnings"), className="button"),
        ),
        dcc.Store(id="warning-id", data=warning_id),
        html.Div(
            [
                html.Div([_what(row), *_records(door, row), _concerned(door, warning_id)], className="stack"),
                html.Div(handled(door, row), id="warning-handled"),
            ],
            className="columns wide-left top",
        ),
    ]


def register(app: dash.Dash) -> None:
    """Each button does one thing; the part of the page that tells what was done is written anew."""

    @app.callback(
        Output("warning-handled", "children"),
        Input({"type": "warning-act", "act": ALL}, "n_clicks"),
        State("warning-id", "data"),
        State("warning-seen", "data"),
        State("warning-reason", "value"),
        State("warning-to", "value"),
        State("warning-most", "value"),
        prevent_initial_call=True,
    )
    def handle(_clicks: list[int], warning_id: str, seen: int, reason: str, to: str | None, most: Any) -> Any:
        if not ctx.triggered_id or not any(one["value"] for one in ctx.triggered):
            return no_update
        door = current_door()
        row = warning_data.found(door, warning_id)
        if row is None:
            return [panel("处置", empty("这条预警已不再有效，没有登记。"))]
        told = warning_acts.do(door, row, ctx.triggered_id["act"], seen, reason or "", to, most)
        return handled(door, row, told, (reason or "") if told else "")


def handled(door: Door, row: dict[str, Any], told: str = "", kept: str = "") -> list[Any]:
    """State now, the form for who may act, and everything done so far; `told` went wrong, `kept` stays in the form."""
    acts, names = warning_data.acts(door, row["warning_id"]), data.departments(door)
    owner = warning_acts.owner(door, row)
    return [
        panel(
            "处置",
            _standing(row, warning_acts.now(door, row)),
            facts([("责任部门", names.get(owner, owner) if owner else "未定，任何有权处置的监管人员均可签收")]),
            *([html.Div(html.B(told), className="verdict bad", role="alert")] if told else []),
            _form(door, owner, acts[-1].event_no if acts else 0, names, kept),
        ),
        _history(door, acts, names),
    ]


def _standing(row: dict[str, Any], now: Any) -> html.Div:
    action = now.action if now else row["warning_state"]
    parts: list[Any] = ["现在：", badge.state(labels.word(labels.WARNING_STATE, action), _TONE.get(action, "ok"))]
    if not warning_data.is_published(row, now):
        before = labels.word(labels.WARNING_STATE, row["warning_state"])
        parts.append(
            html.Small(f"已登记，尚未进入快照（快照中为“{before}”）；截止日到了登记当日的刷新采用", className="muted")
        )
    return html.Div(parts, className="beside standing", role="status")


def _form(door: Door, owner: str | None, seen: int, names: dict[str, str], kept: str) -> html.Div:
    if not warning_data.may_act(door, owner):
        return html.P("由监管人员在其部门、区县范围内处置；您可以查看。", className="muted")

    def button(act: str, kind: str = "plain") -> html.Button:
        return html.Button(warning_acts.ACTS[act], id={"type": "warning-act", "act": act}, className=kind, n_clicks=0)

    return html.Div(
        [
            dcc.Store(id="warning-seen", data=seen),
            dmc.Textarea(
                id="warning-reason",
                label="理由或办理情况（必填，留痕）",
                value=kept,
                autosize=True,
                minRows=2,
            ),
            html.Div([button("acknowledged", "button"), button("settled"), button("dismissed")], className="controls"),
            html.Div(
                [
                    dmc.Select(
                        id="warning-to",
                        data=[{"value": code, "label": name} for code, name in names.items()],
                        placeholder="转交给哪个部门",
                        searchable=True,
                        clearable=True,
                        size="xs",
                        w=220,
                        **{"aria-label": "转交给哪个部门"},
                    ),
                    button("handed_over"),
                ],
                className="controls",
            ),
            html.Div(
                [
                    dmc.NumberInput(
                        id="warning-most",
                        value=warning_acts.MOST_SUGGESTED,
                        min=1,
                        max=500,
                        allowDecimal=False,
                        size="xs",
                        w=220,
                        suffix=" 户（证据多者在先）",
                        **{"aria-label": "最多建议检查几户"},
                    ),
                    button("suggested"),
                ],
                className="controls",
            ),
        ],
        className="act",
    )


def _history(door: Door, acts: list[Any], names: dict[str, str]) -> html.Section:
    title = "处置记录"
    if not acts:
        return panel(title, html.P("还没有人处置。", className="muted"))
    items = []
    for event in reversed(acts):
        told = event.payload
        what: list[Any] = [html.B(warning_acts.ACTS.get(told["action"], told["action"]))]
        if told.get("department_id"):
            what.append(f" 给 {names.get(told['department_id'], told['department_id'])}")
        if told.get("entity_ids"):
            what.append(f" {number(len(told['entity_ids']))} 户")
        who = event.actor if door.sees("inspector") else "（不显示）"
        items.append(
            html.Li(
                [
                    html.Div(
                        [*what, html.Span(f" {instant(datetime.fromisoformat(event.at))} · {who}", className="muted")]
                    ),
                    html.P(event.reason),
                ]
            )
        )
    return panel(title, html.Ol(items, className="acts"), note=f"{len(acts)} 次 · 只增不改")


def _clock(row: dict[str, Any]) -> Any:
    left = row["days_left"]
    if left is None:
        return ""
    return badge.state(f"剩 {left} 日" if left >= 0 else f"超期 {-left} 日", "warn" if left >= 0 else "bad")


def _what(row: dict[str, Any]) -> html.Section:
    told: list[tuple[str, Any]] = [
        ("证据", f"{number(row['evidence_count'])} 条"),
        ("区县", row["district_name"] or row["district_code"] or MISSING),
        ("首次识别", day(row["first_seen_on"])),
        ("预警编号", html.Code(row["warning_id"])),
    ]
    if row["entity_id"] is not None:
        told.append(("主体", dcc.Link("打开档案", href=get_relative_path(f"/entity/{row['entity_id']}"))))
    return panel("依据", html.P(row["evidence_zh"], className="definition"), facts(told), note=source("mart.warning"))


def _records(door: Door, row: dict[str, Any]) -> list[Any]:
    """The records behind the warning: a case with its clocks, or rows of the table that its kind rests on."""
    title = "依据的记录"
    if row["warning_kind"] == "overdue":
        made = warning_data.of_case(door, row)
        return [panel(title, empty("案件的环节不在您可读的范围内。"))] if made is None else case_parts(made)
    behind = warning_data.RECORDS[row["warning_kind"]]
    rows, total = behind.read(door, row)
    if rows.is_empty():
        return [panel(title, empty("记录不在您可读的范围内，或刷新后已变化。"), note=source("mart.warning"))]
    columns = [
        (name, {"entity": "text", "code": "short", "date": "short", "item": "short"}.get(look, look))
        for _, name, look in behind.columns
    ]
    cells = [[_cell(one, field, look) for field, _, look in behind.columns] for one in rows.iter_rows(named=True)]
    shown = f"{number(total)} 条" if total == rows.height else f"列出前 {rows.height} 条，共 {number(total)} 条"
    note_ = html.Span([html.Span(shown), source(behind.table)], className="beside")
    return [panel(title, table(columns, cells, title, is_tight=True), note=note_)]


def _cell(row: dict[str, Any], field: str, look: str) -> Any:
    value = row[field]
    if value is None:
        return MISSING
    if look == "entity":
        return dcc.Link(value, href=get_relative_path(f"/entity/{row['entity_id']}")) if row["entity_id"] else value
    shown = {"code": html.Code, "date": day, "number": number, "item": lambda kind: labels.word(labels.ITEM_KIND, kind)}
    return shown.get(look, str)(value)


def _concerned(door: Door, warning_id: str) -> html.Section:
    title, frame = "所涉主体", warning_data.concerned(door, warning_id)
    if frame.is_empty():
        return panel(title, html.P("这条预警不涉及可以检查的在册主体，不能转为建议检查。", className="muted"))
    columns = [
        ("次序", "number"),
        ("主体", "text"),
        ("统一社会信用代码", "short"),
        ("信用", "badge"),
        ("风险", "badge"),
        ("证据", "number"),
    ]
    rows = [
        [
            number(row["rank_no"]),
            dcc.Link(row["name"] or MISSING, href=get_relative_path(f"/entity/{row['entity_id']}")),
            html.Code(row["entity_code"]),
            badge.grade(row["credit_grade"]),
            badge.grade(row["risk_grade"]),
            number(row["evidence_count"]),
        ]
        for row in frame.iter_rows(named=True)
    ]
    note_ = html.Span(
        [html.Span("证据多者在先；“建议检查”依此次序"), source("mart.warning_entity")], className="beside"
    )
    return panel(title, table(columns, rows, title, is_tight=True), note=note_)
