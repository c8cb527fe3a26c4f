"""Metric tiles, and the panel that a tile opens: definition, SQL, data-through, rows, numerator and denominator.

The value and its words come from the metric registry through the mart.
"""

import re
from typing import Any

import polars as pl
from dash import html

from dashboards import labels
from dashboards.components.panel import empty, facts
from dashboards.components.sourced import opens
from dashboards.formats import MISSING, day, number, unit_digits

Row = dict[str, Any]


def tiles(frame: pl.DataFrame, why_empty: str) -> html.Div:
    """A row of tiles, one for each metric."""
    if frame.is_empty():
        return html.Div(empty(why_empty), className="panel")
    return html.Div([tile(row) for row in frame.iter_rows(named=True)], className="tiles")


def tile(row: Row) -> html.Button:
    """One metric as a button: name, value, unit and comparison."""
    return html.Button(
        [
            html.Span(row["metric_name"], className="tile-name"),
            html.Span(
                [html.B(shown_value(row["metric_value"], row["unit_zh"])), html.Small(row["unit_zh"])],
                className="tile-value",
            ),
            html.Span(comparison(row), className="tile-compare"),
        ],
        id={"type": "tile", "metric": row["metric_id"]},
        className="tile",
        title="查看口径、计算语句与数据截至",
        n_clicks=0,
        **{"aria-haspopup": "dialog"},
    )


def definition(row: Row) -> list[Any]:
    """What a figure means and where it comes from."""
    return [
        html.P(row["metric_definition"], className="definition"),
        facts(
            [
                ("当前值", f"{shown_value(row['metric_value'], row['unit_zh'])} {row['unit_zh']}"),
                _compared(row) or ("比较值", MISSING),
                ("分子", _part(row["numerator"])),
                ("分母", _part(row["denominator"])),
                ("涉及行数", number(row["row_count"])),
                ("数据截至", day(row["data_through"])),
                ("统计日", day(row["as_of"])),
                ("评价方向", labels.word(labels.DIRECTION, row["direction"])),
                ("责任部门", row["owner"]),
                ("数据来源", row["metric_source"] or MISSING),
                ("撤回、重复与重办", row["metric_treatment"] or MISSING),
                ("指标代码", html.Code(row["metric_id"])),
                (
                    "读取的表（点开看行）",
                    html.Span([part for name in _tables(row["sql_text"]) for part in (opens(name), " ")]),
                ),
            ]
        ),
        html.H3("计算语句（SQL）"),
        html.Pre(html.Code(row["sql_text"].strip()), className="sql"),
    ]


def _tables(sql: str) -> list[str]:
    """The tables that a metric reads, in the order in which its statement names them."""
    return list(dict.fromkeys(re.findall(r"\b(?:mart|known|quality|plan|grade|indicator|quarantine)\.\w+", sql)))


def shown_value(value: float | None, unit: str) -> str:
    """A metric as it is written: whole counts, one decimal for what is measured."""
    # A share that one decimal would show as nothing gets a second one.
    is_tiny = unit == "%" and value is not None and 0 < abs(value) < 0.05
    return number(value, 2 if is_tiny else unit_digits(unit))


def _part(value: float | None) -> str:
    return number(value, 0 if value is None or float(value).is_integer() else 2)


def _compared(row: Row) -> tuple[str, str] | None:
    """What the value stands beside, and how much that is; a label may name a unit of its own: `占受理（%）`."""
    if not row["compare_label"] or row["compare_value"] is None:
        return None
    name, _, own = row["compare_label"].removesuffix("）").partition("（")
    unit = own or row["unit_zh"]
    return name, f"{shown_value(row['compare_value'], unit)}{'%' if unit == '%' else ''}"


def comparison(row: Row) -> Any:
    """What a metric stands beside, with an arrow where its direction judges it."""
    compared = _compared(row)
    if compared is None:
        return f"数据截至 {day(row['data_through'])}"
    words = " ".join(compared)
    value, other = row["metric_value"], row["compare_value"]
    # An arrow judges, so it needs a direction, and a comparison that measures the same thing as the value.
    if row["direction"] == "neutral" or "（" in row["compare_label"] or value is None or value == other:
        return words
    tone = "ok" if (value > other) == (row["direction"] == "higher_is_better") else "bad"
    arrow, meaning = ("▲", "高于比较值") if value > other else ("▼", "低于比较值")
    return [f"{words} ", html.Span(arrow, className=f"arrow {tone}", title=meaning)]
