"""回溯检验: what grades of past days, and schedules, were worth against the inspections that came afterwards.

Reports are made by `mingcha backtest` and kept beside the home; nothing is estimated here.
"""

from typing import Any
from urllib.parse import urlencode

import dash
from dash import dcc, get_relative_path, html

from dashboards import backtest_data, labels
from dashboards.components.graph import graph
from dashboards.components.panel import empty, facts, heading, panel
from dashboards.components.table import table
from dashboards.door import Door
from dashboards.figures import backtest as figures
from dashboards.formats import MISSING, number, percent
from dashboards.pages import monitoring

NAME = "回溯检验"
PATH = "/backtest"
SHOWN = 24
_GROUPS = {"size": "规模（注册资本四分位，1 最小）", "district": "区县", "industry": "行业", "hazard": "固有危害程度"}
_GROUP_NAMES = {"-": "未载明", "unregistered": "当日未在册", "high": "高", "medium": "中", "low": "低"}
Estimate = dict[str, float | None]


def body(door: Door, **query: str) -> list[Any]:
    """The page; `query` names the report that is shown, by default the latest."""
    reports = backtest_data.reports(door)
    head = heading(
        NAME, html.Span(className="spring"), html.Span("等级仅供内部监管使用，不对外公开", className="notice")
    )
    watched = monitoring.section(backtest_data.months(door))
    if not reports:
        why = "用 mingcha backtest 以过去某日的等级对照此后的检查结果，报告显示在这里。"
        return [head, watched, panel("回溯检验报告", empty(why))]
    report = reports.get(query.get("report", ""), next(iter(reports.values())))
    return [head, watched, _chosen(list(reports), report), *(_shown(report) if report["inspections"] else [])]


def register(app: dash.Dash) -> None:
    """Everything on this page is chosen by its address."""


def _chosen(names: list[str], report: dict[str, Any]) -> html.Section:
    links = [
        dcc.Link(name, href=get_relative_path(PATH) + "?" + urlencode({"report": name}), className="chip")
        for name in names[:SHOWN]
    ]
    without = report["ungraded"]
    told = [
        ("等级截至", report["as_of"][0] + (f" 起每月末，共 {n} 次" if (n := len(report["as_of"])) > 1 else "")),
        ("结果期", f"{report['first']} 至 {report['last']}"),
        ("检查", f"{number(report['inspections'])} 次，{number(report['found'])} 次发现严重问题"),
        ("未评级主体的检查", f"{number(without['inspections'])} 次（{number(without['found'])} 次），不参与排序"),
        ("规则版本", html.Code(report["runs"][0]["policy_version"])),
        ("区间", f"95%；比例用 Wilson，其余按主体自助抽样 {number(report['rounds'])} 次"),
    ]
    return panel(report["name"], facts(told), html.Div(links, className="chips"), note=f"共 {len(names)} 份报告")


def _shown(report: dict[str, Any]) -> list[Any]:
    cards = report["scorecards"]
    rankings = {labels.PACK[pack] + "评分": card["pools"] for pack, card in cards.items()}
    rankings |= {f"安排 {name}": one["pools"] for name, one in report["schedules"].items()}
    return [
        html.Div([_rates(pack, card) for pack, card in cards.items()], className="columns halves"),
        _rankings(rankings),
        _capacities(rankings),
        html.Div([_bands(pack, card) for pack, card in cards.items()], className="columns halves"),
        *(_over_days(cards) if len(report["as_of"]) > 1 else []),
        html.Div([_group(kind, rows) for kind, rows in report["groups"].items()], className="columns halves"),
    ]


def _rates(pack: str, card: dict[str, Any]) -> html.Section:
    title = f"{labels.PACK[pack]}等级与此后严重问题发现率"
    if not card["pools"]:
        return panel(title, empty("结果期内没有已评级主体的检查。"))
    told = card["pools"]["all"]
    rises = {True: "逐级升高", False: "没有逐级升高", None: "不足两级"}[told["is_rising"]]
    note = [f"{rises} · 最差级 ÷ 最好级 ", _estimate(told["worst_to_best"], 2)]
    return panel(title, graph(figures.rates(card["pools"]), 300, title), note=note)


def _rankings(rankings: dict[str, Any]) -> html.Section:
    columns = [
        ("排序依据", "short"),
        ("比较范围", "short"),
        ("检查", "number"),
        ("得分 AUC", "number"),
        ("等级 AUC", "number"),
        ("前半程发现（实际）", "number"),
        ("平均提前天数（随机次序）", "number"),
        ("提前／推后", "number"),
        ("推后的占比", "number"),
    ]
    rows = [
        [
            name,
            figures.POOL[pool][0],
            number(told["inspections"]),
            _estimate(told["auc"], 3),
            _estimate(told["grade_auc"], 3),
            [_share(moved["first_half"]), f"（{percent(moved['was_first_half']['value'])}）"],
            [_estimate(moved["days_earlier"], 1), f"（{number(moved['chance_days_earlier']['value'], 1)}）"],
            f"{number(moved['earlier'])}／{number(moved['later'])}",
            _share(moved["later_share"]),
        ]
        for name, pools in rankings.items()
        for pool, told in pools.items()
        for moved in [told["reordered"]]
    ]
    note = "若按此次序、占用同样的检查日：严重问题提前多少天，多少反而推后"
    return panel("排序能力与提前发现", table(columns, rows, "排序能力"), note=note)


def _capacities(rankings: dict[str, Any]) -> html.Section:
    columns = [
        ("排序依据", "short"),
        ("比较范围", "short"),
        ("检查比例", "number"),
        ("查到的占比（灵敏度）", "number"),
        ("免扰的占比（特异度）", "number"),
        ("命中率（精确率）", "number"),
        ("提升倍数", "number"),
    ]
    rows = [
        [
            name,
            figures.POOL[pool][0],
            percent(one["share"]),
            _share(one["sensitivity"]),
            _share(one["specificity"]),
            _share(one["precision"]),
            _estimate(one["lift"], 2),
        ]
        for name, pools in rankings.items()
        for pool, told in pools.items()
        for one in told["capacities"]
    ]
    return panel(
        "只查排在最前的一部分", table(columns, rows, "检查能力", is_tight=True), note="其中一档为抽查计划的总比例"
    )


def _bands(pack: str, card: dict[str, Any]) -> html.Section:
    title = f"{labels.PACK[pack]}评分分段的严重问题发现率"
    if not card["pools"]:
        return panel(title, empty("结果期内没有已评级主体的检查。"))
    return panel(title, graph(figures.bands(card["pools"]["all"]["bands"]), 260, title), note="校准：应随得分段升高")


def _over_days(cards: dict[str, Any]) -> list[Any]:
    return [
        html.Div([_days(pack, card["days"]) for pack, card in cards.items()], className="columns halves"),
        html.Div([_migration(pack, card) for pack, card in cards.items()], className="columns halves"),
    ]


def _days(pack: str, days: list[dict[str, Any]]) -> html.Section:
    title = f"{labels.PACK[pack]}评分逐期 AUC"
    columns = [
        ("等级截至", "short"),
        ("检查", "number"),
        ("发现", "number"),
        ("预期", "number"),
        ("得分 PSI", "number"),
        ("等级 PSI", "number"),
    ]
    rows = [
        [
            day["as_of"],
            number(day["inspections"]),
            number(day["found"]),
            number(day["expected"]),
            number(day["score_stability"], 3),
            number(day["grade_stability"], 3),
        ]
        for day in days
    ]
    note = "预期：各级照此前各期的发现率；PSI 与首期比较"
    return panel(title, graph(figures.days(days), 240, title), table(columns, rows, title), note=note)


def _migration(pack: str, card: dict[str, Any]) -> html.Section:
    moved, grades = card["migration"], card["grades"]
    columns = [("原＼新", "short"), *((grade, "number") for grade in grades)]
    rows = [[grade, *map(number, counts)] for grade, counts in zip(grades, moved["counts"], strict=True)]
    title = f"{labels.PACK[pack]}等级迁移 {moved['from']} → {moved['to']}"
    note = f"新评级 {number(moved['came'])} 户，退出 {number(moved['left'])} 户"
    return panel(title, table(columns, rows, title), note=note)


def _group(kind: str, rows: list[dict[str, Any]]) -> html.Section:
    columns = [
        (_GROUPS[kind].partition("（")[0], "text"),
        ("在册", "number"),
        ("检查", "number"),
        ("每百户", "number"),
        ("命中率", "number"),
        ("排前半", "number"),
        ("其命中率", "number"),
    ]
    told = [
        [
            _GROUP_NAMES.get(row["group"], row["group"]),
            number(row["entities"]),
            number(row["inspections"]),
            number(row["per_100"], 1),
            _share(row["rate"]),
            number(row["early"]),
            percent(row["early_rate"]),
        ]
        for row in rows
    ]
    title = f"负担与命中率：{_GROUPS[kind]}"
    return panel(title, table(columns, told, title, is_tight=True), note="排前半：按风险得分排在前一半的检查")


def _share(one: Estimate) -> Any:
    return _spanned(one, lambda value: f"{100 * value:.1f}", "%")


def _estimate(one: Estimate, digits: int) -> Any:
    return _spanned(one, lambda value: f"{value:.{digits}f}", "")


def _spanned(one: Estimate, written: Any, unit: str) -> Any:
    """A value with its interval in small type behind it."""
    if one["value"] is None:
        return MISSING
    ends = "" if one["low"] is None else f" {written(one['low'])}–{written(one['high'])}"
    return html.Span([f"{written(one['value'])}{unit}", html.Span(ends, className="basis")])
