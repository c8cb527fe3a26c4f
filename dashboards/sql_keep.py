"""Keeping, sharing and removing queries of the workbench, and the lists of them.

Not here: where they are kept (`saved_query.py`) and how they look (`components/sql_lists.py`).
"""

from typing import Any

import dash
from dash import ALL, Input, Output, State, ctx, no_update

from dashboards import saved_query
from dashboards.components import sql_lists
from dashboards.door import Door, current_door
from dashboards.person import known_as


def kept(door: Door) -> Any:
    """Queries that the person who asks keeps, or that others share."""
    return sql_lists.kept(saved_query.listed(door.home, known_as()), known_as())


def asked() -> Any:
    """What the person asked before."""
    return sql_lists.asked(saved_query.asked(known_as()))


def register(app: dash.Dash) -> None:
    """Add the callbacks."""

    @app.callback(
        Output("sql-kept", "children"),
        Output("sql-save-told", "children"),
        Input("sql-save", "n_clicks"),
        Input({"type": "sql-remove", "number": ALL}, "n_clicks"),
        State("sql-draft", "data"),
        State("sql-title", "value"),
        State("sql-shared", "checked"),
        prevent_initial_call=True,
    )
    def keep(_clicks: int, _removed: list[int], draft: str | None, title: str | None, is_shared: bool) -> Any:
        if not any(one["value"] for one in ctx.triggered):
            return no_update, no_update
        door, who = current_door(), known_as()
        try:
            if ctx.triggered_id == "sql-save":
                saved_query.save(door.home, who, title or "", draft or "", is_shared=bool(is_shared))
            else:
                saved_query.remove(door.home, who, ctx.triggered_id["number"])
        except saved_query.SaveError as error:
            return no_update, str(error)
        return kept(door), ""
