"""Figures of the wall screen: what needs axes; bars and tables there are drawn by the page itself.

The map is that of the desk in the colours of the wall (`place.py`).
"""

from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboards.theme import WALL


def inspections(frame: pl.DataFrame) -> go.Figure:
    """Inspections by month, random ones in front, with the share that found a problem."""
    figure = go.Figure()
    figure.add_bar(x=frame["month"], y=frame["inspection_count"], name="全部检查", marker={"color": WALL["track"]})
    figure.add_bar(x=frame["month"], y=frame["random_count"], name="随机抽查", marker={"color": WALL["accent"]})
    figure.add_scatter(
        x=frame["month"],
        y=frame["problem_ratio"],
        name="问题发现率",
        yaxis="y2",
        mode="lines+markers",
        line={"color": WALL["warn"], "width": 3},
        marker={"size": 8},
    )
    return _months(figure, frame["problem_ratio"].drop_nulls().to_list())


def approvals(frame: pl.DataFrame) -> go.Figure:
    """Approvals by month: opened and closed, with the mean of working days used."""
    figure = go.Figure()
    figure.add_bar(x=frame["month"], y=frame["opened_count"], name="受理", marker={"color": WALL["track"]})
    figure.add_bar(x=frame["month"], y=frame["closed_count"], name="办结", marker={"color": WALL["accent"]})
    figure.add_scatter(
        x=frame["month"],
        y=frame["mean_days"],
        name="平均用时（工作日）",
        yaxis="y2",
        mode="lines+markers",
        line={"color": WALL["warn"], "width": 3},
        marker={"size": 8},
    )
    figure = _months(figure, frame["mean_days"].drop_nulls().to_list())
    return figure.update_layout(barmode="group", yaxis2={"tickformat": ".1f"})


def orders(frame: pl.DataFrame) -> go.Figure:
    """Orders by day within the band that season, weekday and holidays led one to expect; odd days are marked."""
    figure = go.Figure()
    for column, fill in (("expected_high", None), ("expected_low", "tonexty")):
        figure.add_scatter(
            x=frame["day"],
            y=frame[column],
            mode="lines",
            line={"width": 0},
            fill=fill,
            fillcolor=WALL["band"],
            name="预期区间",
            showlegend=fill is not None,
        )
    figure.add_scatter(
        x=frame["day"],
        y=frame["order_count"],
        mode="lines",
        name="受理量",
        line={"color": WALL["bar-pale"], "width": 3},
    )
    odd = frame.filter(pl.col("is_anomaly"))
    figure.add_scatter(
        x=odd["day"], y=odd["order_count"], mode="markers", name="异常日", marker={"color": WALL["bad"], "size": 13}
    )
    figure.update_layout(template="wall", yaxis={"rangemode": "tozero", "nticks": 5})
    figure.update_xaxes(tickformat="%m-%d", nticks=7, tickangle=0, showgrid=False)
    return figure


def _months(figure: go.Figure, ratios: list[Any]) -> go.Figure:
    figure.update_layout(
        template="wall",
        barmode="overlay",
        bargap=0.35,
        yaxis={"tickformat": ",d", "nticks": 5},
        yaxis2={
            "overlaying": "y",
            "side": "right",
            "tickformat": ".0%",
            "showgrid": False,
            "tickmode": "auto",
            "nticks": 4,
            "range": [0, 1.3 * (max(ratios, default=0) or 1)],
            "tickfont": {"color": WALL["warn"], "size": 17},
        },
    )
    figure.update_xaxes(dtick="M2", tickformat="%-m月", tickangle=0, showgrid=False)
    return figure
