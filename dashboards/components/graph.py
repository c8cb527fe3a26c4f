"""The one place where a chart component is made: nothing is uploaded, nothing is fetched, texts are Chinese.

Figures themselves are in `dashboards/figures`.
"""

from typing import Any

import plotly.graph_objects as go
from dash import dcc, html

CONFIG: dict[str, Any] = {
    # plotly.js 4 offers "Share chart…", which uploads the data of a chart, unless both are switched off.
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "displaylogo": False,
    "displayModeBar": False,
    "locale": "zh-CN",
    "scrollZoom": False,
    "doubleClick": False,
}


def graph(figure: go.Figure, height: int, label: str, graph_id: str | None = None) -> html.Div:
    """A chart of a fixed height in pixels; `label` says in words what it shows, for readers who cannot see it."""
    named: dict[str, Any] = {} if graph_id is None else {"id": graph_id}
    chart = dcc.Graph(
        figure=figure,
        config=CONFIG,
        style={"height": f"{height}px"},
        responsive=True,
        **named,
    )
    # The place is kept while the chart library loads, so that nothing jumps.
    kept = {"minHeight": f"{height}px"}
    return html.Div(chart, className="graph", style=kept, role="img", **{"aria-label": label})
