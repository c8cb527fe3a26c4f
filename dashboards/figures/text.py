"""Figures of public texts: how many count and how many of them are negative; how surely models still read.

Shares over districts are shrunk in the marts; a month's share here is that of its counts.
"""

import plotly.graph_objects as go
import polars as pl

from dashboards.theme import COLOUR


def trend(frame: pl.DataFrame) -> go.Figure:
    """Texts by month as bars, negative ones below the others, and the share of negative ones as a line."""
    negative, texts = frame["negative_count"].to_list(), frame["text_count"].to_list()
    shares = [bad / all_ for bad, all_ in zip(negative, texts, strict=True)]
    figure = go.Figure()
    for name, counts, colour in (
        ("负面", negative, COLOUR["bad"]),
        ("其他", [all_ - bad for bad, all_ in zip(negative, texts, strict=True)], COLOUR["blue-soft"]),
    ):
        figure.add_bar(
            x=frame["month"],
            y=counts,
            name=name,
            marker={"color": colour},
            hovertemplate=f"%{{x|%Y-%m}} {name} %{{y:,}} 条<extra></extra>",
        )
    figure.add_scatter(
        x=frame["month"],
        y=shares,
        name="负面占比",
        yaxis="y2",
        mode="lines+markers",
        line={"color": COLOUR["strong"], "width": 2},
        hovertemplate="%{x|%Y-%m} 负面占比 %{y:.1%}<extra></extra>",
    )
    figure.update_layout(
        template="desk",
        barmode="stack",
        margin={"r": 48},
        yaxis2={"overlaying": "y", "side": "right", "tickformat": ".0%", "rangemode": "tozero", "showgrid": False},
    )
    figure.update_xaxes(tickformat="%Y-%m", dtick="M1", tickangle=0, nticks=13)
    figure.update_yaxes(selector=0, tickformat=",d")
    return figure


def drift(frame: pl.DataFrame) -> go.Figure:
    """The share of unsure readings by month, beside that of the months before."""
    figure = go.Figure()
    for column, name, colour, dash in (
        ("unsure_ratio", "当月", COLOUR["blue"], "solid"),
        ("unsure_ratio_before", "此前 12 个月", COLOUR["muted"], "dot"),
    ):
        figure.add_scatter(
            x=frame["month"],
            y=frame[column],
            name=name,
            mode="lines+markers",
            line={"color": colour, "width": 2, "dash": dash},
            hovertemplate=f"%{{x|%Y-%m}} {name} %{{y:.1%}}<extra></extra>",
        )
    figure.update_layout(template="desk")
    figure.update_xaxes(tickformat="%Y-%m", dtick="M1", tickangle=0)
    figure.update_yaxes(tickformat=".0%", rangemode="tozero")
    return figure
