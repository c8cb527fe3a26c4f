"""规则: every rule in force on a day — value, unit, source, who uses it — its versions, and what differs between days.

Rules come with the snapshot, as the run used them; they are changed in files, not here (models/policy).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import dash
from dash import dcc, html

from dashboards import labels, policy_data
from dashboards.components.badge import state
from dashboards.components.choice import address, day_picker, select, text_box
from dashboards.components.panel import empty, facts, heading, panel
from dashboards.components.sourced import source
from dashboards.components.table import table
from dashboards.door import Door
from dashboards.formats import MISSING, day, number
from dashboards.policy_data import Place, Rule, Version

Names = Mapping[str, str]
NAME = "规则"
PATH = "/policies"
_LOCAL = "本地默认值"
SHOWN_PARTS = 400
SHOWN_DAYS = 8
LONGEST_SHOWN = 90
LONG_NUMBER = 10_000  # from here on thousands are set apart; years and codes are not


def body(door: Door, **query: str) -> list[Any]:
    """The page; `day`, `group` and `keyword` choose the rules, `rule` opens one, `before` is compared with."""
    found = policy_data.rules(door)
    if not found:
        return [heading(NAME), panel(NAME, empty("这份快照没有规则表；由新版程序再刷新一次即有。"))]
    asked, before = _day(query.get("day")) or policy_data.as_of(door), _day(query.get("before"))
    order, names = list(labels.POLICY_GROUP), policy_data.part_names(door, found)
    in_force = [(rule, version) for rule in found.values() if (version := rule.at(asked))]
    chosen = [(rule, version) for rule, version in in_force if _is_asked(rule, version, query, names)]
    chosen.sort(key=lambda one: order.index(one[0].group) if one[0].group in order else len(order))
    opened = found.get(query.get("rule", ""))
    days = {name: query[name] for name in ("day", "before") if _day(query.get(name))}
    kept = days | {name: query[name] for name in ("group", "keyword") if query.get(name)}
    return [
        heading(
            NAME,
            html.Span(f"{len(chosen)} 条", className="count"),
            html.Span(
                f"{asked} 生效 · 系统计算、评级、抽查、预警所依据的全部数值，均有起始日与出处", className="muted"
            ),
            html.Span(className="spring"),
            dcc.Link("指标口径", href=address("/metrics"), className="button"),
        ),
        _controls(found, asked, before, kept),
        *([_differences(found, before, asked, names)] if before else []),
        *([_rule(door, opened, asked, kept, names)] if opened else []),
        _list(chosen, kept, query.get("rule", ""), names),
    ]


def register(app: dash.Dash) -> None:
    """Everything on this page is chosen by its address."""


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _is_asked(rule: Rule, version: Version, query: dict[str, str], names: Names) -> bool:
    told = " ".join((rule.policy_id, rule.title, rule.unit, *rule.cited, text(version.value, names))).lower()
    return query.get("group") in (None, "", rule.group) and query.get("keyword", "").strip().lower() in told


def _controls(found: dict[str, Rule], asked: date, before: date | None, kept: dict[str, str]) -> html.Div:
    used = {rule.group for rule in found.values()}
    groups = {name: title for name, title in labels.POLICY_GROUP.items() if name in used}
    starts = [
        dcc.Link(
            str(one),
            href=address(PATH, **{**kept, "day": str(one)}),
            className="chip chosen" if one == asked else "chip",
        )
        for one in policy_data.changed_on(found.values())[:SHOWN_DAYS]
    ]
    return html.Div(
        [
            day_picker("day", "生效日", str(asked)),
            select("group", "全部类别", groups, kept.get("group"), 150),
            text_box("keyword", "名称、编号、数值或出处", kept.get("keyword", ""), 240),
            day_picker("before", "比较", str(before or "")),
            html.Div([html.Span("规则起止日", className="muted"), *starts], className="chips"),
        ],
        className="controls",
        role="search",
    )


def _list(rules: list[tuple[Rule, Version]], kept: dict[str, str], opened: str, names: Names) -> html.Section:
    if not rules:
        return panel("规则", empty("这一天没有符合条件的规则。"))
    columns = [
        ("类别", "short"),
        ("规则", "text"),
        ("数值", "text"),
        ("单位", "text"),
        ("自", "short"),
        ("版本", "number"),
        ("出处", "text"),
    ]
    rows = []
    for rule, version in rules:
        link = dcc.Link(
            html.B(rule.title) if rule.policy_id == opened else rule.title,
            href=address(PATH, **kept, rule=rule.policy_id),
        )
        rows.append(
            [
                labels.word(labels.POLICY_GROUP, rule.group),
                html.Div([link, html.Div(html.Code(rule.policy_id), className="basis")]),
                html.Span(_short(text(version.value, names)), title=text(version.value, names)),
                html.Span(rule.unit, className="basis"),
                day(version.first),
                number(len(rule.versions)),
                html.Span("；".join(rule.cited), className="basis"),
            ]
        )
    told = html.Span("点规则名看全部数值、出处条款、由谁使用与历次版本")
    shown = html.Div(table(columns, rows, "规则"), className="policies")
    return panel("规则", shown, note=html.Span([told, source("policy.value")], className="beside"))


def _rule(door: Door, rule: Rule, asked: date, kept: dict[str, str], names: Names) -> html.Section:
    version = rule.at(asked)
    close = dcc.Link("收起", href=address(PATH, **kept))
    return panel(
        rule.title,
        facts(
            [
                ("编号", html.Code(rule.policy_id)),
                ("单位", rule.unit),
                (
                    "有效期",
                    f"{day(version.first)} 至 {day(version.last) if version.last else '今后'}"
                    if version
                    else "这一天尚未生效",
                ),
                ("版本", f"{len(rule.versions)} 个"),
            ]
        ),
        html.Div(
            [
                html.Div([html.H3(f"{asked} 的数值"), _parts(version, names)]),
                html.Div([html.H3("出处"), _cited(door, rule), html.H3("由谁使用"), _users(door, rule)]),
            ],
            className="columns halves",
        ),
        html.H3("历次版本"),
        *_history(rule, names),
        note=close,
    )


def _parts(version: Version | None, names: Names) -> Any:
    if version is None:
        return html.P("这一天没有值。", className="muted")
    if not isinstance(version.value, dict | list):
        return html.P(html.B(_plain(version.value, names), className="numeral"))
    found = list(policy_data.parts(version.value).items())
    rows = [[_place(path, names), _plain(value, names)] for path, value in found[:SHOWN_PARTS]]
    return table([("项", "short"), ("值", "text")], rows, "数值", is_tight=True)


def _cited(door: Door, rule: Rule) -> Any:
    known = policy_data.sources(door)
    items = []
    for cited in rule.cited:
        one = known.get(cited, {})
        told = " · ".join(
            part
            for part in (
                one.get("issuer"),
                f"{day(one['in_force'])} 起施行" if one.get("in_force") else "",
                one.get("note"),
            )
            if part
        )
        badge = [" ", state("无公开规定", "plain")] if cited == _LOCAL else []
        items.append(html.Li([html.B(cited), *badge, html.Div(told, className="basis")]))
    return html.Ul(items, className="plain-list")


def _users(door: Door, rule: Rule) -> Any:
    used = policy_data.uses(door, rule.policy_id)
    told: list[tuple[str, Any]] = []
    if used.indicators:
        told.append((f"指标（{len(used.indicators)}）", "、".join(used.indicators)))
    if used.tables:
        links = [dcc.Link(html.Code(name), href=address("/tables", table=name)) for name in used.tables]
        told.append((f"数据表（{len(links)}）", html.Span([part for link in links for part in (link, " ")])))
    if used.metrics:
        links = [dcc.Link(name, href=address("/metrics", keyword=metric)) for metric, name in used.metrics.items()]
        told.append((f"统计指标（{len(links)}）", html.Span([part for link in links for part in (link, "、")][:-1])))
    if used.modules:
        told.append((f"程序（{len(used.modules)}）", html.Code("、".join(used.modules))))
    if not told:
        return html.P("没有指标、数据表或程序按编号读取它。", className="muted")
    return html.Dl([html.Div([html.Dt(name), html.Dd(what)]) for name, what in told], className="users")


def _history(rule: Rule, names: Names) -> list[Any]:
    rows = []
    for place in reversed(range(len(rule.versions))):
        one = rule.versions[place]
        span = f"{day(one.first)} 至 {day(one.last) if one.last else '今后'}"
        if place == 0:
            rows.append([span, "最早的版本", ""])
            continue
        changed = policy_data.differences(rule.versions[place - 1].value, one.value)
        rows.append([span, f"{len(changed)} 处与上一版不同", _changes(changed, names)])
    return [table([("有效期", "short"), ("变化", "short"), ("内容", "text")], rows, "历次版本", is_tight=True)]


def _changes(changed: list[tuple[Place, Any, Any]], names: Names) -> html.Ul:
    lines = [
        html.Li(
            [
                _place(path, names) if path else "值",
                "：",
                html.Del(_plain(old, names)) if old is not None else "新增",
                " → ",
                html.Ins(_plain(new, names)) if new is not None else "取消",
            ]
        )
        for path, old, new in changed[:SHOWN_PARTS]
    ]
    return html.Ul(lines, className="plain-list")


def _differences(found: dict[str, Rule], before: date, after: date, names: Names) -> html.Section:
    title = f"{before} 与 {after} 的差异"
    changed, alone = [], []
    for rule in found.values():
        old, new = rule.at(before), rule.at(after)
        if old == new:
            continue
        link = dcc.Link(rule.title, href=address(PATH, day=str(after), before=str(before), rule=rule.policy_id))
        if old and new:
            changed.append([link, "改变", _changes(policy_data.differences(old.value, new.value), names)])
        else:
            told = "前一日尚无此规则" if new else "后一日尚无此规则"
            alone.append([link, "只有一日有", html.Span(told, className="muted")])
    rows = [*changed, *alone]
    if not rows:
        return panel(title, html.P("两天的规则完全相同。"))
    columns = [("规则", "text"), ("变化", "short"), ("前 → 后", "text")]
    return panel(title, table(columns, rows, title, is_tight=True), note=f"{len(rows)} 条不同")


def text(value: Any, names: Names) -> str:
    """A value in one line: parts with where they stand."""
    if not isinstance(value, dict | list):
        return _plain(value, names)
    told = policy_data.parts(value).items()
    return "；".join(
        f"{worded(place, names)} {_plain(one, names)}" if place else _plain(one, names) for place, one in told
    )


def worded(place: Place, names: Names) -> str:
    """Where a part stands, in words; what has no name of its own (a number) stays."""
    return " › ".join(names.get(key, key) for key in place)


def _place(place: Place, names: Names) -> html.Span:
    return html.Span(worded(place, names) or "—", title=".".join(place))


def _short(told: str) -> str:
    return told if len(told) <= LONGEST_SHOWN else f"{told[:LONGEST_SHOWN]}……"


def _plain(value: Any, names: Names) -> str:
    if value is None or isinstance(value, bool):
        return {None: MISSING, True: "是", False: "否"}[value]
    if isinstance(value, list):
        if any(isinstance(one, list) for one in value):
            return "".join(f"（{_plain(one, names)}）" for one in value)
        return "、".join(_plain(one, names) for one in value) or "（空）"
    if isinstance(value, dict):
        return "（空）"
    if isinstance(value, str):
        return policy_data.said(value, names)
    return number(value) if isinstance(value, int) and abs(value) >= LONG_NUMBER else str(value)
