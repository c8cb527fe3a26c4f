"""清单: what may be inspected, jointly or alone, whom it concerns, and who may go; nothing else can be planned.

The lists are delivered as files and only shown here.
"""

from typing import Any

import dash
from dash import Input, Output, State, dcc, html, no_update

from dashboards import data, export, labels, lists_data
from dashboards.components.choice import address, chips, draw_tabs, select
from dashboards.components.exports import of_list
from dashboards.components.grid import column, paged_grid
from dashboards.components.panel import empty, heading, panel
from dashboards.components.table import table
from dashboards.door import Door, current_door
from dashboards.formats import MISSING, number, percent
from dashboards.listing import Listing, ListingError

NAME = "双随机清单"
PATH = "/draws/lists"
LISTS: dict[str, tuple[str, str, str]] = {
    "items": ("抽查事项", "项", "清单之外无检查：不在本清单或联合清单上的事项不能列入计划"),
    "joint": ("联合抽查事项", "项", "跨部门联合抽查；任务合并为一次上门"),
    "objects": ("检查对象名录库", "户", "截至数据日存续的主体；抽签时按冻结日的名录"),
    "inspectors": ("检查人员名录库", "人", "只示编号，不示姓名；证件到期、休假、回避者不参加抽取"),
}
_GRIDS: dict[str, Listing] = {
    "items": lists_data.CHECK_ITEMS,
    "joint": lists_data.JOINT_ITEMS,
    "inspectors": lists_data.INSPECTORS,
}
EXPORTS = {"items": "check-items", "joint": "joint-items", "inspectors": "inspectors"}


def body(door: Door, **query: str) -> list[Any]:
    """The page; `list` names the list that is shown, `department_id` narrows it."""
    chosen = query["list"] if query.get("list") in LISTS else "items"
    counts, departments = lists_data.counts(door), data.departments(door)
    department = query["department_id"] if query.get("department_id") in departments else None
    options = [
        (name, f"{title} {number(counts[name])}" if name in counts else title, address(PATH, list=name))
        for name, (title, _, _) in LISTS.items()
    ]
    if chosen == "objects":
        shown = _objects(door)
    elif counts.get(chosen) == 0:
        shown = panel(LISTS[chosen][0], empty(f"本次运行的数据包没有报送{LISTS[chosen][0]}。"))
    else:
        shown = _grid(door, chosen, department, departments)
    return [heading(NAME), draw_tabs(PATH), chips(options, chosen), html.Div(shown)]


def register(app: dash.Dash) -> None:
    """Blocks of rows of the chosen list."""

    @app.callback(
        Output("lists-grid", "getRowsResponse"),
        Output("lists-export", "href"),
        Input("lists-grid", "getRowsRequest"),
        State("lists-chosen", "data"),
    )
    def rows(request: dict[str, Any] | None, asked: dict[str, Any]) -> Any:
        if request is None:
            return no_update, no_update
        door, chosen = current_door(), asked["chosen"]
        try:
            found, total = _GRIDS[asked["list"]].page(door, request, chosen)
        except ListingError:
            return {"rowData": [], "rowCount": 0}, no_update
        words = _worded(door)
        return {"rowData": [words(row) for row in found], "rowCount": total}, export.link(
            EXPORTS[asked["list"]], request, chosen
        )


def _worded(door: Door) -> Any:
    """Codes of a row in words: departments, districts, industry sections."""
    departments, districts = data.departments(door), data.district_names(door)
    codes = {"department_ids": departments, "district_codes": districts, "object_scope": labels.SECTION}

    def words(row: dict[str, Any]) -> dict[str, Any]:
        found = dict(row)
        for name, known in codes.items():
            if name in row:
                parts = [part for part in (row[name] or "").split(";") if part]
                found[name] = "、".join(known.get(part, part) for part in parts) or "全部"
        for name in ("skills", "papers", "check_item_ids"):
            if row.get(name):
                found[name] = row[name].replace(";", "、")
        return found

    return words


def _grid(door: Door, name: str, department: str | None, departments: dict[str, str]) -> Any:
    title, _, note = LISTS[name]
    if name == "inspectors" and not door.sees("inspector"):
        return panel(title, empty("检查人员编号属个人信息，只向安排检查的监管人员显示。"))
    chosen = {"department_id": department} if department else {}
    return panel(
        title,
        dcc.Store(id="lists-chosen", data={"list": name, "chosen": chosen}),
        paged_grid("lists-grid", _COLUMNS[name], "calc(100vh - 300px)"),
        note=html.Span(
            [
                note,
                select("department_id", "全部部门", departments, department, 220),
                of_list(export.link(EXPORTS[name], None, chosen), "lists-export", "button"),
            ],
            className="controls",
        ),
        kind="grid",
    )


def _objects(door: Door) -> Any:
    title, _, note = LISTS["objects"]
    frame = lists_data.objects(door)
    if frame.is_empty():
        return panel(title, empty("范围内没有存续的主体。"))
    total = frame["entity_count"].sum()
    columns = [
        ("行业门类", "text"),
        ("主体（户）", "number"),
        ("占比", "number"),
        *((f"信用 {grade}", "number") for grade in "ABCD"),
        ("风险 Ⅲ、Ⅳ", "number"),
        ("未评级", "number"),
        ("适用抽查事项", "number"),
    ]
    rows = [
        [
            labels.word(labels.SECTION, row["industry_section"], "行业未载明"),
            number(row["entity_count"]),
            percent(row["entity_count"] / total),
            *(number(row[f"credit_{grade}"]) for grade in "ABCD"),
            number(row["high_count"]),
            number(row["ungraded_count"]),
            number(row["item_count"]) if row["item_count"] is not None else MISSING,
        ]
        for row in frame.iter_rows(named=True)
    ]
    sums = [
        frame[name].sum() for name in ("credit_A", "credit_B", "credit_C", "credit_D", "high_count", "ungraded_count")
    ]
    rows.append([html.B("合计"), html.B(number(total)), percent(1.0), *(html.B(number(value)) for value in sums), ""])
    return panel(title, table(columns, rows, title, is_tight=True), note=f"{note} · 等级仅供内部使用")


_DASH = {"function": "orDash(params)"}
_PERCENT = {"function": "percentNumber(params)"}
_COLUMNS = {
    "items": [
        column("check_item_id", "编号", 100, cellClass="code"),
        column("name", "抽查事项", 270, flex=3),
        column("department_name", "部门", 168),
        column("item_kind", "类别", 78),
        column("object_scope", "对象（行业门类）", 150, flex=1, filter=False),
        column("ratio", "年度比例", 104, "number", valueFormatter=_PERCENT),
        column("frequency", "年频次", 92, "number"),
        column("skill", "专业要求", 104, valueFormatter=_DASH),
        column("papers", "备查资料", 120, flex=1, valueFormatter=_DASH),
        column("basis", "依据", 150, flex=2),
    ],
    "joint": [
        column("joint_item_id", "编号", 90, cellClass="code"),
        column("name", "联合抽查事项", 240, flex=1),
        column("department_name", "牵头部门", 130),
        column("department_ids", "参加部门", 300, flex=2, filter=False),
        column("item_count", "事项数", 96, "number"),
        column("check_item_ids", "抽查事项", 220, flex=1, cellClass="code"),
    ],
    "inspectors": [
        column("inspector_id", "编号", 110, cellClass="code"),
        column("department_name", "部门", 168),
        column("readiness", "状态", 100),
        column("certificate_valid_until", "执法证有效至", 124, "date"),
        column("district_name", "驻地", 92, valueFormatter=_DASH),
        column("district_codes", "可派区县", 150, flex=1, filter=False),
        column("skills", "专业", 130, flex=1, valueFormatter=_DASH),
        column("leaves", "当前与后续休假", 190, flex=1, valueFormatter=_DASH),
        column("recused_count", "应回避主体", 112, "number"),
    ],
}
