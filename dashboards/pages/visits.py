"""抽签结果: the visits of a draw with their teams, and why this entity, these people — ticket, place, next in line.

The draw is read from its bundle; nothing is drawn and nothing is changed here.
"""

from typing import Any

import dash
import polars as pl
from dash import Input, Output, State, dcc, get_relative_path, html, no_update

from dashboards import data, frame_page, labels, plan_data
from dashboards.components.badge import grade, state
from dashboards.components.choice import address, chips, draw_tabs, select
from dashboards.components.grid import column, paged_grid
from dashboards.components.panel import empty, facts, figures, heading, panel
from dashboards.components.table import table
from dashboards.door import Door, current_door
from dashboards.formats import MISSING, day, number, percent
from dashboards.listing import ListingError
from dashboards.pages.ceremony import changed_since
from dashboards.pages.plans import stratum

NAME = "抽签结果"
PATH = "/draws/visits"
FILTERS = ("district_code", "task")
NEXT = 3
_TONE = {"drawn": "plain", "issued": "ok", "changed": "warn", "cancelled": "bad"}


def body(door: Door, **query: str) -> list[Any]:
    """The page; `plan` names the draw, `visit` the entity whose draw is explained, the rest filters the list."""
    frozen = plan_data.frozen_ones(door)
    drawn = {name: plan for name, plan in frozen.items() if plan_data.is_drawn(door, name)}
    head = [
        heading(NAME, html.Span(className="spring"), html.Span("分层含等级，仅供内部使用", className="notice")),
        draw_tabs(PATH),
    ]
    if not drawn:
        return [*head, panel(NAME, empty("还没有抽过签的计划；抽签的每一步见“抽签过程”。"))]
    name = query["plan"] if query.get("plan") in drawn else next(iter(drawn))
    options = [(one, one, address(PATH, plan=one)) for one in drawn]
    head.append(chips(options, name))
    try:
        bundle = plan_data.bundle(door, plan_data.record(door, name))
    except ValueError as error:
        return [*head, html.Div(changed_since(str(error)))]
    if bundle is None:
        command = f"mingcha draw --plan {name} --out draws/{name}.zip"
        why = "draws 文件夹里没有与登记摘要相符的审计版核验包；再抽一次，字节相同："
        return [*head, html.Div(html.Div([html.P(why), html.Pre(html.Code(command))], className="verdict warn"))]
    visits = plan_data.visits(door, name, bundle)
    chosen = {key: query[key] for key in FILTERS if query.get(key)} | {"plan": name}
    explained = _explained(door, drawn[name], bundle, visits, query["visit"]) if query.get("visit") else []
    return [
        *head,
        html.Div([_figures(visits, bundle), _verification(bundle, name)], className="columns wide-left"),
        *explained,
        _list(door, visits, chosen),
    ]


def register(app: dash.Dash) -> None:
    """Blocks of rows of the visits."""

    @app.callback(
        Output("visits-grid", "getRowsResponse"), Input("visits-grid", "getRowsRequest"), State("visits-chosen", "data")
    )
    def rows(request: dict[str, Any] | None, chosen: dict[str, str]) -> Any:
        if request is None:
            return no_update
        door = current_door()
        bundle = plan_data.bundle(door, plan_data.record(door, chosen["plan"]))
        if bundle is None:
            return {"rowData": [], "rowCount": 0}
        plan = plan_data.frozen_ones(door)[chosen["plan"]]
        try:
            found, total = frame_page.page(kept(plan_data.visits(door, chosen["plan"], bundle), chosen), request)
        except ListingError:
            return {"rowData": [], "rowCount": 0}
        return {"rowData": _worded(door, plan, bundle, found), "rowCount": total}


def kept(visits: pl.DataFrame, chosen: dict[str, str]) -> pl.DataFrame:
    """The visits of the chosen district and task."""
    if district := chosen.get("district_code"):
        visits = visits.filter(pl.col("district_code") == district)
    if task := chosen.get("task"):
        visits = visits.filter(pl.col("task_ids").str.split(";").list.contains(task))
    return visits


def why_drawn(row: dict[str, Any], strata: dict[tuple[str, str], Any]) -> str:
    """One sentence that says why an entity was drawn for one task."""
    own = strata[row["task_id"], row["stratum_id"]]
    chance = percent(int(row["numerator"]) / int(row["denominator"]), 2)
    layer = f"{row['stratum_id']} 层 {number(own.population)} 户抽 {number(own.drawn)} 户"
    place = f"签号第 {row['draw_order']} 小" if own.method == "equal" else f"按规模系统抽取第 {row['draw_order']} 个"
    return f"{row['task_id']}：{layer}，{place}（概率 {chance}）"


def _strata(plan: plan_data.Shelved) -> dict[tuple[str, str], Any]:
    return {(one.task_id, one.stratum_id): one for one in plan_data.frozen(plan.path).strata}


def _worded(door: Door, plan: plan_data.Shelved, bundle: Any, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    strata, districts = _strata(plan), data.district_names(door)
    codes = [row["entity_code"] for row in rows]
    drawn = bundle.tables["drawn"].filter(pl.col("entity_code").is_in(codes))
    why: dict[str, list[str]] = {}
    for row in drawn.iter_rows(named=True):
        why.setdefault(row["entity_code"], []).append(why_drawn(row, strata))
    return [
        {
            **row,
            "name": row["name"] or row["entity_code"],
            "district_name": districts.get(row["district_code"], row["district_code"]),
            "task_ids": row["task_ids"].replace(";", "、"),
            "inspector_ids": (row.get("inspector_ids") or "").replace(";", "、"),
            "state": [_TONE[row["state"]], labels.VISIT_STATE[row["state"]]],
            "why": "；".join(why.get(row["entity_code"], [])),
            "href": address(PATH, plan=plan.plan_id, visit=row["entity_code"]),
        }
        for row in rows
    ]


def _figures(visits: pl.DataFrame, bundle: Any) -> html.Section:
    drawn = bundle.tables["drawn"].join(visits.select("entity_code"), on="entity_code", how="semi").height
    counts = dict(visits.group_by("state").len().iter_rows())
    shown = [
        ("上门", number(visits.height), "户", "抽中的主体，各项任务合并为一次上门，一户一次。"),
        ("抽中", number(drawn), "户次", "一项任务抽中一户计一次。"),
        ("合并减少", number(drawn - visits.height), "次", "抽中户次减去上门户数：合并上门因此少去的次数。"),
        (
            "已派发",
            number(counts.get("issued", 0) + counts.get("changed", 0)),
            "户",
            "已写出任务包与通知的上门，含改派。",
        ),
        ("已改派", number(counts.get("changed", 0)), "户", "派发之后换了检查组的上门；谁、为什么，均已登记。"),
        ("已取消", number(counts.get("cancelled", 0)), "户", "派发之后取消的上门；谁、为什么，均已登记。"),
    ]
    return panel("上门检查", figures(shown), note="点数字看口径")


def _verification(bundle: Any, name: str) -> html.Section:
    holds, said = plan_data.verified(bundle.path)
    word = state("核验全部成立", "ok") if holds else state("核验不成立，名单不得使用", "bad")
    return panel(
        "核验",
        html.P([word, f" {bundle.path.name}"], title=said),
        html.P(
            "名录根、密封值、种子、抽中名单与检查组，由独立的验证程序逐项重算。" if holds else said,
            className="basis digest",
        ),
        html.P(dcc.Link("抽签的每一步与摘要", href=address("/draws/ceremony", plan=name))),
    )


def _list(door: Door, visits: pl.DataFrame, chosen: dict[str, str]) -> html.Section:
    districts = data.district_names(door)
    own = {code: districts.get(code, code) for code in sorted(visits["district_code"].drop_nulls().unique())}
    tasks = sorted({task for told in visits["task_ids"] for task in told.split(";")})
    count = kept(visits, chosen).height
    controls = html.Span(
        [
            html.Span(f"{number(count)} 户", className="count"),
            select("district_code", "全部区县", own, chosen.get("district_code"), 170),
            select("task", "全部任务", {task: task for task in tasks}, chosen.get("task"), 170),
        ],
        className="controls",
    )
    columns = [
        column("visit_order", "次序", 84, "number", filter=False),
        column("name", "检查对象", 200, cellRenderer="RowLink", filter=False),
        column("entity_code", "统一社会信用代码", 170, cellClass="code", filter=False),
        column("district_name", "区县", 92, sortable=False, filter=False),
        column("task_ids", "任务", 150, filter=False),
        column("state", "状态", 92, cellRenderer="ToneBadge", sortable=False, filter=False, tooltipField="why"),
        column("inspector_ids", "检查组", 160, cellClass="code", sortable=False, filter=False),
        column("why", "为什么抽中", 360, sortable=False, filter=False, flex=1),
    ]
    shown = [one for one in columns if door.sees("inspector") or one["field"] != "inspector_ids"]
    return panel(
        "上门名单",
        dcc.Store(id="visits-chosen", data=chosen),
        paged_grid("visits-grid", shown, "560px"),
        note=controls,
        kind="grid",
    )


def _explained(door: Door, plan: plan_data.Shelved, bundle: Any, visits: pl.DataFrame, code: str) -> list[Any]:
    """Why one entity was drawn and its team, or nothing when it is not among the viewer's visits."""
    found = visits.filter(pl.col("entity_code") == code)
    if found.is_empty():
        return [panel("为什么抽中", empty("您的区县内没有这次上门。"))]
    row = found.row(0, named=True)
    strata = _strata(plan)
    drawn = bundle.tables["drawn"].filter(pl.col("entity_code") == code)
    title = f"为什么抽中：{row['name'] or code}"
    link = dcc.Link("主体档案", href=get_relative_path(f"/entity/{row['entity_id']}")) if row["entity_id"] else MISSING
    hidden = plan_data.elsewhere(door, plan_data.frozen(plan.path))
    shown = [_task(bundle, told, strata, hidden) for told in drawn.iter_rows(named=True)]
    parts = [panel(title, *shown, _grades(door, code), note=link)]
    if door.sees("inspector"):
        parts.append(_team(bundle, row, data.departments(door)))
    return [html.Div(parts, className="columns wide-left")]


def _task(bundle: Any, told: dict[str, Any], strata: dict[tuple[str, str], Any], hidden: set[str]) -> html.Div:
    own = strata[told["task_id"], told["stratum_id"]]
    reserves = (
        bundle.tables["reserves"]
        .filter((pl.col("task_id") == told["task_id"]) & (pl.col("stratum_id") == told["stratum_id"]))
        .sort(pl.col("reserve_order").cast(pl.Int64))
        .head(NEXT)
    )
    following = [
        html.Span("（其他区县） " if code in hidden else [html.Code(code, title=ticket), " "])
        for code, ticket in reserves.select("entity_code", "ticket").iter_rows()
    ]
    return html.Div(
        [
            html.H3(["任务 ", html.Code(told["task_id"]), "：", *stratum(told["stratum_id"])]),
            facts(
                [
                    ("层内名录", f"{number(own.population)} 户"),
                    ("抽取", f"{number(own.drawn)} 户（{percent(own.ratio_ppm / 1_000_000)}）"),
                    ("名次", f"第 {told['draw_order']} / {number(own.drawn)}"),
                    (
                        "入样概率",
                        f"{told['numerator']}/{told['denominator']}，{labels.word(labels.DRAW_METHOD, own.method)}",
                    ),
                ]
            ),
            html.P(["签号 ", html.Code(told["ticket"], className="digest")]),
            html.P(["依次候补 ", *following] if following else "全层抽中，没有候补对象", className="basis"),
        ]
    )


def _grades(door: Door, code: str) -> html.P:
    """Whether the grades that made the stratum were computed or set by a person, as the snapshot has them."""
    parts: list[Any] = []
    for row in plan_data.grades_set(door, code):
        parts += [f"{labels.PACK[row['pack_id']]}等级 "]
        if row["decided_grade"]:
            told = f" 人工认定（决定 {row['decision_no']}，至 {day(row['valid_to'])}；算出 "
            parts += [grade(row["decided_grade"]), told, grade(row["computed_grade"]), "）　"]
        else:
            parts += [grade(row["computed_grade"]), " 按评分表算出　"]
    return html.P(["等级来源（最近一次发布）：", *parts], className="foot") if parts else html.P("")


def _team(bundle: Any, row: dict[str, Any], names: dict[str, str]) -> html.Section:
    seats = bundle.tables["teams"].filter(pl.col("entity_code") == row["entity_code"])
    rows = []
    for seat in seats.iter_rows(named=True):
        skill = seat["skill"]
        skipped = [
            f"{name} {seat[f'skipped_{cause}']}"
            for cause, name in labels.SKIPPED.items()
            if seat[f"skipped_{cause}"] != "0"
        ]
        rows.append(
            [
                seat["seat"],
                html.Code(seat["inspector_id"]),
                "、".join(names.get(one, one) for one in seat["departments"].split(";"))
                + (f" · {skill}" if skill else ""),
                f"此前 {seat['load_before']} 次，同档 {seat['tier']} 人中抽出",
                "，".join(skipped) or MISSING,
            ]
        )
    columns = [
        ("席位", "number"),
        ("人员", "short"),
        ("部门与专业", "text"),
        ("怎样抽出", "text"),
        ("未列入的人数", "text"),
    ]
    now = html.P(["现检查组 ", html.Code((row["inspector_ids"] or "").replace(";", "、"))])
    parts = [now] if row["state"] == "changed" else []
    return panel(
        "检查组", table(columns, rows, "检查组", is_tight=True), *parts, note="每一席位在负荷最低的人员中随机抽出"
    )
