"""Figures of the 12345 hotline: trend with its expected band, steps reached, heat of category and district.

Expectations and anomalies are computed in the marts.
"""

import plotly.graph_objects as go
import polars as pl

from dashboards import labels
from dashboards.formats import number, percent
from dashboards.theme import COLOUR, RAMP, ink_on

HEAT_ROWS = 12


def trend(frame: pl.DataFrame) -> go.Figure:
    """Orders by day with the expected band; days outside it are marked."""
    figure = go.Figure()
    band = frame.filter(pl.col("expected_low").is_not_null() & pl.col("expected_high").is_not_null())
    figure.add_scatter(
        x=[*band["day"], *reversed(band["day"].to_list())],
        y=[*band["expected_high"], *reversed(band["expected_low"].to_list())],
        fill="toself",
        fillcolor=COLOUR["blue-pale"],
        line={"width": 0},
        mode="lines",
        name="预期区间",
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=frame["day"],
        y=frame["order_count"],
        mode="lines",
        name="受理量",
        line={"color": COLOUR["blue"], "width": 2},
        customdata=frame["expected_mid"],
        hovertemplate="%{x|%Y-%m-%d} 受理 %{y:,} 件（预期 %{customdata:,.0f}）<extra></extra>",
    )
    odd = frame.filter(pl.col("is_anomaly"))
    figure.add_scatter(
        x=odd["day"],
        y=odd["order_count"],
        mode="markers",
        name="异常",
        hoverinfo="skip",
        marker={"symbol": "diamond", "size": 11, "color": COLOUR["bad"]},
    )
    figure.update_layout(template="desk")
    figure.update_xaxes(tickformat="%m-%d", dtick=7 * 86_400_000, tickangle=0)
    figure.update_yaxes(tickformat=",d")
    return figure


def funnel(frame: pl.DataFrame) -> go.Figure:
    """Orders by step reached: count, share and median hours of each step."""
    names = [labels.word(labels.STEP_KIND, kind) for kind in frame["step_kind"]]
    places = list(range(frame.height))
    colours = [COLOUR["teal"] if place == places[-1] else COLOUR["blue"] for place in places]
    figure = go.Figure(
        go.Bar(
            orientation="h",
            y=places,
            x=frame["case_count"],
            marker={"color": colours},
            showlegend=False,
            hovertemplate="%{customdata} %{x:,} 件<extra></extra>",
            customdata=names,
        )
    )
    largest = max(frame["case_count"].to_list(), default=0) or 1
    for place, count, ratio, hours in zip(
        places, frame["case_count"], frame["ratio"], frame["median_hours"], strict=True
    ):
        figure.add_annotation(
            x=0,
            y=place - 0.5,
            text=f"<b>{names[place]}</b>　{number(count)} 件　{percent(ratio)}",
            showarrow=False,
            xanchor="left",
            yanchor="middle",
            font={"size": 13},
            xshift=-2,
        )
        if hours is not None:
            figure.add_annotation(
                x=1,
                xref="paper",
                y=place - 0.5,
                text=_duration(hours),
                showarrow=False,
                xanchor="right",
                yanchor="middle",
                font={"size": 13, "color": COLOUR["muted"]},
            )
    figure.update_layout(template="desk", margin={"t": 6, "b": 2, "l": 4}, bargap=0.62)
    figure.update_xaxes(visible=False, range=[0, largest * 1.01])
    figure.update_yaxes(visible=False, range=[len(places) - 0.6, -0.85])
    return figure


def _duration(hours: float) -> str:
    return f"中位 {hours:.1f} 时" if hours < 48 else f"中位 {hours / 24:.1f} 天"


def busiest(frame: pl.DataFrame) -> pl.DataFrame:
    """The categories with most orders, at most HEAT_ROWS of them."""
    totals = frame.group_by("item_code", "item_name").agg(pl.col("order_count").sum())
    return totals.sort(["order_count", "item_code"], descending=[True, False]).head(HEAT_ROWS)


def _short(district: str) -> str:
    """A district name without its suffix, two characters a line: `国际港务区` → `国际<br>港务`."""
    suffix = next((s for s in ("新区", "基地", "区", "县") if district.endswith(s) and len(district) - len(s) >= 2), "")
    stem = district.removesuffix(suffix)
    return stem if stem.isascii() else "<br>".join(stem[i : i + 2] for i in range(0, len(stem), 2))


def heat(frame: pl.DataFrame, unit: str = "件") -> go.Figure:
    """Orders (or what `unit` counts) by category and district, busiest first: stepped colours, counts in the cells."""
    items = busiest(frame)
    places = (
        frame.select("district_kind", "district_code", "district_name").unique().sort("district_kind", "district_code")
    )
    count = {(i, d): n for i, d, n in frame.select("item_code", "district_code", "order_count").iter_rows()}
    largest = max(count.values(), default=1) or 1
    codes, columns = items["item_code"].to_list(), places["district_code"].to_list()
    cells = [[count.get((item, place), 0) for place in columns] for item in codes]
    step = [[round((n / largest) ** 0.7 * (len(RAMP) - 1)) for n in row] for row in cells]
    last = len(RAMP) - 1
    figure = go.Figure(
        go.Heatmap(
            z=step,
            zmin=0,
            zmax=last,
            colorscale=[[i / last, colour] for i, colour in enumerate(RAMP)],
            showscale=False,
            xgap=2,
            ygap=2,
            customdata=cells,
            hovertemplate=f"%{{y}} · %{{x}}　%{{customdata:,}} {unit}<extra></extra>",
            x=list(range(len(columns))),
            y=list(range(len(codes))),
        )
    )
    figure.add_scatter(
        x=[x for row in cells for x in range(len(row))],
        y=[y for y, row in enumerate(cells) for _ in row],
        mode="text",
        text=[number(n) if n else "·" for row in cells for n in row],
        hoverinfo="skip",
        textfont={"size": 12, "color": [ink_on(RAMP[s]) for row in step for s in row]},
    )
    short = [_short(name) for name in places["district_name"]]
    figure.update_layout(template="desk", margin={"t": 4, "b": 4}, showlegend=False)
    figure.update_xaxes(
        tickmode="array",
        tickvals=list(range(len(short))),
        ticktext=short,
        showgrid=False,
        tickangle=0,
        range=[-0.5, len(short) - 0.5],
    )
    figure.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(codes))),
        ticktext=items["item_name"].to_list(),
        showgrid=False,
        range=[len(codes) - 0.5, -0.5],
    )
    return figure
