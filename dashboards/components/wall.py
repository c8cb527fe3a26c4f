"""Building blocks of the wall screen: framed panels, tiles, bars, the heat table, paged lists. Nothing can be clicked.

Which figures stand where is for the page; sizes and motion are in assets/wall.css and assets/wall.js.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl
from dash import html

from dashboards import labels
from dashboards.components.tile import comparison, shown_value
from dashboards.formats import number, percent
from dashboards.theme import CREDIT_NAME, RISK_NAME, WALL_HEAT, WALL_INKS, WALL_RAMP, WALL_RISK, ink_on

Row = dict[str, Any]


def wall_panel(
    title: str, *children: Any, note: str = "", area: str = "", late: Mapping[str, int] | None = None
) -> Any:
    """A framed panel in the grid area `area`; greyed, with the age said, where a source behind it is late."""
    stale = f"数据逾期（{max(late.values())} 日前）" if late else ""
    return html.Section(
        [html.Header([html.H2(title), html.Span(stale or note, className="late" if stale else "note")]), *children],
        className="wall-panel stale" if stale else "wall-panel",
        style={"gridArea": area},
    )


def nothing(why: str) -> html.Div:
    """What stands in a panel that has no data, and why."""
    return html.Div(why, className="wall-empty")


def wall_tiles(frame: pl.DataFrame) -> html.Div:
    """The tiles of one area."""
    return html.Div(
        [
            html.Div(
                [
                    html.Span(row["metric_name"], className="name"),
                    html.Span(
                        [html.B(shown_value(row["metric_value"], row["unit_zh"])), html.Small(row["unit_zh"])],
                        className="value",
                    ),
                    html.Span(comparison(row), className="compare"),
                ],
                className="wall-tile",
            )
            for row in frame.head(7).iter_rows(named=True)
        ],
        className="wall-tiles",
    )


def matrix(frame: pl.DataFrame) -> html.Table:
    """Credit × risk: counts shaded by size, with totals."""
    count = {(c, r): n for c, r, n in frame.select("credit_grade", "risk_grade", "entity_count").iter_rows()}
    largest = max(count.values(), default=0) or 1
    head = [html.Th("信用＼风险", scope="col")] + [
        html.Th([html.I(style={"background": WALL_RISK[risk]}), f"{risk} 级"], scope="col") for risk in RISK_NAME
    ]
    rows = []
    for credit, name in CREDIT_NAME.items():
        cells = []
        for risk in RISK_NAME:
            value = count.get((credit, risk), 0)
            step = round((value / largest) ** 0.5 * (len(WALL_RAMP) - 1))
            worst = "worst" if credit == "D" or risk == "Ⅳ" else ""
            back = WALL_RAMP[step]
            style = {"background": back, "color": ink_on(back, WALL_INKS)}
            cells.append(html.Td(number(value), className=worst, style=style))
        total = sum(count.get((credit, risk), 0) for risk in RISK_NAME)
        badge = html.Span(credit, className="wall-grade", **{"data-grade": credit})
        rows.append(html.Tr([html.Th([badge, name], scope="row"), *cells, html.Td(number(total), className="total")]))
    return html.Table(
        [html.Thead(html.Tr([*head, html.Th("合计", scope="col")])), html.Tbody(rows)], className="wall-matrix"
    )


def compression(frame: pl.DataFrame) -> html.Div:
    """Working days of each approval item: by law, promised, used; the saving against the law on the right."""
    rows = []
    for row in frame.iter_rows(named=True):
        by_law = row["statutory_days"]
        widths = {"promised": row["promised_days"], "used": row["mean_days"]}
        bars = [
            html.I(className=name, style={"width": f"{100 * min(1.0, float(value) / by_law):.1f}%"})
            for name, value in widths.items()
            if value is not None
        ]
        saved = None if row["mean_days"] is None else 1 - float(row["mean_days"]) / by_law
        rows.append(
            html.Div(
                [
                    html.Span(row["item_name"], className="name"),
                    html.Div(bars, className="track"),
                    html.B(
                        "—" if saved is None else f"−{percent(saved, 0)}" if saved >= 0 else f"+{percent(-saved, 0)}"
                    ),
                ],
                className="wall-bar",
            )
        )
    key = html.Div(
        [
            html.Span([html.I(className=name), text])
            for name, text in (("law", "法定"), ("promised", "承诺"), ("used", "实际均值"))
        ],
        className="wall-key",
    )
    return html.Div([*rows, key], className="wall-bars")


def ranked(rows: Iterable[tuple[str, float, str, str]]) -> html.Div:
    """Rows of name, value, text of the value and what stands beside it; the bar is the value against the largest."""
    found = list(rows)
    largest = max((value for _, value, _, _ in found), default=0) or 1
    return html.Div(
        [
            html.Div(
                [
                    html.Em(str(place)),
                    html.Span(name, className="name"),
                    html.Div(
                        html.I(className="used", style={"width": f"{100 * value / largest:.1f}%"}), className="track"
                    ),
                    html.B(text),
                    html.Small(beside),
                ],
                className="wall-bar ranked",
            )
            for place, (name, value, text, beside) in enumerate(found, start=1)
        ],
        className="wall-bars",
    )


def heat_table(frame: pl.DataFrame, places: Sequence[tuple[str, str]]) -> html.Table:
    """Categories by district (code, name): counts in steps, cool below the median of filled cells, warm above."""
    topics = list(dict.fromkeys(frame["topic"]))
    count = {(t, d): n for t, d, n in frame.select("topic", "district_code", "order_count").iter_rows()}
    limits = _limits(list(count.values()))
    head = [html.Th(scope="col"), *(html.Th(_short(name), scope="col") for _, name in places)]
    rows = []
    for topic in topics:
        cells = []
        for code, _ in places:
            value = count.get((topic, code), 0)
            back = WALL_HEAT[sum(value > limit for limit in limits)]
            style = {"background": back, "color": ink_on(back, WALL_INKS)}
            cells.append(html.Td(number(value), style=style if value else None))
        rows.append(html.Tr([html.Th(topic, scope="row"), *cells]))
    return html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)], className="wall-heat")


def _limits(values: list[int]) -> list[float]:
    series = pl.Series(values, dtype=pl.Float64)
    shares = (0.2, 0.35, 0.5, 0.75, 0.92)
    return [float(series.quantile(share) or 0) for share in shares] if values else []


def _short(name: str) -> str:
    """高新区 → 高新, 曲江新区 → 曲江; the heads of the heat table stand upright."""
    ending = next(e for e in ("新区", "区", "县", "") if name.endswith(e) and len(name) - len(e) >= 2)
    return name.removesuffix(ending)[:4]


def funnel(frame: pl.DataFrame) -> html.Div:
    """The steps of an order as centred bars: how many reached each, in which share."""
    rows = []
    for row in frame.iter_rows(named=True):
        name = labels.word(labels.STEP_KIND, row["step_kind"])
        share = float(row["ratio"])
        kind = "few" if row["step_kind"] == "supervise" else ""
        bar = html.I(number(row["case_count"]), className=kind, style={"width": f"{max(14.0, 100 * share):.1f}%"})
        rows.append(html.Div([html.Span(name), html.Div(bar), html.B(percent(share))]))
    return html.Div(rows, className="wall-funnel")


def paged(rows: Sequence[Any], shown: int, class_name: str) -> html.Div:
    """A list that shows `shown` rows at a time and turns its pages by itself (assets/wall.js)."""
    return html.Div(list(rows), className=f"wall-list {class_name}", **{"data-page-rows": str(shown)})


def topic(row: Row) -> html.Div:
    """One event: heat, what it is about and where, how many speak of it; the day of the answer where it rises."""
    told = f"{number(row['author_count'])} 人 · {number(row['text_count'])} 条 · 工单 {number(row['order_count'])}"
    rising = row["is_rising"]
    clock = f"{row['respond_by']:%m-%d} 前回应" if rising and row["respond_by"] else ""
    return html.Div(
        [
            html.Span(number(row["heat_score"]), className="wall-heat-score rising" if rising else "wall-heat-score"),
            html.Div([html.B(row["event_label"]), html.Span(row["district_name"])]),
            html.Span(told, className="why"),
            html.Span(f"首现 {row['first_seen_on']:%m-%d}", className="owner"),
            html.Span(clock or f"升温 {number(row['growth_score'])}", className="late" if rising else "clock"),
        ],
        className="wall-row",
    )


def warning(row: Row) -> html.Div:
    """One warning: level, place, evidence, owner and clock."""
    level = str(row["warning_level"])
    left = row["days_left"]
    clock = "" if left is None else f"剩 {left} 日" if left >= 0 else f"超 {-left} 日"
    return html.Div(
        [
            html.Span(f"{level} 级", className="wall-level", **{"data-level": level}),
            html.Div([html.B(labels.word(labels.WARNING_KIND, row["warning_kind"])), html.Span(row["subject_name"])]),
            html.Span(row["evidence_zh"], className="why"),
            html.Span(row["department_name"] or "—", className="owner"),
            html.Span(clock, className="late" if left is not None and left < 0 else "clock"),
        ],
        className="wall-row",
    )
