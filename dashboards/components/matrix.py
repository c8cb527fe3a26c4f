"""The credit × risk matrix: counts with totals, shaded by size, each cell a link to its list.

The counting is in the mart.
"""

from typing import Any
from urllib.parse import urlencode

import polars as pl
from dash import dcc, get_relative_path, html

from dashboards.components.badge import grade
from dashboards.formats import number
from dashboards.theme import CREDIT_NAME, RAMP, RISK_NAME, ink_on


def credit_risk_matrix(frame: pl.DataFrame) -> html.Table:
    """A table of `credit_grade`, `risk_grade`, `entity_count`; grade D and Ⅳ are framed."""
    count = {(c, r): n for c, r, n in frame.select("credit_grade", "risk_grade", "entity_count").iter_rows()}
    largest = max(count.values(), default=0)
    head = html.Tr(
        [html.Th("信用＼风险", className="corner")]
        + [html.Th([grade(risk), f" {name.removesuffix('风险')}"], scope="col") for risk, name in RISK_NAME.items()]
        + [html.Th("合计", scope="col")]
    )
    rows = []
    for credit in CREDIT_NAME:
        cells = [
            _cell(count.get((credit, risk), 0), largest, credit_grade=credit, risk_grade=risk) for risk in RISK_NAME
        ]
        total = sum(count.get((credit, risk), 0) for risk in RISK_NAME)
        rows.append(
            html.Tr([html.Th(grade(credit, with_name=True), scope="row"), *cells, _total(total, credit_grade=credit)])
        )
    totals = [
        _total(sum(count.get((credit, risk), 0) for credit in CREDIT_NAME), risk_grade=risk) for risk in RISK_NAME
    ]
    last = html.Tr([html.Th("合计", scope="row"), *totals, _total(sum(count.values()))])
    return html.Table(
        [html.Thead(head), html.Tbody([*rows, last])], className="matrix", **{"aria-label": "信用风险分级矩阵"}
    )


def _link(value: int, **chosen: str) -> Any:
    href = get_relative_path("/entities") + (f"?{urlencode(chosen)}" if chosen else "")
    return dcc.Link(number(value), href=href) if value else "0"


def _total(value: int, **chosen: str) -> html.Td:
    return html.Td(_link(value, **chosen), className="total")


def _cell(value: int, largest: int, credit_grade: str, risk_grade: str) -> html.Td:
    # The square root keeps small cells apart from empty ones beside a dominant A × Ⅰ.
    step = 0 if not largest else round((value / largest) ** 0.5 * (len(RAMP) - 1))
    worst = "worst" if credit_grade == "D" or risk_grade == "Ⅳ" else ""
    return html.Td(
        _link(value, credit_grade=credit_grade, risk_grade=risk_grade),
        className=worst,
        style={"backgroundColor": RAMP[step], "--ink": ink_on(RAMP[step])},
    )
