"""Small tables that are read whole; long lists are grids (`grid.py`).

No query: rows come as lists of cells.
"""

from collections.abc import Sequence
from typing import Any

from dash import html

TALL = 16  # rows; more of them scroll within their panel where a table is tight


def table(
    columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]], label: str, *, is_tight: bool = False
) -> html.Div:
    """A table; each column is a heading and `text`, `short` (one line), `number` or `badge`, which sets its look."""
    head = html.Thead(html.Tr([html.Th(name, className=kind, scope="col") for name, kind in columns]))
    body = html.Tbody(
        [html.Tr([html.Td(cell, className=kind) for cell, (_, kind) in zip(row, columns, strict=True)]) for row in rows]
    )
    whole = html.Table([head, body], **{"aria-label": label})
    if is_tight and len(rows) > TALL:  # what scrolls is reached by keyboard as well
        return html.Div(whole, className="table tight tall", tabIndex=0, role="region", **{"aria-label": label})
    return html.Div(whole, className="table tight" if is_tight else "table")
