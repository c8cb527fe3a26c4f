"""The figure of lineage: tables by stage from left to right, a line from each to those that read it.

Which table reads which comes with the snapshot; parameters, which every stage reads, are left out.
"""

import math
from collections.abc import Mapping
from functools import partial

import plotly.graph_objects as go

from dashboards.labels import STAGE, word
from dashboards.theme import COLOUR

STAGES = ("raw", "quarantine", "entity", "fact", "known", "text", "indicator", "grade", "plan", "outcome", "mart")
ROW_PIXELS = 25
_WIDEST = 16  # halves of a Chinese character
Edges = list[tuple[str, str]]
Point = tuple[float, float]


def drawn(edges: Edges) -> Edges:
    """The edges between tables of the stages, as (read, reading)."""
    kept = [(a, b) for a, b in edges if a.split(".")[0] in STAGES and b.split(".")[0] in STAGES]
    return sorted(set(kept))


def connected(edges: Edges, table: str) -> set[str]:
    """The table, everything it rests on and everything that rests on it."""
    found = {table}
    for way in (edges, [(b, a) for a, b in edges]):
        reached = {table}
        while more := {b for a, b in way if a in reached} - reached:
            reached |= more
        found |= reached
    return found


def places(edges: Edges) -> dict[str, Point]:
    """Where each table stands: its stage across; down, near the tables that it reads."""
    tables = sorted({name for edge in edges for name in edge})
    columns = [stage for stage in STAGES if any(t.startswith(f"{stage}.") for t in tables)]
    found: dict[str, Point] = {}
    for across, stage in enumerate(columns):
        members = [t for t in tables if t.startswith(f"{stage}.")]

        members.sort(key=partial(_level, edges, dict(found)))
        found |= {table: (float(across), place - (len(members) - 1) / 2) for place, table in enumerate(members)}
    return found


def _level(edges: Edges, placed: Mapping[str, Point], table: str) -> tuple[float, str]:
    above = [placed[a][1] for a, b in edges if b == table and a in placed]
    return (sum(above) / len(above) if above else 0.0, table)


def height(edges: Edges) -> int:
    """Pixels that the fullest stage needs."""
    down = [y for _, y in places(edges).values()]
    return round(ROW_PIXELS * (max(down, default=0) - min(down, default=0) + 3))


def lineage(edges: Edges, names: Mapping[str, str], chosen: str | None) -> go.Figure:
    """All tables and lines; when one is chosen, what it rests on and what rests on it stands out."""
    where = places(edges)
    lit = connected(edges, chosen) if chosen in where else set()
    figure = go.Figure()
    for is_lit in (False, True):
        lines = [edge for edge in edges if (set(edge) <= lit) == is_lit]
        x, y = _curves([(where[a], where[b]) for a, b in lines])
        colour = COLOUR["blue-soft"] if is_lit else COLOUR["line"]
        figure.add_scatter(x=x, y=y, mode="lines", line={"color": colour, "width": 1.2}, hoverinfo="skip")
    tables = list(where)
    bright = [not lit or table in lit for table in tables]
    figure.add_scatter(
        x=[where[t][0] for t in tables],
        y=[where[t][1] for t in tables],
        mode="markers+text",
        text=[f" {_short(names.get(t, t.split('.')[1]))}" for t in tables],
        textposition="middle right",
        textfont={
            "size": 12,
            "shadow": ", ".join([f"0 0 2px {COLOUR['surface']}"] * 4),
            "color": [COLOUR["text"] if on else COLOUR["slate"] for on in bright],
        },
        marker={
            "size": [12 if t == chosen else 8 for t in tables],
            "color": [
                COLOUR["bad"] if t == chosen else COLOUR["blue" if on else "grey"]
                for t, on in zip(tables, bright, strict=True)
            ],
        },
        customdata=tables,
        hovertext=[_told(t, edges, names) for t in tables],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    top = min(y for _, y in where.values()) - 1.6
    for across, stage in sorted({(where[t][0], t.split(".")[0]) for t in tables}):
        figure.add_annotation(
            x=across, y=top, text=f"<b>{word(STAGE, stage)}</b>　{stage}", showarrow=False, xanchor="left", xshift=-6,
            font={"size": 13, "color": COLOUR["muted"]},
        )  # fmt: skip
    last = max(x for x, _ in where.values())
    figure.update_layout(
        template="desk", showlegend=False, margin={"l": 4, "r": 4, "t": 4, "b": 4}, hovermode="closest"
    )
    figure.update_xaxes(visible=False, range=[-0.14, last + 0.9], fixedrange=True)
    figure.update_yaxes(visible=False, range=[max(y for _, y in where.values()) + 0.8, top - 0.6], fixedrange=True)
    return figure


def _curves(lines: list[tuple[Point, Point]]) -> tuple[list[float | None], list[float | None]]:
    x: list[float | None] = []
    y: list[float | None] = []
    for (x0, y0), (x1, y1) in lines:
        for step in range(13):
            t = step / 12
            ease = t * t * (3 - 2 * t)
            # Tables of one stage that read each other: a bow to the left, for a straight line would hide in the column.
            bow = -0.12 * math.sin(math.pi * t) if x0 == x1 else 0.0
            x.append(x0 + (x1 - x0) * t + bow)
            y.append(y0 + (y1 - y0) * ease)
        x.append(None)
        y.append(None)
    return x, y


def _short(name: str) -> str:
    width = 0
    for place, letter in enumerate(name):
        width += 1 if letter.isascii() else 2
        if width > _WIDEST:
            return name[: place - 1] + "…"
    return name


def _told(table: str, edges: Edges, names: Mapping[str, str]) -> str:
    reads, readers = sum(b == table for _, b in edges), sum(a == table for a, _ in edges)
    return f"{names.get(table, '')}　{table}<br>读取 {reads} 张表，被 {readers} 张表读取"
