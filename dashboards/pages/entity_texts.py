"""舆情: the latest texts that count for one entity; a part of 主体档案.

Whether a text counts is decided in the warehouse (docs/text_linking.md).
"""

from typing import Any

from dash import dcc, get_relative_path, html

from dashboards import labels, text_data
from dashboards.components.badge import state
from dashboards.components.panel import empty, panel
from dashboards.components.table import table
from dashboards.door import Door
from dashboards.formats import MISSING, day, number, percent

SHOWN = 12


def section(door: Door, entity_id: int) -> html.Section:
    """The texts of the last 180 days, newest first, and where all of them stand."""
    found, total = text_data.texts_of(door, entity_id, SHOWN)
    if found.is_empty():
        return panel("舆情", empty("近 180 日没有计入该主体的舆情文本。"))
    columns = [
        ("日期", "short"), ("渠道", "short"), ("文本", "text"), ("倾向", "badge"), ("把握", "number"),
        ("风险标签", "text"), ("权重", "number"), ("并入转发", "number"),
    ]  # fmt: skip
    rows = [_cells(row) for row in found.iter_rows(named=True)]
    everything = dcc.Link(
        f"全部 {number(total)} 条", href=get_relative_path(f"/texts?view=entities&entity_id={entity_id}")
    )
    note = html.Span([html.Span("近 180 日 · 模型判读，未经核实"), everything], className="beside")
    return panel("舆情", table(columns, rows, "计入该主体的舆情"), note=note)


def _cells(row: dict[str, Any]) -> list[Any]:
    tone = {-1: "bad", 1: "ok"}.get(row["polarity"], "")
    text: list[Any] = [html.B(row["title"]), " "] if row["title"] else []
    return [
        day(row["event_date"]),
        labels.word(labels.CHANNEL, row["channel"]),
        [*text, row["text_excerpt"] or "", *([" ", state("刷评", "warn")] if row["campaign_id"] else [])],
        state(labels.word(labels.POLARITY, row["polarity"]), tone),
        percent(row["polarity_probability"], 0),
        labels.word(labels.RISK, row["risk_ids"]) if row["risk_ids"] else MISSING,
        percent(row["text_weight"], 0),
        number(row["collapsed_count"]),
    ]
