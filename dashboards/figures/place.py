"""Figures of places: the district map with its inset, and ranked bars where a feed has no district on the map.

Boundaries come from `dashboards/maps`; which measure is shown is chosen by the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboards.formats import number, percent
from dashboards.maps import boundaries, district_codes
from dashboards.theme import COLOUR, RAMP, WALL, WALL_RAMP

# Central districts are too small to be read on the whole map, so they are named in the inset.
CENTRAL = {"610102", "610103", "610104", "610111", "610112", "610113"}
# Their middles lie so near each other that two lines of words would meet: degrees north of it.
LIFTED = {"610102": 0.014, "610103": 0.004}
WHOLE = {"lonaxis": {"range": [107.6, 110.0]}, "lataxis": {"range": [33.66, 34.78]}}
INSET = {"lonaxis": {"range": [108.79, 109.18]}, "lataxis": {"range": [34.165, 34.395]}}


@dataclass(frozen=True)
class Palette:
    """Colours and sizes of the map on one ground."""

    template: str
    steps: Sequence[str]
    blank: str
    border: str
    ink: str
    halo: str
    muted: str
    name_size: int
    label_size: int
    whole: tuple[float, float]  # from and to across the figure, as shares of its width
    inset: tuple[float, float]  # width, and lower edge, as shares


DESK = Palette(
    "desk",
    RAMP[1:8],
    COLOUR["grid"],
    COLOUR["surface"],
    COLOUR["strong"],
    COLOUR["surface"],
    COLOUR["muted"],
    13,
    12,
    (0.0, 1.0),
    (0.4, 0.52),
)
WALL_MAP = Palette(
    "wall",
    WALL_RAMP,
    WALL["track"],
    WALL["border"],
    WALL["strong"],
    WALL["halo"],
    WALL["muted"],
    18,
    17,
    (0.13, 1.0),
    (0.41, 0.4),
)


@dataclass(frozen=True)
class Measure:
    """What the map is coloured by: a column of mart.district, or the ratio of two."""

    name: str
    numerator: str
    denominator: str | None = None

    def column(self) -> pl.Expr:
        """The value of a district; null where the denominator is zero."""
        if self.denominator is None:
            return pl.col(self.numerator).cast(pl.Float64)
        over = pl.col(self.denominator)
        return pl.when(over > 0).then(pl.col(self.numerator) / over).otherwise(None)

    def shown(self, value: float | None) -> str:
        """A value as text: a count, or a percentage for a ratio."""
        return number(value) if self.denominator is None else percent(value)


MEASURES = {
    "high_risk": Measure("高风险户数", "high_risk_count"),
    "high_risk_ratio": Measure("高风险占比", "high_risk_count", "entity_count"),
    "complaint_ratio": Measure("户均投诉", "complaint_count", "entity_count"),
    "inspection": Measure("检查次数", "inspection_count"),
}


def on_map(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows whose district can be drawn."""
    return frame.filter(pl.col("district_code").is_in(list(district_codes())))


def district_map(frame: pl.DataFrame, measure: Measure, palette: Palette = DESK) -> go.Figure:
    """Choropleth of the 13 districts with an enlarged centre; a district without a value stays grey."""
    width, floor = palette.inset
    drawn = on_map(frame).with_columns(measure.column().alias("measured"))
    measured = drawn.filter(pl.col("measured").is_not_null())
    values = dict(measured.select("district_code", "measured").iter_rows())
    figure = go.Figure()
    for geo in ("geo", "geo2"):
        figure.add_trace(_blank(geo, palette))
        figure.add_trace(_coloured(measured, measure, geo, palette))
        figure.add_trace(_names(values, measure, geo, palette))
    shared: dict[str, Any] = {"visible": False, "projection": {"type": "mercator"}, "bgcolor": "rgba(0,0,0,0)"}
    figure.update_layout(
        template=palette.template,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        geo={**shared, **WHOLE, "domain": {"x": palette.whole, "y": [0, 1]}},
        geo2={**shared, **INSET, "domain": {"x": [0.0, width], "y": [floor, 0.99]}, "bgcolor": palette.halo},
        showlegend=False,
        shapes=[
            {
                "type": "rect",
                "xref": "paper",
                "yref": "paper",
                "x0": 0,
                "x1": width,
                "y0": floor,
                "y1": 0.99,
                "line": {"color": palette.muted, "width": 1},
                "layer": "above",
            }
        ],
        annotations=[
            {
                "text": "中心城区（放大）",
                "xref": "paper",
                "yref": "paper",
                "x": 0.006,
                "y": 0.985,
                "xanchor": "left",
                "yanchor": "top",
                "showarrow": False,
                "font": {"size": palette.label_size, "color": palette.muted},
                "bgcolor": palette.halo,
            }
        ],
    )
    return figure


def _blank(geo: str, palette: Palette) -> go.Choropleth:
    codes = sorted(district_codes())
    return go.Choropleth(
        geojson=boundaries(),
        locations=codes,
        z=[0] * len(codes),
        geo=geo,
        showscale=False,
        hoverinfo="skip",
        colorscale=[[0, palette.blank], [1, palette.blank]],
        marker={"line": {"color": palette.border, "width": 1.2}},
    )


def _coloured(measured: pl.DataFrame, measure: Measure, geo: str, palette: Palette) -> go.Choropleth:
    facts = measured.select("district_name", "entity_count", "high_risk_count", "inspection_count", "complaint_count")
    shown = [measure.shown(value) for value in measured["measured"]]
    steps = palette.steps
    return go.Choropleth(
        geojson=boundaries(),
        locations=measured["district_code"].to_list(),
        z=measured["measured"].to_list(),
        geo=geo,
        colorscale=[[i / (len(steps) - 1), colour] for i, colour in enumerate(steps)],
        marker={"line": {"color": palette.border, "width": 1.2}},
        customdata=[[*row, text] for row, text in zip(facts.iter_rows(), shown, strict=True)],
        hovertemplate=(
            f"<b>%{{customdata[0]}}</b><br>{measure.name} %{{customdata[5]}}<br>主体 %{{customdata[1]:,}} 户"
            "<br>高风险 %{customdata[2]:,} 户<br>检查 %{customdata[3]:,} 次"
            "<br>投诉举报 %{customdata[4]:,} 件<extra></extra>"
        ),
        showscale=geo == "geo",
        colorbar={
            "thickness": 10,
            "len": 0.36,
            "x": 0.985,
            "xanchor": "right",
            "y": 0.02,
            "yanchor": "bottom",
            "outlinewidth": 0,
            "tickfont": {"size": palette.label_size, "color": palette.muted},
            "nticks": 5,
            "tickformat": ",d" if measure.denominator is None else ".1%",
        },
    )


def _names(values: dict[str, float], measure: Measure, geo: str, palette: Palette) -> go.Scattergeo:
    parts = [f for f in boundaries()["features"] if (f["id"] in CENTRAL) == (geo == "geo2")]
    return go.Scattergeo(
        geo=geo,
        mode="text",
        hoverinfo="skip",
        lon=[part["properties"]["label"][0] for part in parts],
        lat=[part["properties"]["label"][1] + LIFTED.get(part["id"], 0) for part in parts],
        text=[f"{part['properties']['name']}<br><b>{measure.shown(values.get(part['id']))}</b>" for part in parts],
        textfont={
            "size": palette.name_size,
            "color": palette.ink,
            "shadow": ", ".join([f"0 0 3px {palette.halo}"] * 4),
        },
    )


def district_bars(frame: pl.DataFrame, measure: Measure, count: int = 16) -> go.Figure:
    """The districts with the largest values as bars, for feeds whose districts are not on the map."""
    ranked = (
        frame.with_columns(measure.column().alias("measured"))
        .filter(pl.col("measured").is_not_null())
        .sort(["measured", "district_code"], descending=[True, False])
        .head(count)
        .reverse()
    )
    figure = go.Figure(
        go.Bar(
            x=ranked["measured"],
            y=ranked["district_name"],
            orientation="h",
            marker={"color": COLOUR["blue"]},
            text=[measure.shown(value) for value in ranked["measured"]],
            textposition="outside",
            cliponaxis=False,
            constraintext="none",
            customdata=ranked["district_code"],
            hovertemplate="%{y} %{text}<extra></extra>",
        )
    )
    figure.update_layout(template="desk", margin={"t": 6, "r": 60}, bargap=0.35)
    figure.update_xaxes(visible=False)
    # Few bars stay slim, at the top.
    figure.update_yaxes(type="category", range=[ranked.height - max(ranked.height, 12) - 0.5, ranked.height - 0.5])
    return figure
