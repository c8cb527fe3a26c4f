"""The figure of checks over time: what did not pass, run by run.

How a run is judged is decided before it is published.
"""

import plotly.graph_objects as go
import polars as pl

from dashboards.formats import instant
from dashboards.theme import COLOUR

SERIES = (("warning_count", "提醒", "amber"), ("blocking_count", "阻断", "bad"), ("error_count", "未能检查", "slate"))


def history(frame: pl.DataFrame) -> go.Figure:
    """Checks that did not pass by run, oldest on the left; a blocked run bears a cross."""
    figure = go.Figure()
    shown = [instant(at) for at in frame["checked_at"]]
    places = list(range(frame.height))
    for column, name, colour in SERIES:
        figure.add_bar(
            x=places,
            y=frame[column],
            name=name,
            marker={"color": COLOUR[colour]},
            customdata=list(zip(shown, frame["passed_count"], strict=True)),
            hovertemplate="%{customdata[0]}　" + name + " %{y} 项，通过 %{customdata[1]:,} 项<extra></extra>",
        )
    totals = frame.select(pl.sum_horizontal([column for column, _, _ in SERIES]))
    blocked = [
        (x, y) for x, y, is_blocked in zip(places, totals.to_series(), frame["is_blocked"], strict=True) if is_blocked
    ]
    figure.add_scatter(
        x=[x for x, _ in blocked],
        y=[y for _, y in blocked],
        name="未予发布",
        mode="markers",
        marker={"symbol": "x", "size": 11, "color": COLOUR["bad"], "line": {"width": 1, "color": COLOUR["surface"]}},
        hovertemplate="未予发布<extra></extra>",
    )
    step = -(-frame.height // 7)
    most = max(totals.to_series().to_list(), default=0)
    figure.update_layout(template="desk", barmode="stack", bargap=0.35)
    # A few runs stay slim, and a day without any finding is no empty chart.
    figure.update_xaxes(
        tickvals=places[::step], ticktext=[text[5:10] for text in shown[::step]], showgrid=False, tickangle=0,
        range=[-0.6, max(frame.height, 12) - 0.4],
    )  # fmt: skip
    figure.update_yaxes(rangemode="tozero", tickformat=",d", range=[0, max(4, 1.2 * most)])
    return figure
