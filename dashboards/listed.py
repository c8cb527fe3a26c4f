"""A list in a panel: a grid that the server pages, its count and its export in full; one callback serves every list.

Not here: which columns a table offers (`casework_data.LISTINGS`) and what a page shows of them (the page).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import dash
from dash import MATCH, Input, Output, State, dcc, html, no_update

from dashboards import export, labels, warning_data
from dashboards.casework_data import LISTINGS
from dashboards.components.exports import of_list
from dashboards.components.grid import paged_grid
from dashboards.components.panel import empty, panel
from dashboards.components.sourced import source
from dashboards.door import Door, current_door
from dashboards.listing import ListingError

ROW_PX = 36
FRAME_PX = 62


@dataclass(frozen=True)
class Listed:
    """What a page shows of one list: its name in LISTINGS, title, unit, columns, and filters that always hold.

    `is_half` lists stand beside another; `most_rows` are seen without scrolling.
    """

    name: str
    title: str
    unit: str
    columns: list[dict[str, Any]]
    why_empty: str
    note: str = ""
    fixed: Mapping[str, str] = field(default_factory=dict)
    most_rows: int = 10
    is_half: bool = False


# Words of coded columns, by list; what is not named here is shown as it is.
WORDS: dict[str, dict[str, Mapping[str, str]]] = {
    "approval_step": {"step_kind": labels.STEP_KIND, "is_longest": labels.YES_NO, "is_slower": labels.YES_NO},
    "approval_open": {"step_kind": labels.STEP_KIND},
    "approval_model": dict.fromkeys(("is_online", "is_all_online", "is_instant"), labels.YES_NO),
    "approval_topic": {"is_dead": labels.YES_NO},
    "burst": {"stream": labels.STREAM, "is_current": labels.YES_NO, "is_confirmed": labels.YES_NO},
    "reply": {"is_template": labels.YES_NO},
    "topic": {"is_rising": labels.YES_NO},
    "gaming": {"detector": labels.DETECTOR},
    "sentiment_industry": {"industry_section": labels.SECTION},
    "sentiment_entity": {"industry_section": labels.SECTION},
    "entity_text": {"channel": labels.CHANNEL, "polarity": labels.POLARITY, "risk_ids": labels.RISK},
    "text_review": {"channel": labels.CHANNEL, "polarity": labels.POLARITY, "evidence": labels.EVIDENCE},
    "order_review": {"review_cause": labels.REVIEW_CAUSE},
    "warning": {
        "warning_level": labels.WARNING_LEVEL,
        "warning_kind": labels.WARNING_KIND,
        "warning_state": labels.WARNING_STATE,
    },
}
# What people did after the refresh that a list comes from, written into its rows.
SINCE: dict[str, Callable[[Door, list[dict[str, Any]]], None]] = {"warning": warning_data.since}


def listed(door: Door, shown: Listed, asked: Mapping[str, str]) -> html.Section:
    """The panel; of the filters `asked` for by the page those hold that the list has a column for."""
    listing = LISTINGS[shown.name]
    chosen = {k: v for k, v in asked.items() if v and (k in listing.columns or (k == "keyword" and listing.searched))}
    chosen |= shown.fixed
    _, total = listing.page(door, {"startRow": 0, "endRow": 1}, chosen)
    table = listing.table
    if not total:
        why = "没有符合所选条件的记录。" if set(chosen) - set(shown.fixed) else shown.why_empty
        return panel(shown.title, empty(why), note=source(table))
    coded = WORDS.get(shown.name, {})
    # Half a page has no room for filter buttons beside the names; such a list is filtered by the page.
    columns = [
        {**one, **({"filter": False} if one["field"] in coded or shown.is_half else {})} for one in shown.columns
    ]
    key = {"list": shown.name, "part": "|".join(shown.fixed.values())}
    height = ROW_PX * min(total, shown.most_rows) + FRAME_PX
    note = html.Span(
        [
            *([html.Span(shown.note)] if shown.note else []),
            html.Span(f"{total:,} {shown.unit}", id={"type": "list-count", **key}, className="count"),
            of_list(export.link(shown.name, None, chosen), {"type": "list-export", **key}),
            source(table),
        ],
        className="beside",
    )
    return panel(
        shown.title,
        dcc.Store(id={"type": "list-chosen", **key}, data={"chosen": chosen, "unit": shown.unit}),
        paged_grid({"type": "list-grid", **key}, columns, f"{height}px"),
        note=note,
        kind="grid",
    )


def register(app: dash.Dash) -> None:
    """Blocks of rows of any list, its count and its export, as it is filtered and sorted now."""
    key = {"list": MATCH, "part": MATCH}

    @app.callback(
        Output({"type": "list-grid", **key}, "getRowsResponse"),
        Output({"type": "list-count", **key}, "children"),
        Output({"type": "list-export", **key}, "href"),
        Input({"type": "list-grid", **key}, "getRowsRequest"),
        State({"type": "list-chosen", **key}, "data"),
        State({"type": "list-grid", **key}, "id"),
    )
    def rows(request: dict[str, Any] | None, kept: dict[str, Any], grid_id: dict[str, str]) -> Any:
        if request is None:
            return no_update, no_update, no_update
        name = grid_id["list"]
        try:
            door = current_door()
            found, total = LISTINGS[name].page(door, request, kept["chosen"])
        except ListingError as error:
            return {"rowData": [], "rowCount": 0}, f"筛选条件无法识别：{error}", no_update
        if name in SINCE:
            SINCE[name](door, found)
        for row in found:
            for column, words in WORDS.get(name, {}).items():
                row[column] = labels.word(words, row[column])
        link = export.link(name, request, kept["chosen"])
        return {"rowData": found, "rowCount": total}, f"{total:,} {kept['unit']}", link
