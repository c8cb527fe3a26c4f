"""The search box of the frame: entities by name or code from any page, the best few as one types.

The full list with its filters is 主体库 (`pages/entities.py`).
"""

from typing import Any
from urllib.parse import urlencode

import dash
import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, get_relative_path, html, no_update

from dashboards import data, labels
from dashboards.door import current_door

SHOWN = 8
LEAST = 2  # characters; a single one is in every other name


def search_box() -> html.Div:
    """The box; what is chosen opens at once."""
    box = dmc.Select(
        id="entity-search",
        data=[],
        value=None,  # said at once: the component says it with the first options, and what is typed is gone
        placeholder="找主体：名称或代码",
        searchable=True,
        size="xs",
        w=180,
        maxDropdownHeight=360,
        nothingFoundMessage=f"没有匹配的主体（至少 {LEAST} 个字）",
        comboboxProps={"width": 380, "position": "bottom-end"},
        **{"aria-label": "按名称或统一社会信用代码找主体"},
    )
    return html.Div(box, className="search", role="search")


def register(app: dash.Dash) -> None:
    """What is typed is looked for; what is chosen is opened, in the browser."""

    @app.callback(Output("entity-search", "data"), Input("entity-search", "searchValue"), prevent_initial_call=True)
    def look(typed: str | None) -> Any:
        text = (typed or "").strip()
        if len(text) < LEAST:
            return []
        door = current_door()
        return options(data.entities_named(door, text, SHOWN).to_dicts(), text) if door.snapshot() else no_update

    app.clientside_callback(
        ClientsideFunction("mingcha", "goTo"),
        Output("entity-search", "value"),
        Input("entity-search", "value"),
        prevent_initial_call=True,
    )


def options(found: list[dict[str, Any]], text: str) -> list[dict[str, str]]:
    """Entities as addresses with their names, and the list of all that match; every label holds what was typed."""
    if not found:
        return []
    told = [{"value": get_relative_path(f"/entity/{one['entity_id']}"), "label": _label(one)} for one in found]
    everything = get_relative_path("/entities") + "?" + urlencode({"keyword": text})
    return [*told, {"value": everything, "label": f"在主体库中列出全部含“{text}”的存续主体"}]


def _label(one: dict[str, Any]) -> str:
    status = "" if one["status"] == "active" else f"（{labels.word(labels.STATUS, one['status'])}）"
    return f"{one['name']}{status} · {one['entity_code']}"
