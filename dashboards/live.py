"""Callbacks of the frame: the snapshot clock, navigation, state of the data, and the panel behind each tile.

A tick asks which snapshot is published; pages load their body, and the frame its state, only when that has changed.
"""

from typing import Any

import dash
import polars as pl
from dash import ALL, ClientsideFunction, Input, Output, State, ctx, no_update

from dashboards import data, router, table_data
from dashboards.components.shell import data_state, navigation
from dashboards.components.sourced import described
from dashboards.components.tile import definition
from dashboards.door import Door, current_door


def told(door: Door) -> list[Any]:
    """The state of the data in the top bar, as the viewer of the door may know it."""
    published = door.snapshot() is not None
    return data_state(data.run_info(door) if published else None, data.data_ages(door) if published else pl.DataFrame())


def register(app: dash.Dash) -> None:
    """Add the callbacks of the frame."""

    @app.callback(Output("snapshot", "data"), Input("clock", "n_intervals"), State("snapshot", "data"))
    def watch(_ticks: int | None, known: str | None) -> Any:
        snapshot = current_door().snapshot() or ""
        return no_update if snapshot == known else snapshot

    app.clientside_callback(
        ClientsideFunction("mingcha", "place"),
        Output("place", "data"),
        Input("snapshot", "data"),
        prevent_initial_call=True,
    )

    app.clientside_callback(
        ClientsideFunction("mingcha", "address"),
        Output("addressed", "data"),
        Input({"type": "address", "name": ALL, "shown": ALL}, "value"),
        prevent_initial_call=True,
    )

    @app.callback(Output(router.BODY_ID, "children"), Input("place", "data"), prevent_initial_call=True)
    def reload(place: dict[str, str]) -> Any:
        path = "/" + (app.strip_relative_path(place["pathname"]) or "")
        return router.body_at(current_door(), path, place["search"])

    @app.callback(Output("navigation", "children"), Input("_pages_location", "pathname"))
    def navigate(pathname: str | None) -> Any:
        return navigation(router.open_to(current_door().viewer), pathname or "/")

    @app.callback(Output("data-state", "children"), Input("snapshot", "data"), prevent_initial_call=True)
    def tell(_snapshot: str | None) -> Any:
        return told(current_door())

    @app.callback(
        Output("definition", "opened"),
        Output("definition", "title"),
        Output("definition", "children"),
        Input({"type": "tile", "metric": ALL}, "n_clicks"),
        Input({"type": "source", "table": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def explain(*_clicks: list[int]) -> Any:
        chosen, unchanged = ctx.triggered_id, (no_update, no_update, no_update)
        # A page that has just been built reports its buttons as well, with no click.
        if not chosen or not any(part["value"] for part in ctx.triggered):
            return unchanged
        if "table" in chosen:
            made = table_data.table(current_door(), chosen["table"])
            return (True, made["table_zh"], described(made)) if made else unchanged
        row = data.metric(current_door(), chosen["metric"])
        return (True, row["metric_name"], definition(row)) if row else unchanged
