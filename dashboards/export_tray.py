"""The tray of exports on every page: starts what a button asks for, says how far it is, cancels and removes.

Not here: the exports themselves (`export_jobs.py`) and how they look (`components/exports.py`).
"""

from typing import Any

import dash
from dash import ALL, ClientsideFunction, Input, Output, ctx

from dashboards import export, sql_desk
from dashboards.auditing import note
from dashboards.components.exports import shown
from dashboards.door import current_door
from dashboards.export_jobs import SUFFIXES, ExportError, Job, Source, exports
from dashboards.person import owner
from models.access.rules import access_rules

GONE = "此前的导出已不在：保留时间已过，或服务重新启动使它中断。请重新导出。"


def register(app: dash.Dash) -> None:
    """Add the callbacks, which belong to no page."""

    @app.callback(
        Output("exports", "children"),
        Output("export-poll", "disabled"),
        Input("export-asked", "data"),
        Input("export-dropped", "data"),
        Input("export-poll", "n_intervals"),
    )
    def tray(asked: dict[str, str] | None, dropped: dict[str, str] | None, _ticks: int | None) -> Any:
        changed = {one["prop_id"].partition(".")[0] for one in ctx.triggered}
        is_sent = False
        if asked and "export-asked" in changed:
            is_sent = not asked["suffix"]  # a list as CSV, which the browser fetches by itself
            try:
                _ = is_sent or _start(asked)
            except ExportError as error:
                exports().refuse(owner(), str(error))
        elif dropped and "export-dropped" in changed:
            exports().drop(owner(), dropped["job"])
        elif asked and asked["suffix"] and exports().job(owner(), asked["job"]) is None:
            return shown(exports().of(owner()), GONE), True
        jobs = exports().of(owner())
        return shown(jobs), not (is_sent or any(job.is_under_way for job in jobs))

    app.clientside_callback(
        ClientsideFunction("mingchaExports", "fetch"),
        Output("export-fetched", "data"),
        Input({"type": "export-file", "job": ALL}, "href"),
        prevent_initial_call=True,
    )


def _start(asked: dict[str, str]) -> Job:
    if asked["suffix"] not in SUFFIXES:
        raise ExportError(f"没有 {asked['suffix']} 这种格式")
    return exports().start(owner(), _source(asked), asked["suffix"], asked["job"])


def _source(asked: dict[str, str]) -> Source:
    door = current_door()
    if not asked.get("result"):
        return export.source(door, asked["address"])
    if not access_rules().may(door.viewer, "export"):
        note("refused", "export result", "refused")
        raise ExportError("您的角色不能导出", 403)
    kept = sql_desk.sql_desk().shelf.get(owner(), asked["result"])
    if kept is None:
        raise ExportError("这个结果已不再保留，请重新运行", 404)
    return sql_desk.source(door, kept)
