"""The weekly hotline report as a PDF: which figures stand where, and in which words.

Not here: the figures (warehouse/hotline_week.py) and the layout (pipelines/reports/hotline_week.typ).
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from warehouse import typeset

TEMPLATE = Path(__file__).parent / "reports" / "hotline_week.typ"
_TILES = (
    "hotline.orders",
    "hotline.on_time",
    "hotline.solved",
    "hotline.satisfied",
    "hotline_quality.first_time",
    "hotline_quality.returned",
    "hotline.repeat_callers",
    "hotline_quality.current_bursts",
)
Row = dict[str, Any]
# title, remark, part of warehouse.hotline_week, and its columns: heading, column, how it is written
_PARTS: tuple[tuple[str, str, str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "正在升温的议题",
        "近 7 日与此前 28 日相比，已按总量调整",
        "rising",
        (
            ("议题", "item_name", "text"),
            ("近 7 日", "count_7d", "count"),
            ("7 日基线", "baseline_7d", "decimal"),
            ("偏差", "excess_score", "decimal"),
            ("集中区域", "district_names", "text"),
        ),
    ),
    (
        "突增",
        "同一来电人一日计一次",
        "bursts",
        (
            ("议题", "topic_name", "text"),
            ("区县", "district_name", "text"),
            ("首次", "first_seen_on", "text"),
            ("最近", "last_seen_on", "text"),
            ("最多", "peak_count", "count"),
            ("预期", "expected_count", "decimal"),
            ("偏差", "peak_score", "decimal"),
        ),
    ),
    (
        "近 7 日主要类别",
        "",
        "categories",
        (("一级", "field_name", "text"), ("二级", "category_name", "text"), ("件数", "order_count", "count")),
    ),
    (
        "近两周受理量",
        "预期区间取前 8 周的同类日",
        "days",
        (
            ("日期", "day", "text"),
            ("件数", "order_count", "count"),
            ("预期下限", "expected_low", "count"),
            ("预期上限", "expected_high", "count"),
            ("异常", "is_anomaly", "flag"),
        ),
    ),
    (
        "部门办理（近一年）",
        "比率向全部部门收缩，按满意率由低到高；件数少的部门差异多为偶然",
        "departments",
        (
            ("部门", "department_name", "text"),
            ("件数", "order_count", "count"),
            ("解决率", "solved_ratio", "share"),
            ("满意率", "satisfied_ratio", "share"),
            ("超期", "overdue_count", "count"),
            ("退单", "returned_count", "count"),
        ),
    ),
    (
        "重复诉求（近一年）",
        "",
        "repeats",
        (
            ("议题", "item_name", "text"),
            ("区县", "district_name", "text"),
            ("重复件", "repeat_count", "count"),
            ("单人最多", "most_count", "count"),
        ),
    ),
    (
        "预警",
        "",
        "warnings",
        (("级别", "warning_level", "text"), ("对象", "subject_name", "text"), ("依据", "evidence_zh", "text")),
    ),
)
_LEFT = ("text", "flag")


def write(found: dict[str, Any], out: Path) -> None:
    """Set the report of `found` (see warehouse.hotline_week) as a PDF.

    Raises:
        FontMissingError: no Chinese font is installed.
    """
    import typst

    typeset.require_font()
    with TemporaryDirectory(prefix="mingcha-report-") as folder:
        page = Path(folder) / TEMPLATE.name
        page.write_text(TEMPLATE.read_text(encoding="utf-8"), encoding="utf-8")
        told = contents(found) | {"fonts": [typeset.FONT]}
        page.with_name("data.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        out.write_bytes(typst.compile(page))


def contents(found: dict[str, Any]) -> dict[str, Any]:
    """Everything that the page says, as text."""
    run, metrics = found["run"], {row["metric_id"]: row for row in found["metrics"]}
    return {
        "title": "12345 热线运行周报",
        "subtitle": f"截至 {run['as_of']}",
        "footer": f"运行 {run['run_id']} · 规则版本 {run['policy_version']} · 数据包 {run['feeds']}",
        "tiles": [_tile(metrics[name]) for name in _TILES if name in metrics],
        "parts": [
            {
                "title": title,
                "note": note,
                "head": [head for head, _, _ in columns],
                "align": ["left" if form in _LEFT else "right" for _, _, form in columns],
                "rows": [[_written(row[column], form) for _, column, form in columns] for row in found[name]],
                "empty": "本期没有。",
            }
            for title, note, name, columns in _PARTS
        ],
        "remark": "各数口径见平台的指标口径；撤回件、重复件不计，重新办理的按新工单计。只含汇总数，不含来电人信息。",
    }


def _tile(row: Row) -> Row:
    form = "count" if row["unit_zh"] in ("件", "个", "天") else "decimal"
    compared = f"{row['compare_label']} {_written(row['compare_value'], form)}" if row["compare_label"] else ""
    return {
        "name": row["metric_name"],
        "value": _written(row["metric_value"], form),
        "unit": row["unit_zh"],
        "compare": compared,
    }


def _written(value: Any, form: str) -> str:
    if form == "flag":
        return "异常" if value else ""
    if value is None:
        return "—"
    if form == "text":
        return str(value)
    if form == "share":
        return f"{100 * float(value):.1f}%"
    return f"{value:,.0f}" if form == "count" else f"{value:,.1f}"
