"""试算: choose items, kind, window and shares, and see what such a plan would come to before anybody writes it.

Nothing is saved: the text of the plan is shown to be saved as a file and checked like any other.
"""

from datetime import date, timedelta
from typing import Any

import dash
from dash import Input, Output, dcc, html

from dashboards import data, formats, labels, plan_data
from dashboards.components.choice import day_box, draw_tabs, select, several
from dashboards.components.panel import empty, heading, panel
from dashboards.door import Door, current_door
from dashboards.pages.plans import parts, shortage, wrong

NAME = "计划试算"
PATH = "/draws/trial"
SHARES = {"50": "比例的一半", "75": "比例的四分之三", "150": "比例的一倍半", "200": "比例的两倍"}
_WINDOW_DAYS = 60
ASKED = ("items", "joint", "kind", "from", "to", "share", "department")


def body(door: Door, **query: str) -> list[Any]:
    """The page; the whole trial stands in the address."""
    asked = {name: query[name] for name in ASKED if query.get(name)}
    return [
        heading(NAME, html.Span(className="spring"), html.Span("分层含等级，仅供内部使用", className="notice")),
        draw_tabs(PATH),
        _controls(door, asked),
        dcc.Store(id="trial-asked", data=asked),
        dcc.Loading(
            html.Div(id="trial-told", className="awaited"),
            custom_spinner=html.P("正在按已发布的数据试算……", className="muted", role="status"),
        ),
    ]


def register(app: dash.Dash) -> None:
    """The trial is computed after the page stands."""

    @app.callback(Output("trial-told", "children"), Input("trial-asked", "data"))
    def tell(asked: dict[str, str]) -> Any:
        return told(current_door(), asked)


def told(door: Door, asked: dict[str, str]) -> list[Any]:
    """What the trial comes to, or why it cannot be planned."""
    items, joint = (tuple(part for part in asked.get(name, "").split(",") if part) for name in ("items", "joint"))
    if not items and not joint:
        return [panel("试算", empty("先选抽查事项或联合抽查事项；清单之外的事项不能选。"))]
    names, districts = data.departments(door), data.district_names(door)
    first, last = window(asked)
    try:
        trial = plan_data.Trial(
            items,
            joint,
            asked.get("kind", "special"),
            date.fromisoformat(first),
            date.fromisoformat(last),
            _share(asked),
        )
        text, made = plan_data.tried(door, trial)
    except ValueError as error:
        return [wrong(str(error), names, districts)]
    feasible = html.Div(html.B("可行：每一户都有依法可派的检查组，工作量在检查力量之内"), className="verdict ok")
    verdict = shortage(made, names, districts) if made.short else feasible
    return [verdict, *parts(door, made, asked.get("department", "")), _text(text)]


def window(asked: dict[str, str]) -> tuple[str, str]:
    """First and last day of the trial: as asked, else from tomorrow on, within the year."""
    first = formats.today() + timedelta(days=1)
    last = min(first + timedelta(days=_WINDOW_DAYS), date(first.year, 12, 31))
    return asked.get("from", str(first)), asked.get("to", str(last))


def _share(asked: dict[str, str]) -> int:
    return int(asked["share"]) if asked.get("share") in SHARES else 100


def _controls(door: Door, asked: dict[str, str]) -> html.Section:
    first, last = window(asked)

    def listed(found: dict[str, str]) -> dict[str, str]:
        return {number: f"{number} {name}" for number, name in found.items()}

    return panel(
        "试算什么",
        html.Div(
            [
                several("items", "抽查事项", listed(plan_data.items(door)), asked.get("items", "").split(","), 460),
                several(
                    "joint", "联合抽查事项", listed(plan_data.joint_items(door)), asked.get("joint", "").split(","), 340
                ),
                select("kind", "专项", labels.PLAN_KIND, asked.get("kind", "special"), 110),
                day_box("from", "时间窗首日", first),
                day_box("to", "时间窗末日", last),
                select("share", "按规则的比例", SHARES, asked.get("share"), 150),
            ],
            className="controls",
        ),
        note="地址即试算内容，可转发；比例不出信用等级的区间，联合事项按规则的比例",
    )


def _text(text: str) -> html.Section:
    return panel(
        "计划文件",
        html.P("存为数据目录 plans 文件夹里的 .yaml 文件（先改编号 plan 与标题 title），即成草案："),
        html.Pre(html.Code(text), className="sql"),
        note=dcc.Clipboard(content=text, title="复制"),
    )
