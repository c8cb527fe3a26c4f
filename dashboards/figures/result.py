"""Quick charts of an analyst's result: bars, lines, points. Frames in, figures out; nothing is aggregated here.

Not here: which columns are drawn, and what was left out (`sql_output.py`).
"""

import plotly.graph_objects as go
import polars as pl

from dashboards.theme import COLOUR, RAMP

KINDS = {"bar": "柱形图", "line": "折线图", "scatter": "散点图"}
_MODES = {"line": "lines+markers", "scatter": "markers"}
_SERIES = (COLOUR["blue"], COLOUR["amber"], COLOUR["teal"], COLOUR["bad"], RAMP[4], COLOUR["slate"])


def chart(kind: str, rows: pl.DataFrame, x: str, names: dict[str, str]) -> go.Figure:
    """A chart of `rows` over the column `x`; every other column is a series, shown under its name in `names`.

    Raises KeyError for a kind that is none of KINDS.
    """
    series = [name for name in rows.columns if name != x]
    figure = go.Figure(layout={"template": "desk", "hovermode": "x unified" if kind == "line" else "closest"})
    for number, column in enumerate(series):
        figure.add_trace(_trace(kind, rows[x], rows[column], names[column], _SERIES[number % len(_SERIES)]))
    figure.update_layout(
        showlegend=len(series) > 1,
        legend={"orientation": "h", "y": 1.08},
        xaxis_title=names[x],
        yaxis_title=names[series[0]] if len(series) == 1 else None,
        margin={"l": 64, "r": 16, "t": 24, "b": 56},
    )
    if rows.schema[x] == pl.String and kind != "scatter":
        figure.update_xaxes(type="category")  # 610113 is a district, not a number
    return figure


def _trace(kind: str, x: pl.Series, y: pl.Series, name: str, colour: str) -> go.Bar | go.Scatter:
    if kind == "bar":
        return go.Bar(x=x.to_list(), y=y.to_list(), name=name, marker_color=colour)
    return go.Scatter(
        x=x.to_list(), y=y.to_list(), name=name, mode=_MODES[kind], line_color=colour, marker_color=colour
    )
