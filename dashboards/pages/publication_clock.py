"""公示时钟: results, penalties and withdrawals, each with the day by which it has to be public, and what is overdue.

Publishing is done with `mingcha publication write`; a page publishes nothing, and no grade stands in what is published.
"""

from typing import Any

import dash
import polars as pl
from dash import Input, Output, State, dcc, html, no_update

from dashboards import formats, frame_page, labels, publication_data
from dashboards.components.choice import address, chips, draw_tabs
from dashboards.components.grid import column, paged_grid
from dashboards.components.panel import empty, heading, panel
from dashboards.components.table import table
from dashboards.door import Door, current_door
from dashboards.formats import number
from dashboards.listing import ListingError
from models.casework.calendar import CalendarError

NAME = "公示时钟"
PATH = "/draws/publication"
CLOCK = {
    "overdue": "逾期未公示",
    "soon": f"{publication_data.SOON} 日内到期",
    "waiting": "未到期",
    "published": "已公示",
}
_TONE = {"overdue": "bad", "soon": "warn", "waiting": "plain", "published": "ok"}


def body(door: Door, **query: str) -> list[Any]:
    """The page; `kind` and `clock` narrow the list."""
    head = [heading(NAME), draw_tabs(PATH)]
    try:
        listed = publication_data.listed(door, formats.today())
    except CalendarError as error:
        told = [html.B("有一年的工作日安排尚不知道，时限无法计算；请补充 casework.calendar"), html.P(str(error))]
        return [*head, html.Div(told, className="verdict bad", role="alert")]
    if listed.is_empty():
        return [*head, panel(NAME, empty(f"近 {publication_data.LOOKED_BACK} 天没有应当公示的检查结果、处罚或撤下。"))]
    chosen = {
        name: query[name]
        for name, words in (("kind", labels.PUBLISHED_KIND), ("clock", CLOCK))
        if query.get(name) in words
    }
    return [*head, _counts(listed), _list(kept(listed, chosen), chosen)]


def register(app: dash.Dash) -> None:
    """Blocks of rows of the clock."""

    @app.callback(
        Output("clock-grid", "getRowsResponse"), Input("clock-grid", "getRowsRequest"), State("clock-chosen", "data")
    )
    def rows(request: dict[str, Any] | None, chosen: dict[str, str]) -> Any:
        if request is None:
            return no_update
        try:
            listed = kept(publication_data.listed(current_door(), formats.today()), chosen)
            found, total = frame_page.page(listed, request)
        except (ListingError, CalendarError):
            return {"rowData": [], "rowCount": 0}
        for row in found:
            row["clock"] = [_TONE[row["clock"]], _worded(row)]
            row["kind"] = labels.PUBLISHED_KIND[row["kind"]]
        return {"rowData": found, "rowCount": total}


def kept(listed: pl.DataFrame, chosen: dict[str, str]) -> pl.DataFrame:
    """The chosen kind and state, what is most overdue first; what is published comes last."""
    for name, value in chosen.items():
        listed = listed.filter(pl.col(name) == value)
    return listed.sort(pl.col("published_on").is_not_null(), "due_on", "kind", "record_id")


def _worded(row: dict[str, Any]) -> str:
    if row["clock"] == "published":
        return f"{row['published_on']} 公示"
    return f"逾期 {-row['days_left']} 日" if row["days_left"] < 0 else f"剩 {row['days_left']} 日"


def _counts(listed: pl.DataFrame) -> html.Section:
    count = {(kind, clock): n for kind, clock, n in listed.group_by("kind", "clock").len().iter_rows()}
    columns = [("类别", "short"), *((words, "number") for words in CLOCK.values()), ("合计", "number")]

    def linked(value: int, **query: str) -> Any:
        return dcc.Link(number(value), href=address(PATH, **query)) if value else html.Span("·", className="muted")

    rows = [
        [
            words,
            *(linked(count.get((kind, clock), 0), kind=kind, clock=clock) for clock in CLOCK),
            linked(sum(n for (own, _), n in count.items() if own == kind), kind=kind),
        ]
        for kind, words in labels.PUBLISHED_KIND.items()
    ]
    totals = [linked(sum(n for (_, own), n in count.items() if own == clock), clock=clock) for clock in CLOCK]
    rows.append([html.B("合计"), *totals, linked(listed.height)])
    days = publication_data.terms(formats.today())
    told = "、".join(f"{words} {days[kind]} 个" for kind, words in labels.PUBLISHED_KIND.items())
    note = f"近 {publication_data.LOOKED_BACK} 天 · 工作日时限：{told}；按发生之日的规则计"
    return panel("应公示与已公示", table(columns, rows, "应公示与已公示"), note=note)


def _list(listed: pl.DataFrame, chosen: dict[str, str]) -> html.Section:
    words = [{**labels.PUBLISHED_KIND, **CLOCK}[value] for value in chosen.values()]
    options = [("", "全部", address(PATH))]
    options += [(code, name, address(PATH, clock=code, kind=chosen.get("kind"))) for code, name in CLOCK.items()]
    columns = [
        column("clock", "时钟", 118, cellRenderer="ToneBadge", sortable=False, filter=False, tooltipField="due_on"),
        column("due_on", "应公示日", 108, filter=False),
        column("kind", "类别", 96, filter=False),
        column("name", "主体", 200, filter=False, flex=1),
        column("entity_code", "统一社会信用代码", 170, cellClass="code", filter=False),
        column("department_name", "部门", 160, filter=False, valueFormatter={"function": "orDash(params)"}),
        column("item_name", "事项", 170, filter=False, flex=1, valueFormatter={"function": "orDash(params)"}),
        column("happened_on", "发生日", 108, filter=False),
        column("result", "结果", 110, filter=False),
        column("record_id", "编号", 150, cellClass="code", filter=False),
    ]
    command = "mingcha publication write --out 公示.xlsx --actor 谁 --reason 按期公示"
    return panel(
        "清单",
        dcc.Store(id="clock-chosen", data=chosen),
        chips(options, chosen.get("clock", "")),
        html.Div(paged_grid("clock-grid", columns, "520px")),
        html.P(["公示文件不含等级与分层；写出并登记：", html.Code(command)], className="foot"),
        note=f"{' · '.join([*words, ''])}{number(listed.height)} 条",
        kind="grid",
    )
