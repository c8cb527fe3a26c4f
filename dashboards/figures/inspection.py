"""Figures of inspections: volume and problem ratio by month.

Drawn lists are tables, not figures.
"""

import plotly.graph_objects as go
import polars as pl

from dashboards.theme import COLOUR


def inspection_months(frame: pl.DataFrame) -> go.Figure:
    """Inspections by month, random ones in front, with the share that found a problem on the right axis."""
    figure = go.Figure()
    for column, name, colour in (("inspection_count", "全部检查", "grey"), ("random_count", "其中随机抽查", "blue")):
        figure.add_bar(
            x=frame["month"],
            y=frame[column],
            name=name,
            marker={"color": COLOUR[colour]},
            hovertemplate="%{x|%Y-%m} " + name + " %{y:,} 次<extra></extra>",
        )
    figure.add_scatter(
        x=frame["month"],
        y=frame["problem_ratio"],
        name="问题发现率",
        yaxis="y2",
        mode="lines+markers",
        connectgaps=False,
        line={"color": COLOUR["bad"], "width": 2},
        marker={"size": 6},
        hovertemplate="%{x|%Y-%m} 问题发现率 %{y:.1%}<extra></extra>",
    )
    highest = max(frame["problem_ratio"].drop_nulls().to_list(), default=0) or 1
    figure.update_layout(
        template="desk",
        barmode="overlay",
        bargap=0.35,
        yaxis={"tickformat": ",d", "rangemode": "tozero"},
        yaxis2={
            "overlaying": "y",
            "side": "right",
            "tickformat": ".0%",
            "showgrid": False,
            "tickmode": "auto",
            "nticks": 6,
            "range": [0, 1.25 * highest],
            "tickfont": {"color": COLOUR["bad"]},
        },
    )
    figure.update_xaxes(dtick="M3", tickformat="%Y-%m", tickangle=0, showgrid=False, ticklabelstandoff=6)
    return figure
