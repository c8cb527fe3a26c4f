"""Figures of approvals: limits against practice, durations, ratings, months and steps.

Working days and hours are counted in the marts.
"""

from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboards import labels
from dashboards.theme import COLOUR, RATING

RATING_NAMES = ("非常不满意", "不满意", "基本满意", "满意", "非常满意")


def limits(frame: pl.DataFrame) -> go.Figure:
    """Statutory limit, promise and mean of each item, with the share saved against the statutory limit."""
    rows = frame.filter(pl.col("statutory_days").is_not_null()).reverse()
    items = rows["item_name"].to_list()
    figure = go.Figure()
    for item, mean, statutory in zip(items, rows["mean_days"], rows["statutory_days"], strict=True):
        figure.add_scatter(
            x=[mean if mean is not None else 0, statutory],
            y=[item, item],
            mode="lines",
            hoverinfo="skip",
            showlegend=False,
            line={"color": COLOUR["grey"], "width": 7},
        )
    marks: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("statutory_days", "法定", {"symbol": "line-ns", "size": 18, "line": {"color": COLOUR["slate"], "width": 4}}),
        (
            "promised_days",
            "承诺",
            {"size": 14, "color": COLOUR["surface"], "line": {"color": COLOUR["blue"], "width": 3}},
        ),
        ("mean_days", "实际均值", {"size": 14, "color": COLOUR["blue"]}),
    )
    for column, name, marker in marks:
        figure.add_scatter(
            x=rows[column],
            y=items,
            mode="markers",
            name=name,
            marker=marker,
            cliponaxis=False,
            hovertemplate="%{y} " + name + " %{x:.1f} 工作日<extra></extra>",
        )
    # The spaces keep the words off the mark: a text trace leaves no gap to its point.
    saved = [
        "" if mean is None or not statutory else f"   <b>{mean / statutory - 1:+.0%}</b>".replace("-", "−")
        for mean, statutory in zip(rows["mean_days"], rows["statutory_days"], strict=True)
    ]
    figure.add_scatter(
        x=rows["statutory_days"],
        y=items,
        mode="text",
        text=saved,
        textposition="middle right",
        showlegend=False,
        hoverinfo="skip",
        textfont={"color": COLOUR["ok"], "size": 14},
        cliponaxis=False,
    )
    longest = max(rows["statutory_days"].to_list(), default=1)
    figure.update_layout(template="desk")
    figure.update_xaxes(range=[-0.5, 1.14 * (longest)], ticksuffix=" 日", nticks=9)
    figure.update_yaxes(type="category", categoryorder="array", categoryarray=items)
    return figure


def durations(frame: pl.DataFrame, item: dict[str, Any]) -> go.Figure:
    """Closed approvals of one item by working days used, against its mean, promise and statutory limit."""
    figure = go.Figure(
        go.Bar(
            x=frame["days"],
            y=frame["case_count"],
            marker={"color": COLOUR["blue-soft"], "line": {"width": 0}},
            hovertemplate="%{x} 工作日 %{y:,} 件<extra></extra>",
        )
    )
    lines = (
        ("mean_days", "均值", "solid", COLOUR["strong"]),
        ("promised_days", "承诺", "dot", COLOUR["blue"]),
        ("statutory_days", "法定", "dot", COLOUR["slate"]),
    )
    for place, (column, name, dash, colour) in enumerate(lines):
        value = item[column]
        if value is None:
            continue
        figure.add_vline(x=value, line={"color": colour, "width": 2, "dash": dash})
        shown = f"{value:.1f}" if isinstance(value, float) else value
        figure.add_annotation(
            x=value,
            y=1 - 0.11 * place,
            yref="paper",
            text=f"<b>{name} {shown}</b>",
            showarrow=False,
            xanchor="left",
            xshift=5,
            font={"color": colour, "size": 13},
            bgcolor="rgba(255,255,255,.8)",
        )
    latest = max([*frame["days"], item["statutory_days"] or 0, item["promised_days"] or 0])
    figure.update_layout(template="desk", margin={"t": 10, "b": 8}, bargap=0.05)
    figure.update_xaxes(title="办理时长（工作日）", range=[-0.7, latest * 1.12 + 1])
    figure.update_yaxes(tickformat=",d")
    return figure


def ratings(frame: pl.DataFrame) -> go.Figure:
    """Share of each rating by item, poor ones to the left of the line; items without a rating are left out."""
    columns = [f"rating_{score}_count" for score in range(1, 6)]
    rated = frame.with_columns(pl.sum_horizontal(columns).alias("rated")).filter(pl.col("rated") > 0).reverse()
    figure = go.Figure()
    # Bars stack outwards from the line, so the mildest of the poor ratings comes first.
    for index in (1, 0, 2, 3, 4):
        share = rated[columns[index]] / rated["rated"]
        figure.add_bar(
            orientation="h",
            y=rated["item_name"],
            x=-share if index < 2 else share,
            name=RATING_NAMES[index],
            marker={"color": RATING[index]},
            customdata=share,
            hovertemplate="%{y} " + RATING_NAMES[index] + " %{customdata:.1%}<extra></extra>",
        )
    figure.add_vline(x=0, line={"color": COLOUR["strong"], "width": 1.5})
    poorest = max(
        [(one + two) / all_of for one, two, all_of in rated.select(*columns[:2], "rated").iter_rows()], default=0
    )
    figure.update_layout(template="desk", barmode="relative", bargap=0.45, showlegend=False, margin={"t": 4})
    figure.update_xaxes(tickformat=".0%", range=[-max(0.03, 1.2 * poorest), 1.02])
    figure.update_yaxes(type="category")
    return figure


def months(frame: pl.DataFrame) -> go.Figure:
    """Approvals opened and closed by month, with the mean of working days on the right axis."""
    figure = go.Figure()
    for column, name, colour in (("opened_count", "受理", "grey"), ("closed_count", "办结", "blue")):
        figure.add_bar(
            x=frame["month"],
            y=frame[column],
            name=name,
            marker={"color": COLOUR[colour]},
            hovertemplate="%{x|%Y-%m} " + name + " %{y:,} 件<extra></extra>",
        )
    figure.add_scatter(
        x=frame["month"],
        y=frame["mean_days"],
        name="平均用时（工作日）",
        yaxis="y2",
        mode="lines+markers",
        line={"color": COLOUR["teal"], "width": 2},
        hovertemplate="%{x|%Y-%m} 平均 %{y:.1f} 工作日<extra></extra>",
    )
    figure.update_layout(
        template="desk",
        bargap=0.3,
        bargroupgap=0.05,
        yaxis={"tickformat": ",d"},
        yaxis2={
            "overlaying": "y",
            "side": "right",
            "showgrid": False,
            "rangemode": "tozero",
            "tickmode": "auto",
            "nticks": 5,
        },
    )
    figure.update_xaxes(dtick="M3", tickformat="%Y-%m", tickangle=0, showgrid=False)
    return figure


def steps(frame: pl.DataFrame) -> go.Figure:
    """Median hours of each step, side by side on one bar an item."""
    figure = go.Figure()
    items = frame.group_by("item_code", "item_name").agg(pl.col("median_hours").sum()).sort("median_hours", "item_code")
    shades = (COLOUR["grey"], COLOUR["blue-soft"], COLOUR["blue"], COLOUR["teal"], COLOUR["slate"])
    kinds = frame.group_by("step_kind").agg(pl.col("step_no").max()).sort("step_no", "step_kind")["step_kind"].to_list()
    for index, kind in enumerate(kinds):
        part = frame.filter(pl.col("step_kind") == kind)
        name = labels.word(labels.STEP_KIND, kind)
        figure.add_bar(
            orientation="h",
            y=part["item_name"],
            x=part["median_hours"],
            name=name,
            customdata=part["p90_hours"],
            marker={"color": shades[index % len(shades)]},
            hovertemplate="%{y} " + name + " 中位 %{x:.1f} 时，九成在 %{customdata:.1f} 时内<extra></extra>",
        )
    figure.update_layout(template="desk", barmode="stack", bargap=0.45, legend={"traceorder": "normal"})
    figure.update_xaxes(ticksuffix=" 时")
    figure.update_yaxes(type="category", categoryorder="array", categoryarray=items["item_name"].to_list())
    return figure
