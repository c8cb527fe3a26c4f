"""逐月监测: whether the grades that were published keep their promise, month by month; a part of the page 回溯检验.

Reports are made when a month has ended (warehouse/monitoring); nothing is estimated here.
"""

from typing import Any

from dash import html

from dashboards import labels
from dashboards.components.panel import empty, panel
from dashboards.components.table import table
from dashboards.formats import MISSING, number, percent

SHOWN = 12
TITLE = "逐月监测"


def section(reports: list[dict[str, Any]]) -> html.Section:
    """The latest months, one row a scorecard: what was found by grade, AUC against the card, drift, and warnings."""
    if not reports:
        why = "某月结束、且上月发布过等级之后，这里显示该月检查与等级的对照；更早的日子用 mingcha backtest 检验。"
        return panel(TITLE, empty(why))
    grades = {pack: [one["grade"] for one in told["grades"]] for pack, told in reports[0]["packs"].items()}
    columns = [
        ("月份", "short"),
        ("评分表", "short"),
        ("等级截至", "short"),
        ("检查", "number"),
        ("严重问题", "number"),
        ("各级发现率", "text"),
        ("AUC（合并近月）", "number"),
        ("说明卡所载", "number"),
        ("得分漂移 PSI", "number"),
        ("变更等级", "number"),
        ("提示", "text"),
    ]
    rows = [
        [
            report["month"],
            labels.PACK[pack],
            report["graded_as_of"],
            number(told["inspections"]),
            number(told["found"]),
            "　".join(f"{one['grade']} {percent(one['rate']['value'])}" for one in told["grades"]),
            _interval(told["auc"]),
            MISSING if told["promised_auc"] is None else f"{told['promised_auc']:.3f}",
            MISSING if told["drift"] is None else f"{told['drift']:.3f}",
            _moved(told["migration"]),
            _warning(told),
        ]
        for report in reports[:SHOWN]
        for pack, told in report["packs"].items()
        if pack in grades
    ]
    late = [one["source"] for one in reports[0]["data_age"] if one["is_late"]]
    note = f"近 {len(reports[0]['pooled_months'])} 个月合并计算 · " + (
        f"迟报来源：{'、'.join(late)}" if late else "各来源未迟报"
    )
    return panel(TITLE, table(columns, rows, TITLE), note=note)


def _interval(one: dict[str, float | None]) -> str:
    if one["value"] is None:
        return MISSING
    return f"{one['value']:.3f}" + ("" if one["low"] is None else f"（{one['low']:.3f}–{one['high']:.3f}）")


def _moved(counts: list[list[int]] | None) -> str:
    if counts is None:
        return MISSING
    stayed, total = sum(row[n] for n, row in enumerate(counts)), sum(map(sum, counts))
    return percent((total - stayed) / total) if total else MISSING


def _warning(told: dict[str, Any]) -> str:
    found = [
        "已低于说明卡，应重新拟合或核对" if told["is_decayed"] else "",
        "名录分布已偏离" if told["is_drifted"] else "",
    ]
    return "；".join(filter(None, found)) or "正常"
