"""Callbacks of the frame: the snapshot clock, navigation, state of the data, and the panel behind each tile.

Pages reload their body only when the published snapshot has changed.
"""

from datetime import UTC, datetime
from typing import Any

import dash
import polars as pl
from dash import ALL, Input, Output, State, ctx, no_update

from dashboards import data, router
from dashboards.components.shell import data_state, navigation
from dashboards.components.tile import definition
from dashboards.door import current_door


def register(app: dash.Dash) -> None:
    """Add the callbacks of the frame."""

    @app.callback(Output("snapshot", "data"), Input("clock", "n_intervals"), State("snapshot", "data"))
    def watch(_ticks: int | None, known: str | None) -> Any:
        snapshot = current_door().snapshot() or ""
        return no_update if snapshot == known else snapshot

    @app.callback(
        Output(router.BODY_ID, "children"),
        Input("snapshot", "data"),
        State("_pages_location", "pathname"),
        State("_pages_location", "search"),
        prevent_initial_call=True,
    )
    def reload(_snapshot: str, pathname: str, search: str | None) -> Any:
        return router.body_at(current_door(), app.strip_relative_path(pathname) or "/", search or "")

    @app.callback(Output("navigation", "children"), Input("_pages_location", "pathname"))
    def navigate(pathname: str | None) -> Any:
        links = [(page.NAME, page.PATH) for page in router.IN_NAVIGATION]
        return navigation(links, pathname or "/")

    @app.callback(Output("data-state", "children"), Input("snapshot", "data"), Input("clock", "n_intervals"))
    def tell(_snapshot: str | None, _ticks: int | None) -> Any:
        door = current_door()
        published = door.snapshot() is not None
        ages = data.data_ages(door) if published else pl.DataFrame()
        return data_state(data.run_info(door) if published else None, ages, datetime.now(UTC))

    @app.callback(
        Output("definition", "opened"),
        Output("definition", "title"),
        Output("definition", "children"),
        Input({"type": "tile", "metric": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def explain(clicks: list[int]) -> Any:
        chosen = ctx.triggered_id
        row = data.metric(current_door(), chosen["metric"]) if chosen and any(clicks) else None
        return (True, row["metric_name"], definition(row)) if row else (no_update, no_update, no_update)
