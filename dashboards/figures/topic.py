"""Figures of hot topics: the days of an event.

Counts come from the marts.
"""

from collections.abc import Sequence
from datetime import date

import plotly.graph_objects as go

from dashboards.theme import COLOUR


def trend(days: Sequence[date], counts: Sequence[int]) -> go.Figure:
    """Texts by day; days without any stand at 0."""
    figure = go.Figure()
    figure.add_bar(
        x=list(days),
        y=list(counts),
        marker={"color": COLOUR["blue"]},
        hovertemplate="%{x|%Y-%m-%d} %{y:,} 条<extra></extra>",
    )
    figure.update_layout(template="desk", margin={"l": 28, "r": 4, "t": 4, "b": 22}, bargap=0.2, showlegend=False)
    figure.update_yaxes(rangemode="tozero", nticks=3)
    figure.update_xaxes(nticks=4, tickformat="%m-%d")
    return figure
