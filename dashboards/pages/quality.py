"""数据质量: how deliveries reconcile, what is in quarantine and why, and what the checks of the snapshots found.

Lineage and the dictionary are in `tables.py`; nothing is counted here.
"""

import re
from datetime import datetime
from typing import Any

import dash
import polars as pl
from dash import Input, Output, State, dcc, get_relative_path, html, no_update

from dashboards import data, export, labels, quality_data
from dashboards.components.badge import state
from dashboards.components.exports import of_list
from dashboards.components.graph import graph
from dashboards.components.grid import column, paged_grid
from dashboards.components.loads import broken, reconciliation
from dashboards.components.panel import empty, heading, panel
from dashboards.components.quarantine import reason_matrix
from dashboards.components.table import table
from dashboards.components.tile import tiles
from dashboards.door import Door, current_door
from dashboards.figures.quality import history
from dashboards.formats import instant, number
from dashboards.listing import ListingError

NAME = "数据质量"
PATH = "/quality"
AREA = "quality"
FILTERS = ("source_id", "reason_code")


def body(door: Door, **query: str) -> list[Any]:
    """The page; `query` holds the source and reason whose rows are shown."""
    chosen = {name: query[name] for name in FILTERS if query.get(name)}
    lost = quality_data.broken_loads(door)
    return [
        heading(
            NAME,
            *_states(quality_data.states(door)),
            html.Span(className="spring"),
            dcc.Link("血缘与数据字典", href=get_relative_path("/tables"), className="button"),
        ),
        tiles(data.metrics(door, AREA), "本次运行没有产生数据质量指标。"),
        _loads(quality_data.sources(door)),
        *(
            [panel("无法读取的报送", broken(lost), note=f"{lost.height} 份 · 悬停看装载程序的原话")]
            if lost.height
            else []
        ),
        html.Div([_reasons(quality_data.reasons(door), chosen), _samples(chosen)], className="columns draws"),
        html.Div(
            [_history(quality_data.runs(door)), _rules(quality_data.rules(door), quality_data.column_names(door))],
            className="columns draws",
        ),
        panel(
            "本次运行的全部检查",
            paged_grid("quality-results", _result_columns(), "420px"),
            note=html.Span(
                [
                    "发布前对候选快照逐表检查；阻断项不通过即不发布",
                    of_list(export.link("quality-results", None, {}), "quality-results-export"),
                ],
                className="beside",
            ),
            kind="grid",
        ),
    ]


def register(app: dash.Dash) -> None:
    """Blocks of rows of the quarantine and of the checks."""

    @app.callback(
        Output("quality-samples", "getRowsResponse"),
        Output("quality-samples-export", "href"),
        Input("quality-samples", "getRowsRequest"),
        State("quality-chosen", "data"),
    )
    def samples(request: dict[str, Any] | None, chosen: dict[str, str]) -> Any:
        return _answer("quarantine", request, chosen, _sample)

    @app.callback(
        Output("quality-results", "getRowsResponse"),
        Output("quality-results-export", "href"),
        Input("quality-results", "getRowsRequest"),
    )
    def results(request: dict[str, Any] | None) -> Any:
        return _answer("quality-results", request, {}, _result)


def _answer(name: str, request: dict[str, Any] | None, chosen: dict[str, str], worded: Any) -> Any:
    if request is None:
        return no_update, no_update
    try:
        rows, total = export.LISTS[name].page(current_door(), request, chosen)
    except ListingError:
        return {"rowData": [], "rowCount": 0}, no_update
    return {"rowData": [worded(row) for row in rows], "rowCount": total}, export.link(name, request, chosen)


def _sample(row: dict[str, Any]) -> dict[str, Any]:
    """A quarantined row in words; nothing is shown of text that is, or looks, personal."""
    text = "（可能含个人信息，不显示）" if row["is_masked"] == "true" else row["delivered_text"]
    at = row["corrected_at"]
    done = f"{row['corrected_by']} {instant(datetime.fromisoformat(at))} 更正" if at else "待更正"
    return {
        **row,
        "file_name": row["file_name"].rpartition("/")[2],
        "reason_code": labels.word(labels.REASON, row["reason_code"]),
        "delivered_text": text,
        "corrected_by": done,
    }


def _result(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "check_state": labels.word(labels.CHECK_STATE, row["check_state"]),
        "check_severity": labels.word(labels.CHECK_SEVERITY, row["check_severity"]),
    }


def _states(counts: dict[str, int]) -> list[html.Span]:
    shown = [state(f"{number(counts.get('passed', 0))} 项检查通过", "ok")]
    if counts.get("warning"):
        shown.append(state(f"{counts['warning']} 项提醒", "warn"))
    return shown if counts else []


def _loads(frame: pl.DataFrame) -> html.Section:
    if frame.is_empty():
        return panel("装载对账", empty("本次运行的数据包没有任何来源。"))
    return panel("装载对账", reconciliation(frame), note="报送 = 接收 + 隔离 + 重复，逐份文件核对，不平即不发布")


def _reasons(frame: pl.DataFrame, chosen: dict[str, str]) -> html.Section:
    if frame.is_empty():
        return panel("隔离区：来源 × 原因", empty("没有被隔离的行，全部报送行都可以使用。"))
    present = set(frame["reason_code"])
    meanings = [
        html.Div([html.Dt(labels.REASON[code]), html.Dd(meaning)])
        for code, meaning in labels.REASON_MEANING.items()
        if code in present
    ]
    return panel(
        "隔离区：来源 × 原因",
        reason_matrix(frame, chosen),
        html.Dl(meanings, className="meanings"),
        note="点数字查看这些行",
    )


def _samples(chosen: dict[str, str]) -> html.Section:
    words = [labels.word(labels.REASON, value) if name == "reason_code" else value for name, value in chosen.items()]
    note = ("仅示：" + " · ".join(words) + " · " if words else "") + "每个来源与原因至多 200 行，只示问题字段"
    return html.Section(
        [
            html.Header(
                [
                    html.H2("隔离行"),
                    html.Span(
                        [note, of_list(export.link("quarantine", None, chosen), "quality-samples-export")],
                        className="note beside",
                    ),
                ]
            ),
            dcc.Store(id="quality-chosen", data=chosen),
            paged_grid("quality-samples", _sample_columns(), "460px"),
            html.P(
                "整行原文可能含个人信息，不进入快照；更正请在服务器上用 mingcha quarantine list 与 correct。",
                className="foot",
            ),
        ],
        className="panel grid",
    )


def _history(frame: pl.DataFrame) -> html.Section:
    if frame.is_empty():
        return panel("历次检查", empty("还没有留下检查记录。"))
    chart = graph(history(frame), 330, "历次运行未通过的检查项数")
    return panel("历次检查", chart, note=f"近 {frame.height} 次 · 叉号为未予发布")


def _rules(frame: pl.DataFrame, names: dict[str, str]) -> html.Section:
    if frame.is_empty():
        return panel("未通过的检查", empty("近 60 次运行的检查全部通过。"))
    columns = [("检查", "text"), ("本次", "badge"), ("行数", "number"), ("历次", "number"), ("样例", "text")]
    rows = [_rule(row, names) for row in frame.iter_rows(named=True)]
    return panel("未通过的检查", table(columns, rows, "近 60 次运行未通过的检查", is_tight=True), note="提醒不阻断发布")


def _rule(row: dict[str, Any], names: dict[str, str]) -> list[Any]:
    found = re.sub(r"\b([a-z_]+)=", lambda one: f"{names.get(one[1], one[1])} = ", row["detail"] or "")
    where = html.Span([html.Code(row["table_name"]), f"　{row['rule_why']}"], className="muted")
    return [
        [html.B(row["rule_name"]), html.Br(), where],
        _verdict(row),
        number(row["unexpected_count"]),
        html.Span(number(row["run_count"]), title=f"最近 {instant(row['last_at'])}"),
        html.Span(found, className="basis"),
    ]


def _verdict(row: dict[str, Any]) -> html.Span:
    if row["check_state"] is None:
        return state("已通过", "ok")
    return state("未能检查", "bad") if row["check_state"] == "error" else state("提醒", "warn")


def _sample_columns() -> list[dict[str, Any]]:
    return [
        column("file_name", "文件", 170, flex=2),
        column("row_number", "行号", 84, "number"),
        column("reason_code", "原因", 112, sortable=False, filter=False),
        column("reason_column", "字段", 118, cellClass="code"),
        column("delivered_text", "问题字段原文", 180, flex=3, valueFormatter={"function": "orDash(params)"}),
        column("corrected_by", "更正", 78, flex=1, sortable=False, filter=False),
    ]


def _result_columns() -> list[dict[str, Any]]:
    dash_if_missing = {"function": "orDash(params)"}
    return [
        column("table_name", "数据表", 170, cellClass="code"),
        column("rule_name", "检查", 260, flex=2),
        column("check_severity", "级别", 76, sortable=False, filter=False),
        column("check_state", "结论", 92, sortable=False, filter=False),
        column("unexpected_count", "不合格行", 100, "number"),
        column("element_count", "检查行数", 110, "number"),
        column("rule_why", "理由", 200, flex=1),
        column("detail", "样例或错误", 180, flex=2, valueFormatter=dash_if_missing),
    ]
