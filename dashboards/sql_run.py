"""Running, explaining and cancelling a statement of the workbench.

Not here: what may be said and read (`warehouse.query`), and how a result is paged (`sql_result.py`).
"""

from typing import Any

import dash
from dash import Input, Output

from dashboards import sql_desk, sql_keep, sql_output
from dashboards.door import current_door
from dashboards.person import owner
from models.access.rules import access_rules
from warehouse.sandbox.refusal import SandboxError


def register(app: dash.Dash) -> None:
    """Add the callbacks."""

    @app.callback(
        Output("sql-result", "data"),
        Output("sql-output", "children"),
        Output("sql-trouble", "data"),
        Output("sql-history", "children"),
        Input("sql-asked", "data"),
        prevent_initial_call=True,
    )
    def run(asked: dict[str, Any]) -> Any:
        door, desk = current_door(), sql_desk.sql_desk()
        kept = None
        sql, values, ticket = str(asked["sql"]), dict(asked["values"]), str(asked["ticket"])
        try:
            if asked["explain"]:
                shown = sql_output.plan(desk.desk.explain(door.viewer, sql, values))
            else:
                answer = desk.desk.ask(door.viewer, sql, values, ticket=_ticket(ticket))
                kept = desk.shelf.keep(owner(), sql, values, answer)
                shown = sql_output.output(kept, may_export=access_rules().may(door.viewer, "export"))
        except SandboxError as error:
            told = {"ticket": ticket, "reason": error.reason, "at": error.at}
            return None, sql_output.trouble(error.placed(sql)), told, sql_keep.asked()
        return kept and kept.result_id, shown, {"ticket": ticket, "reason": None}, sql_keep.asked()

    @app.callback(Output("sql-run", "data-ready"), Input("sql-run", "id"))
    def prepare(_run: str) -> str:
        sql_desk.sql_desk().desk.prepare(current_door().viewer)  # while the analyst reads and types
        return "yes"

    @app.callback(Output("sql-cancel", "data-cancelled"), Input("sql-cancelled", "data"), prevent_initial_call=True)
    def cancel(ticket: str) -> str:
        return str(sql_desk.sql_desk().desk.cancel(_ticket(ticket)))


def _ticket(given: str) -> str:
    """The name of a statement under way: of this person, whatever the browser sends."""
    return f"{owner()}:{given}"
