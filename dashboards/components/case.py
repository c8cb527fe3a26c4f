"""One case: its clocks with what is left of each, its steps and pauses.

Rows come from warehouse/case_file; nothing is counted here.
"""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from dash import html

from dashboards.components.badge import state
from dashboards.components.panel import empty, panel
from dashboards.components.sourced import source
from dashboards.components.table import table
from dashboards.formats import MISSING, number
from dashboards.labels import STEP_KIND, word

_TICK = {"workday": "工作日", "day": "日", "minute": "分钟"}


def case_parts(made: Any) -> list[Any]:
    """Panels of the clocks and of the steps."""
    zone = ZoneInfo(made.case["zone"])
    return [_clocks(made), _steps(made, zone)]


def _clocks(made: Any) -> html.Section:
    title = "时钟"
    if not made.clocks:
        return panel(title, empty("该类案件没有时限。"))
    columns = [
        ("时钟", "text"), ("单位", "short"), ("已用", "number"), ("扣除", "number"), ("承诺", "number"),
        ("法定", "number"), ("应于", "short"), ("状态", "badge"),
    ]  # fmt: skip
    rows = [
        [
            one["clock_zh"],
            _TICK[one["clock_tick"]],
            number(one["used_count"]),
            number(one["paused_count"]),
            number(one["promised_limit"]),
            number(one["statutory_limit"]),
            str(one["due_on"] or MISSING),
            _state(one),
        ]
        for one in made.clocks
    ]
    return panel(title, table(columns, rows, title, is_tight=True), note=source("known.clock"))


def _state(clock: dict[str, Any]) -> html.Span:
    if clock["is_over_promised"] or clock["is_over_statutory"]:
        return state("超期", "bad")
    return state("已停" if clock["stopped_at"] else "在走", "plain" if clock["stopped_at"] else "warn")


def _steps(made: Any, zone: ZoneInfo) -> html.Section:
    rows = [
        [word(STEP_KIND, s["step_kind"]) if not s["step_zh"] else s["step_zh"], *_span(s, zone)] for s in made.steps
    ]
    rows += [[f"中止：{p['pause_kind']}", *_span(p, zone)] for p in made.pauses]
    title = "环节与中止"
    if not rows:
        return panel(title, empty("没有环节记录。"))
    columns = [("环节", "text"), ("起", "short"), ("止", "short")]
    item = made.case["item_name"] or made.case["item_code"]
    return panel(title, table(columns, rows, title, is_tight=True), note=f"{made.case['kind_zh']} · {item}")


def _span(row: dict[str, Any], zone: ZoneInfo) -> list[str]:
    def local(value: datetime | None) -> str:
        return f"{value.replace(tzinfo=UTC).astimezone(zone):%Y-%m-%d %H:%M}" if value else "在办"

    return [local(row["started_at"]), local(row["ended_at"])]
