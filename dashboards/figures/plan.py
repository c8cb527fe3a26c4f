"""The load of a plan before any draw: the share of its people's time that each district asks for.

Seats are counted in models/sampling/plan_load.
"""

from collections.abc import Mapping

import plotly.graph_objects as go
import polars as pl

from dashboards.theme import COLOUR


def load(frame: pl.DataFrame, districts: Mapping[str, str]) -> go.Figure:
    """One bar a district; hatched, and a line at 100 %, where more is asked than those who serve it offer."""
    told = frame.sort("load", descending=True, nulls_last=False)
    names = [districts.get(code, code) or "未载明" for code in told["district_code"]]
    values = [1.0 if value is None else value for value in told["load"]]
    is_over = [asked > offered for asked, offered in told.select("seats", "capacity").iter_rows()]
    figure = go.Figure()
    figure.add_bar(
        x=names,
        y=values,
        text=[
            "无人可派" if value is None else f"{value:.{0 if value >= 0.1 else 1 if value >= 0.01 else 2}%}"
            for value in told["load"]
        ],
        textposition="outside",
        cliponaxis=False,
        constraintext="none",
        marker={
            "color": [COLOUR["bad"] if over else COLOUR["blue"] for over in is_over],
            "pattern": {"shape": ["/" if over else "" for over in is_over]},
        },
        customdata=told.select("visits", "seats", "capacity").rows(),
        hovertemplate="%{x}<br>预计上门 %{customdata[0]:,} 次，需 %{customdata[1]:,} 人次"
        "<br>可承担 %{customdata[2]:,} 人次<extra></extra>",
    )
    if any(is_over):
        figure.add_hline(y=1, line={"color": COLOUR["strong"], "dash": "dash"})
    figure.update_layout(template="desk", bargap=0.45, showlegend=False)
    figure.update_yaxes(rangemode="tozero", tickformat=".2~%", title_text="负荷")
    return figure
