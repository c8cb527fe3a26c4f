"""Figures of a scorecard: how the contributions of the indicators add up to the score.

Weights and points are facts of the snapshot; nothing is scored here.
"""

from decimal import Decimal
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboards.theme import COLOUR

BAR_PX = 27
_MOST_BARS = 16  # the table below the figure has every indicator


def _bars(frame: pl.DataFrame) -> list[tuple[str, Decimal]]:
    """Names and contributions, the largest first; the small ones of many are summed in one bar."""
    rows = frame.filter(pl.col("contribution") != 0).sort(["contribution", "indicator_id"], descending=[True, False])
    bars = [
        (name or code, Decimal(value))
        for name, code, value in rows.select("name_zh", "indicator_id", "contribution").iter_rows()
    ]
    if len(bars) <= _MOST_BARS:
        return bars
    rest = bars[_MOST_BARS - 1 :]
    return [*bars[: _MOST_BARS - 1], (f"其余 {len(rest)} 项合计", sum((value for _, value in rest), Decimal(0)))]


def contributions(frame: pl.DataFrame, score: Any) -> go.Figure:
    """A horizontal waterfall of one pack: each bar begins where the one above ended; the last bar is the score."""
    bars = _bars(frame)
    names, amounts = [name for name, _ in bars], [amount for _, amount in bars]
    starts = [sum(amounts[:i], Decimal(0)) for i in range(len(amounts))]
    total = sum(amounts, Decimal(0))
    labels = [*names, "得分"]
    figure = go.Figure(
        go.Bar(
            orientation="h",
            y=list(range(len(labels))),
            x=[float(value) for value in (*amounts, total)],
            base=[float(value) for value in (*starts, Decimal(0))],
            marker={"color": [COLOUR["blue-soft"]] * len(names) + [COLOUR["blue"]]},
            text=[f"{value:+.2f}" for value in amounts] + [f"<b>{total:.2f}</b>"],
            textposition="outside",
            cliponaxis=False,
            constraintext="none",
            customdata=labels,
            hovertemplate="%{customdata} %{x:.4f}<extra></extra>",
        )
    )
    longest = max(float(total), 1.0)
    figure.update_layout(template="desk", margin={"t": 4, "r": 16, "b": 4}, bargap=0.38, showlegend=False)
    figure.update_xaxes(range=[min(0.0, *(float(value) for value in starts), 0.0), longest * 1.16], nticks=6)
    figure.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(labels))),
        ticktext=[*names, f"<b>得分 {float(score):.2f}</b>"],
        range=[len(labels) - 0.45, -0.55],
        showgrid=False,
    )
    return figure


def height(frame: pl.DataFrame) -> int:
    """Pixels that the bars of one pack need."""
    return 52 + BAR_PX * (len(_bars(frame)) + 1)
