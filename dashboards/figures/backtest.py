"""Figures of a back-test: rates by grade, rates along the score, and the ranking from day to day, all with intervals.

Every number comes with the report; nothing is estimated here.
"""

from typing import Any

import plotly.graph_objects as go

from dashboards.theme import COLOUR

Estimate = dict[str, float | None]
POOL = {
    "all": ("全部检查", "blue"),
    "within_inspector": ("同一检查人员之内", "teal"),
    "random": ("随机抽查（加权）", "amber"),
}
_APART = 0.16


def rates(pools: dict[str, Any]) -> go.Figure:
    """Rate of critical findings by grade, a point and its interval for each pool; dotted: the rate of all."""
    figure = go.Figure()
    grades = [grade["grade"] for grade in pools["all"]["grades"]]
    for place, (pool, told) in enumerate(pools.items()):
        name, colour = POOL[pool]
        shown = [(n, grade) for n, grade in enumerate(told["grades"]) if grade["rate"]["value"] is not None]
        figure.add_scatter(
            x=[n + (place - (len(pools) - 1) / 2) * _APART for n, _ in shown],
            y=[grade["rate"]["value"] for _, grade in shown],
            error_y=_reach([grade["rate"] for _, grade in shown], COLOUR[colour]),
            customdata=[(grade["grade"], grade["inspections"], grade["found"], grade["share"]) for _, grade in shown],
            hovertemplate="%{customdata[0]}　%{y:.1%}　%{customdata[1]:,} 次检查，%{customdata[2]:,} 次有严重问题，"
            "占 %{customdata[3]:.1%}<extra></extra>",
            mode="markers",
            marker={"size": 10, "color": COLOUR[colour]},
            name=name,
        )
    figure.add_hline(y=pools["all"]["base_rate"], line={"color": COLOUR["slate"], "dash": "dot", "width": 1})
    figure.update_layout(template="desk")
    figure.update_xaxes(
        tickvals=list(range(len(grades))), ticktext=grades, range=[-0.6, len(grades) - 0.4], showgrid=False
    )
    figure.update_yaxes(rangemode="tozero", tickformat=".0%")
    return figure


def bands(told: list[dict[str, Any]]) -> go.Figure:
    """Rate of critical findings in about ten bands of the score, safest first."""
    figure = go.Figure(
        go.Scatter(
            x=list(range(1, len(told) + 1)),
            y=[band["rate"]["value"] for band in told],
            error_y=_reach([band["rate"] for band in told], COLOUR["blue"]),
            customdata=[band["inspections"] for band in told],
            hovertemplate="第 %{x} 段　%{y:.1%}　%{customdata:,} 次检查<extra></extra>",
            mode="markers+lines",
            line={"color": COLOUR["blue-soft"], "width": 1},
            marker={"size": 8, "color": COLOUR["blue"]},
        )
    )
    figure.update_layout(template="desk", showlegend=False, margin={"t": 8})
    figure.update_xaxes(showgrid=False, dtick=1, title="得分段，由低风险到高风险")
    figure.update_yaxes(rangemode="tozero", tickformat=".0%")
    return figure


def days(told: list[dict[str, Any]]) -> go.Figure:
    """AUC of the score by as-of day; the dotted line is a ranking that knows nothing."""
    shown = [day for day in told if day["auc"]["value"] is not None]
    figure = go.Figure(
        go.Scatter(
            x=list(range(len(shown))),
            y=[day["auc"]["value"] for day in shown],
            error_y=_reach([day["auc"] for day in shown], COLOUR["blue"]),
            customdata=[(day["as_of"], day["inspections"], day["found"]) for day in shown],
            hovertemplate="%{customdata[0]}　AUC %{y:.3f}　%{customdata[1]:,} 次检查，%{customdata[2]:,} 次有严重问题"
            "<extra></extra>",
            mode="markers",
            marker={"size": 9, "color": COLOUR["blue"]},
        )
    )
    figure.add_hline(y=0.5, line={"color": COLOUR["slate"], "dash": "dot", "width": 1})
    figure.update_layout(template="desk", showlegend=False, margin={"t": 8})
    figure.update_xaxes(tickvals=list(range(len(shown))), ticktext=[day["as_of"] for day in shown], showgrid=False)
    figure.update_yaxes(tickformat=".2f")
    return figure


def _reach(estimates: list[Estimate], colour: str) -> dict[str, Any]:
    """Error bars from a value to the ends of its interval; none where there is no interval."""

    def far(one: Estimate, end: str) -> float:
        value, edge = one["value"], one[end]
        return 0.0 if value is None or edge is None else abs(edge - value)

    return {
        "type": "data",
        "symmetric": False,
        "array": [far(one, "high") for one in estimates],
        "arrayminus": [far(one, "low") for one in estimates],
        "color": colour,
        "thickness": 1.6,
        "width": 5,
    }
