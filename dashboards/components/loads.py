"""Loads in words: the reconciliation of each source, and why a delivery could not be read.

Counts come from the snapshot; nothing is added up here.
"""

import re
from typing import Any

import polars as pl
from dash import html

from dashboards.components.badge import state
from dashboards.components.table import table
from dashboards.formats import instant, number, percent

Row = dict[str, Any]
# What the loader says of a file → what it means to whoever delivers it.
_ERRORS = (
    (r"not (\S+) near byte (\d+)", "编码不是约定的 {0}：约在第 {1} 字节处无法识别，请按约定编码重报"),
    (r"the file is empty", "文件为空，连表头也没有，请重报"),
    (r'column "([^"]+)" not found', "缺少列“{0}”：表头与约定不符，请核对模板后重报"),
    (r"(?i)no magic bytes|parquet", "不是完整的 Parquet 文件，可能传输中断，请重报"),
    (r"(?i)csv error|sniff|quot", "CSV 行列不齐或引号未闭合，请检查分隔符与引号后重报"),
    (r"(?i)json", "JSON 行格式有误，请逐行检查后重报"),
    (r"(?i)zip|xlsx|sheet", "不是有效的 Excel 工作簿，请另存后重报"),
)


def in_words(error: str) -> str:
    """What is wrong with a delivery that could not be read; an error not known here is said to be one."""
    for pattern, words in _ERRORS:
        if match := re.search(pattern, error):
            return words.format(*match.groups())
    return "文件无法读取，请联系数据管理部门"


def reconciliation(frame: pl.DataFrame) -> html.Div:
    """One row a source: delivered = accepted + quarantined + repeated."""
    columns = [
        ("来源", "short"),
        ("数据表", "short"),
        ("文件", "number"),
        ("报送行数", "number"),
        ("= 接收", "number"),
        ("+ 隔离", "number"),
        ("+ 重复", "number"),
        ("隔离率", "number"),
        ("已更正", "number"),
        ("对账", "badge"),
    ]
    return table(columns, [_cells(row) for row in frame.iter_rows(named=True)], "各来源的装载对账", is_tight=True)


def _cells(row: Row) -> list[Any]:
    delivered = row["delivered_count"]
    difference = delivered - row["accepted_count"] - row["quarantined_count"] - row["repeated_count"]
    return [
        row["source_name"],
        html.Code(row["table_name"]),
        number(row["file_count"]),
        number(delivered),
        number(row["accepted_count"]),
        number(row["quarantined_count"]),
        number(row["repeated_count"]),
        percent(row["quarantined_count"] / delivered if delivered else None, 2),
        number(row["corrected_count"]),
        _verdict(row, difference),
    ]


def _verdict(row: Row, difference: int) -> html.Span:
    if difference:
        return state(f"差 {number(difference)} 行", "bad")
    if row["broken_count"]:
        return state(f"{row['broken_count']} 份读不了", "warn")
    return state("相符", "ok") if row["file_count"] else state("未报送", "plain")


def broken(frame: pl.DataFrame) -> html.Div:
    """Deliveries that could not be read, with the cause in words and what the loader said."""
    columns = [("来源", "short"), ("文件", "short"), ("接收时刻", "short"), ("原因", "text")]
    rows = [
        [
            row["source_name"],
            html.Code(row["file_name"]),
            instant(row["received_at"]),
            html.Span(in_words(row["load_error"]), title=row["load_error"]),
        ]
        for row in frame.iter_rows(named=True)
    ]
    return table(columns, rows, "无法读取的报送", is_tight=True)
