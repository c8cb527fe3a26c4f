"""How entities are spread over the grades of a scorecard, one bar a published day.

Counts come from the ledger; shares are of the entities graded on that day.
"""

import plotly.graph_objects as go
import polars as pl

from dashboards.theme import COLOUR, CREDIT_NAME, CREDIT_SERIES, RISK_NAME, RISK_SERIES

_NAMES = {"credit": CREDIT_NAME, "risk": RISK_NAME}
_SERIES = {"credit": CREDIT_SERIES, "risk": RISK_SERIES}
_DARK = {"Ⅲ", "Ⅳ"}  # grounds on which the ink is light
_LEAST_SHARE = 0.05  # a narrower bar has no room for its share


def spread(frame: pl.DataFrame, pack: str) -> go.Figure:
    """Stacked bars of `as_of`, `grade`, `entity_count`, the latest day on top, best grade on the left."""
    totals = dict(frame.group_by("as_of").agg(pl.col("entity_count").sum()).iter_rows())
    days = sorted(totals)
    count = {(day, grade): n for day, grade, n in frame.select("as_of", "grade", "entity_count").iter_rows()}
    figure = go.Figure()
    for grade, name in _NAMES[pack].items():
        counts = [count.get((day, grade), 0) for day in days]
        shares = [n / totals[day] for n, day in zip(counts, days, strict=True)]
        figure.add_bar(
            orientation="h",
            y=days,
            x=[100 * share for share in shares],
            name=f"{grade} {name}",
            marker={"color": _SERIES[pack][grade], "line": {"color": COLOUR["surface"], "width": 1}},
            text=[f"{grade} {share:.1%}" if share >= _LEAST_SHARE else "" for share in shares],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"color": COLOUR["surface" if grade in _DARK else "strong"]},
            customdata=counts,
            hovertemplate=f"%{{y}} {grade} {name}：%{{customdata:,}} 户（%{{x:.1f}}%）<extra></extra>",
        )
    figure.update_layout(
        template="desk",
        barmode="stack",
        bargap=0.25,
        showlegend=False,
        margin={"l": 88, "r": 26, "t": 4, "b": 24},
        xaxis={"range": [0, 100], "ticksuffix": "%", "showgrid": False},
        yaxis={"type": "category", "showgrid": False},
    )
    return figure
