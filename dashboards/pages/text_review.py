"""待核对: texts whose entity and orders whose category a person has to name, with the commands that do; a part of 舆情.

Answers are given with `mingcha review text` and `mingcha label category`; a page records none.
"""

from collections.abc import Mapping
from typing import Any

from dash import dcc, get_relative_path, html

from dashboards import data, labels, text_data
from dashboards import text_lists as lists
from dashboards.choices import choices, keyword, several
from dashboards.components.panel import empty, panel
from dashboards.components.sourced import source
from dashboards.components.table import table
from dashboards.components.tile import tiles
from dashboards.door import Door
from dashboards.formats import MISSING, percent
from dashboards.listed import listed

SHOWN = 5
LEAF_DIGITS = 6
_PLACES = {"登记": "item", "建议": "suggested", "候选一": "first", "候选二": "second", "候选三": "third"}
WHO = "--actor 姓名 --reason 理由"


def parts(door: Door, query: Mapping[str, str]) -> list[Any]:
    """What waits, the first few ready to be decided, then everything as lists."""
    asked = {name: query[name] for name in ("district_code", "keyword") if query.get(name)}
    frame = data.metrics(door, "text")
    waiting = frame.filter(frame["metric_id"].is_in(["text.link_review", "text.order_review"]))
    return [
        tiles(waiting, "本次运行没有产生这些指标。"),
        choices(
            several("district_code", "区县／功能区", data.district_names(door).items(), query, 300),
            keyword("主体、文字、工单或核对编号", query),
        ),
        _texts(door, asked),
        listed(door, lists.LINKS, query),
        _orders(door, asked),
        listed(door, lists.ORDERS, query),
    ]


def _texts(door: Door, asked: dict[str, str]) -> html.Section:
    title = "逐条核对：说的是哪一户"
    found = text_data.waiting_texts(door, asked, SHOWN)
    note = html.Span(
        [
            html.Span(
                f"最近的 {len(found)} 条 · 在服务器上执行命令，下一次刷新采用；说的不是某一户时把 same 换成 different"
            ),
            source("mart.text_review"),
        ],
        className="beside",
    )
    if not found:
        return panel(title, empty("没有待核对的文本。"), note=note)
    return panel(title, *[_text(candidates) for candidates in found], note=note)


def _text(candidates: list[dict[str, Any]]) -> html.Div:
    row = candidates[0]
    channel, tone = labels.word(labels.CHANNEL, row["channel"]), labels.word(labels.POLARITY, row["polarity"])
    cells = [
        [
            dcc.Link(one["candidate_name"] or MISSING, href=get_relative_path(f"/entity/{one['entity_id']}")),
            html.Code(one["candidate_code"]),
            one["district_name"] or MISSING,
            percent(one["link_probability"]),
            labels.word(labels.EVIDENCE, one["evidence"]),
        ]
        for one in candidates
    ]
    columns = [("候选主体", "text"), ("代码", "short"), ("区县", "short"), ("概率", "number"), ("依据", "short")]
    command = "\n".join(
        f"mingcha review text {row['review_id']} --candidate {one['candidate_code']} --verdict same {WHO}"
        for one in candidates
    )
    return html.Div(
        [
            html.P([html.B(row["title"] or ""), " ", row["text_excerpt"] or ""]),
            html.P(f"{row['event_date']} · {channel} · {tone} · 核对编号 {row['review_id']}", className="muted"),
            table(columns, cells, f"{row['review_id']} 的候选主体", is_tight=True),
            html.Pre(html.Code(command)),
        ],
        className="verdict",
    )


def _orders(door: Door, asked: dict[str, str]) -> html.Section:
    title = "逐件核对：工单类别与承办部门"
    found = text_data.waiting_orders(door, asked, SHOWN)
    note = html.Span(
        [html.Span("受理最早的在前；更正成为训练标签，不改派单"), source("mart.order_review")], className="beside"
    )
    if not found:
        return panel(title, empty("没有待核对的工单。"), note=note)
    return panel(title, *[_order(row) for row in found], note=note)


def _order(row: dict[str, Any]) -> html.Div:
    named = [(place, row[f"{code}_code"], row[f"{code}_name"]) for place, code in _PLACES.items()]
    # Only a leaf can be a label; what is registered may be right after all.
    leaves = dict.fromkeys(code for _, code, _ in named if code and len(code) == LEAF_DIGITS)
    columns = [("", "short"), ("类别", "text"), ("代码", "short")]
    cells = [[place, name or MISSING, html.Code(code)] for place, code, name in named if code]
    cause = labels.word(labels.REVIEW_CAUSE, row["review_cause"])
    told = f"工单 {row['case_id']} · {cause} · 承办 {row['department_name'] or MISSING}"
    if row["review_cause"] == "other_department":
        told += f"，此类通常由 {row['usual_department_name'] or MISSING} 办理"
    command = "\n".join(f"mingcha label category {row['case_id']} {code} {WHO}" for code in leaves)
    return html.Div(
        [
            html.P(row["title"] or MISSING),
            html.P(told, className="muted"),
            table(columns, cells, f"{row['case_id']} 的候选类别", is_tight=True),
            html.Pre(html.Code(command)),
        ],
        className="verdict",
    )
