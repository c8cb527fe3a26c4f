"""计划: plans on the shelf, and what the chosen one comes to before any draw: population, number, load, exclusions.

Nothing is computed here and nothing is frozen: that is `mingcha plan freeze`.
"""

from typing import Any

import dash
import polars as pl
from dash import Input, Output, dcc, html

from dashboards import data, labels, plan_data
from dashboards.components.badge import grade, state
from dashboards.components.choice import address, draw_tabs, select
from dashboards.components.graph import graph
from dashboards.components.panel import empty, figures, heading, panel
from dashboards.components.shortage import in_words, sentences
from dashboards.components.table import table
from dashboards.door import Door, current_door
from dashboards.figures.plan import load as load_figure
from dashboards.formats import MISSING, day, number, percent
from dashboards.theme import RISK_NAME

NAME = "双随机计划"
PATH = "/draws/plans"
_TONE = {"draft": ("草案", "plain"), "broken": ("无法读取", "bad"), "frozen": ("已冻结", "ok")}


def body(door: Door, **query: str) -> list[Any]:
    """The page; `plan` names the plan that is shown, `department` whose load is drawn."""
    shelf = plan_data.shelf(door)
    if not shelf:
        why = "用 mingcha plan draft 起草一份计划，放在数据目录的 plans 文件夹里，这里即可核对。"
        return [heading(NAME), draw_tabs(PATH), panel("计划", empty(why))]
    names = {plan.plan_id for plan in shelf}
    chosen = query["plan"] if query.get("plan") in names else shelf[0].plan_id
    return [
        heading(NAME, html.Span(className="spring"), html.Span("分层含等级，仅供内部使用", className="notice")),
        draw_tabs(PATH),
        panel("计划", _shelf(shelf, chosen), note=f"{len(shelf)} 份 · 草案在数据目录的 plans 文件夹，冻结后不再改动"),
        dcc.Store(id="plan-chosen", data={"plan": chosen, "department": query.get("department", "")}),
        dcc.Loading(
            html.Div(id="plan-told", className="awaited"),
            custom_spinner=html.P("正在按已发布的数据核对这份计划……", className="muted", role="status"),
        ),
    ]


def register(app: dash.Dash) -> None:
    """The chosen plan is read (a draft: computed) after the page stands."""

    @app.callback(Output("plan-told", "children"), Input("plan-chosen", "data"))
    def tell(chosen: dict[str, str]) -> Any:
        return told(current_door(), chosen["plan"], chosen["department"])


def told(door: Door, plan_id: str, department: str = "") -> list[Any]:
    """What a plan comes to, or why it cannot be read."""
    plan = next((one for one in plan_data.shelf(door) if one.plan_id == plan_id), None)
    if plan is None:
        return [panel("核对", empty("这份计划已不在 plans 文件夹里。"))]
    names, districts = data.departments(door), data.district_names(door)
    try:
        made = plan_data.told(door, plan)
    except ValueError as error:
        return [wrong(plan.error or str(error), names, districts)]
    return [_verdict(plan, made, names, districts), *parts(door, made, department)]


def parts(door: Door, made: plan_data.Told, department: str) -> list[Any]:
    """What a plan comes to: figures, exclusions, load, tasks, strata; the load of `department` is drawn by district."""
    names, districts = data.departments(door), data.district_names(door)
    heaviest = made.load.filter(pl.col("district_code") == "all").sort("load", descending=True, nulls_last=False)
    shown = department if department in set(made.load["department_id"]) else heaviest["department_id"].item(0)
    return [
        _figures(made),
        html.Div([_excluded(made), _load(made, names)], className="columns halves"),
        _tasks(door, made, names),
        _districts(made, names, districts, shown),
        _strata(made),
    ]


def wrong(error: str, names: dict[str, str], districts: dict[str, str]) -> html.Div:
    """What a page says of a plan that cannot be read, one line for each mistake."""
    lines = html.Ul([html.Li(in_words(line, names, districts)) for line in error.splitlines()])
    return html.Div([html.B("这份计划有误，改正后再核对"), lines], className="verdict bad", role="alert")


def shortage(made: plan_data.Told, names: dict[str, str], districts: dict[str, str]) -> html.Div:
    """What a page says of a plan that cannot be carried out."""
    told = sentences([*made.short, *made.remarks], names, districts)
    return html.Div([html.B("不可行：以下缺口补上之前不能冻结"), told], className="verdict bad", role="alert")


def _shelf(shelf: list[plan_data.Shelved], chosen: str) -> html.Div:
    columns = [("编号", "short"), ("标题", "text"), ("类别", "short"), ("时间窗", "short"), ("状态", "badge")]
    rows = [
        [
            dcc.Link(
                html.B(plan.plan_id) if plan.plan_id == chosen else plan.plan_id, href=address(PATH, plan=plan.plan_id)
            ),
            plan.title,
            labels.word(labels.PLAN_KIND, plan.kind or None),
            f"{day(plan.first)} 至 {day(plan.last)}" if plan.first else MISSING,
            state(*_TONE[plan.state]),
        ]
        for plan in shelf
    ]
    return html.Div(table(columns, rows, "计划", is_tight=True), className="shelf")


def _verdict(plan: Any, made: plan_data.Told, names: dict[str, str], districts: dict[str, str]) -> html.Div:
    remarks = [sentences(list(made.remarks), names, districts)] if made.remarks else []
    if plan.state == "frozen":
        links = [
            dcc.Link("抽签过程", href=address("/draws/ceremony", plan=plan.plan_id)),
            " · ",
            dcc.Link("抽签结果", href=address("/draws/visits", plan=plan.plan_id)),
        ]
        return html.Div(
            [html.B(f"已冻结，数据截至 {day(made.plan.as_of)}："), html.Span(links)], className="verdict ok"
        )
    if made.short:
        return shortage(made, names, districts)
    command = f"mingcha plan freeze {plan.path.name} --actor 谁 --reason 批准文号"
    return html.Div(
        [html.B("可行：每一户都有依法可派的检查组，工作量在检查力量之内"), *remarks, html.Pre(html.Code(command))],
        className=f"verdict {'warn' if remarks else 'ok'}",
    )


def _figures(made: plan_data.Told) -> html.Section:
    plan = made.plan
    population, drawn = plan.frame.height, sum(one.drawn for one in plan.strata)
    whole = made.load.filter(pl.col("district_code") == "all")
    seats, capacity = int(whole["seats"].sum()), int(whole["capacity"].sum())
    shown = [
        (
            "名录（户次）",
            number(population),
            f"{number(plan.frame['entity_code'].n_unique())} 户",
            "可能被抽中的主体，一项任务对一户计一次：冻结日存续、在任务范围内、没有不列入抽签的原因。",
        ),
        (
            "抽取（户次）",
            number(drawn),
            percent(drawn / population if population else None),
            "各层应抽户数之和：层内户数 × 比例，不足 1 户进一，每层至少 1 户。",
        ),
        ("不列入抽签", number(plan.excluded.height), "户次", "在任务范围内而不列入抽签的户次，每户一个原因。"),
        (
            "需要检查人次",
            number(seats),
            f"每次 {plan.inspectors_per_visit} 人",
            "各任务预计上门次数（按区县进一）× 每次人数；合并上门之后不高于此。",
        ),
        (
            "可承担人次",
            number(capacity),
            f"负荷 {percent(seats / capacity if capacity else None)}",
            "证件在时间窗内有效的人员：时间窗内的工作日减去休假，"
            "× 可用于抽查的时间占比 × 每日上门次数（sampling.capacity）。",
        ),
        (
            "检查人员",
            number(plan.inspectors.height),
            f"{number(plan.recusals.height)} 对回避",
            "计划各部门的检查人员；回避：利害关系、亲属、申报与轮换，人员与名录内主体的对数。",
        ),
    ]
    note = "户次：一项任务对一户；合并上门之后实际负荷不高于此"
    return panel(plan.title, figures(shown), note=note)


def _excluded(made: plan_data.Told) -> html.Section:
    title = "不列入抽签的主体"
    if made.excluded.is_empty():
        return panel(title, empty("范围内的主体全部列入抽签。"))
    causes = (
        made.excluded.group_by("cause_zh")
        .agg(pl.col("entities").sum(), pl.col("task_id").sort())
        .sort("entities", descending=True)
    )
    rows = [[cause, number(count), "、".join(tasks)] for cause, count, tasks in causes.iter_rows()]
    return panel(
        title,
        table([("原因", "text"), ("户次", "number"), ("任务", "text")], rows, title),
        note="每户一个原因，随计划一同冻结",
    )


def _tasks(door: Door, made: plan_data.Told, names: dict[str, str]) -> html.Section:
    items = plan_data.items(door)
    columns = [
        ("任务", "short"),
        ("部门", "short"),
        ("抽查事项", "text"),
        ("专业要求", "short"),
        ("名录", "number"),
        ("抽取", "number"),
        ("比例", "number"),
        ("不列入", "number"),
        ("共用签号", "short"),
    ]
    rows = []
    for task in made.plan.tasks:
        own = made.strata.filter(pl.col("task_id") == task.task_id)
        population, drawn = int(own["population"].sum()), int(own["drawn"].sum())
        left_out = made.excluded.filter(pl.col("task_id") == task.task_id)["entities"].sum()
        words = "；".join(f"{item} {items.get(item, '')}" for item in task.item_ids)
        rows.append(
            [
                task.task_id,
                names.get(task.department_id, task.department_id),
                words,
                task.skill or MISSING,
                number(population),
                number(drawn),
                percent(drawn / population if population else None),
                number(left_out),
                task.coordination_id,
            ]
        )
    return panel("任务", table(columns, rows, "任务", is_tight=True), note="共用签号的任务抽中同一户时合并为一次上门")


def _load(made: plan_data.Told, names: dict[str, str]) -> html.Section:
    columns = [
        ("部门", "text"),
        ("上门", "number"),
        ("需要人次", "number"),
        ("可派人员", "number"),
        ("可承担人次", "number"),
        ("负荷", "number"),
    ]
    rows = [
        [
            names.get(row["department_id"], row["department_id"]),
            number(row["visits"]),
            number(row["seats"]),
            number(row["inspectors"]),
            number(row["capacity"]),
            _share(row["load"]),
        ]
        for row in made.load.filter(pl.col("district_code") == "all").iter_rows(named=True)
    ]
    return panel("各部门工作量与检查力量", table(columns, rows, "工作量", is_tight=True), note="抽签之前的预计")


def _share(load: float | None) -> Any:
    if load is None:
        return state("无人可派", "bad")
    return state(percent(load), "bad") if load > 1 else percent(load)


def _districts(made: plan_data.Told, names: dict[str, str], districts: dict[str, str], department: str) -> html.Section:
    own = made.load.filter((pl.col("department_id") == department) & (pl.col("district_code") != "all"))
    title = "区县负荷"
    options = {one: names.get(one, one) for one in made.load["department_id"].unique().sort()}
    choice = select("department", "部门", options, department, 220)
    if own.is_empty():
        return panel(title, empty("您的区县内没有该部门的抽查任务。"), note=choice)
    chart = graph(load_figure(own, districts), 280, "各区县的负荷：需要人次占可承担人次的比例")
    foot = html.P("可派往几个区县的人员在每个区县各计一次；整体是否可行由最大流判定。", className="foot")
    return panel(title, chart, foot, note=choice)


def _strata(made: plan_data.Told) -> html.Section:
    columns = [
        ("任务", "short"),
        ("分层", "badge"),
        ("含义", "text"),
        ("方法", "short"),
        ("名录（户）", "number"),
        ("比例", "number"),
        ("抽取（户）", "number"),
        ("每户概率", "number"),
    ]
    rows = [
        [
            row["task_id"],
            html.Code(row["stratum_id"]),
            stratum(row["stratum_id"]),
            labels.word(labels.DRAW_METHOD, row["method"]),
            number(row["population"]),
            percent(row["ratio"]),
            number(row["drawn"]),
            percent(row["probability"], 2),
        ]
        for row in made.strata.iter_rows(named=True)
    ]
    note = f"{len(rows)} 层 · 每层至少抽 1 户，任何一户的概率都大于零 · 按规模抽取的层示平均概率"
    return panel("分层、比例与抽取数", table(columns, rows, "分层、比例与抽取数", is_tight=True), note=note)


def stratum(code: str) -> list[Any]:
    """The id of a stratum in words: grades, and whether nobody came for a whole cycle."""
    risks = list(RISK_NAME)
    parts: list[Any] = ["信用 ", grade(code[:1])]
    if (place := code[1:2]).isdigit() and 0 < int(place) <= len(risks):
        parts += [" 风险 ", grade(risks[int(place) - 1])]
    return [*parts, *([" 超过一个周期未查"] if code.endswith("L") else [])]
