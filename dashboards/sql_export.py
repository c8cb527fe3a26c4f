"""Exporting a result of the workbench in full: the buttons, the progress, and the address of the finished file.

Not here: the writing (`result_export.py`).
"""

from typing import Any

import dash
from dash import ALL, Input, Output, State, ctx, html, no_update
from flask import Response, send_file

from dashboards import sql_desk, sql_output
from dashboards.door import current_door
from models.access.rules import access_rules


def register(app: dash.Dash) -> None:
    """Add the callbacks and the address."""
    app.server.add_url_rule("/sql/file/<job_id>", "sql_file", _fetch)

    @app.callback(
        Output("sql-job", "data"),
        Output("sql-poll", "disabled"),
        Input({"type": "sql-export", "suffix": ALL}, "n_clicks"),
        State("sql-result", "data"),
        prevent_initial_call=True,
    )
    def export(_clicks: list[int], result_id: str) -> Any:
        kept = sql_desk.sql_desk().shelf.get(sql_desk.owner(), result_id)
        viewer = current_door().viewer
        if not any(one["value"] for one in ctx.triggered) or kept is None or not access_rules().may(viewer, "export"):
            return no_update, no_update
        job = sql_desk.sql_desk().exports.start(sql_desk.owner(), viewer, kept, "." + ctx.triggered_id["suffix"])
        return job.job_id, False

    @app.callback(
        Output("sql-progress", "children"),
        Output("sql-poll", "disabled", allow_duplicate=True),
        Input("sql-poll", "n_intervals"),
        State("sql-job", "data"),
        prevent_initial_call=True,
    )
    def watch(_ticks: int, job_id: str) -> Any:
        job = sql_desk.sql_desk().exports.job(sql_desk.owner(), job_id)
        if job is None:
            return [], True
        if job.state == "running":
            return sql_output.progress(job.done, job.total), no_update
        if job.state == "failed":
            return html.Div(f"导出失败：{job.reason}", className="notice", role="alert"), True
        link = html.A(
            job.target.name,
            href=dash.get_relative_path(f"/sql/file/{job_id}"),
            id={"type": "sql-file", "job": job_id},
            download="",
        )
        return html.Div(["已导出全部 ", html.B(f"{job.total:,}"), " 行：", link], className="sql-progress"), True


def _fetch(job_id: str) -> Response:
    job = sql_desk.sql_desk().exports.job(sql_desk.owner(), job_id)
    if job is None or job.state != "ready" or not job.target.exists():
        return Response("没有这个导出文件，或已过期", 404, mimetype="text/plain")
    answer = send_file(job.target, as_attachment=True)
    answer.headers["X-Row-Count"] = str(job.total)
    return answer
