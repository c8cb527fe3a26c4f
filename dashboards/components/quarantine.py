"""Rows in quarantine by source and reason; a cell leads to the rows behind it.

The rows themselves are a paged grid of the page.
"""

from urllib.parse import urlencode

import polars as pl
from dash import dcc, get_relative_path, html

from dashboards.formats import number
from dashboards.labels import REASON
from dashboards.theme import RAMP, ink_on


def reason_matrix(frame: pl.DataFrame, chosen: dict[str, str]) -> html.Div:
    """Sources down, reasons across; the chosen cell is outlined."""
    count = {(s, r): n for s, r, n in frame.select("source_id", "reason_code", "quarantined_count").iter_rows()}
    names = dict(frame.select("source_id", "source_name").iter_rows())
    reasons = [code for code in REASON if any(code == r for _, r in count)]
    largest = max(count.values(), default=0)
    totals = {source: sum(n for (s, _), n in count.items() if s == source) for source in names}
    head = html.Tr(
        [html.Th("来源", scope="col")]
        + [html.Th(REASON[code], className="number", scope="col") for code in reasons]
        + [html.Th("合计", className="number", scope="col")]
    )
    rows = []
    for source in sorted(names, key=lambda s: (-totals[s], s)):
        cells = [_cell(count.get((source, r), 0), largest, chosen, source_id=source, reason_code=r) for r in reasons]
        total = html.Td(_link(totals[source], source_id=source), className=_marked(chosen, source_id=source))
        rows.append(html.Tr([html.Th(names[source], scope="row"), *cells, total]))
    last = [
        html.Td(
            _link(sum(n for (_, r), n in count.items() if r == code), reason_code=code),
            className=_marked(chosen, reason_code=code),
        )
        for code in reasons
    ]
    total = html.Td(_link(sum(count.values())), className="number")
    body = html.Tbody([*rows, html.Tr([html.Th("合计", scope="row"), *last, total])])
    return html.Div(
        html.Table([html.Thead(head), body], **{"aria-label": "隔离行按来源与原因"}), className="table tight reasons"
    )


def _link(value: int, **chosen: str) -> dcc.Link | html.Span:
    href = get_relative_path("/quality") + (f"?{urlencode(chosen)}" if chosen else "")
    return dcc.Link(number(value), href=href) if value else html.Span("·", className="muted")


def _marked(chosen: dict[str, str], **own: str) -> str:
    return "number chosen" if chosen == own else "number"


def _cell(value: int, largest: int, chosen: dict[str, str], **own: str) -> html.Td:
    step = 0 if not value else max(1, round((value / largest) ** 0.4 * (len(RAMP) - 1)))
    colours = {"backgroundColor": RAMP[step], "--ink": ink_on(RAMP[step])} if value else {}
    return html.Td(_link(value, **own), className=_marked(chosen, **own), style=colours)
