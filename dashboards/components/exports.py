"""How exports look: the buttons beside a list or result, and the tray that says how far each one is.

What the buttons do is assets/exports.js and `export_tray.py`; nothing is read here.
"""

from collections.abc import Sequence
from typing import Any

from dash import dcc, get_relative_path, html

from dashboards.export_jobs import KEPT_SECONDS, SUFFIXES, Job

POLL_MS = 500


def of_list(address: str, link_id: Any, kind: str = "") -> html.Span:
    """A list as CSV and as Excel; the link holds the address (`export.link`) of the list as it is filtered now."""
    return html.Span(
        [
            html.A("导出 CSV", id=link_id, href=address, className=kind, download="", **{"data-export": ""}),
            html.Button("导出 Excel", className="plain", **{"data-export": ".xlsx"}),
        ],
        className="exports-of",
    )


def of_result(result_id: str) -> list[html.Button]:
    """All rows of a statement in each format."""
    return [
        html.Button(f"导出 {name}", className="plain", **{"data-export": suffix, "data-result": result_id})
        for suffix, name in SUFFIXES.items()
    ]


def tray() -> list[Any]:
    """The place of the exports of a person, on every page, and the clock that asks how far they are."""
    return [
        dcc.Store(id="export-asked"),
        dcc.Store(id="export-dropped"),
        dcc.Store(id="export-fetched"),
        dcc.Interval(id="export-poll", interval=POLL_MS, disabled=True),
        html.Aside(id="exports", className="exports", role="status", **{"aria-label": "导出"}),
    ]


def shown(jobs: Sequence[Job], told: str = "") -> list[html.Div]:
    """The exports, and what else there is to say."""
    return [*([html.Div(html.Div(told, className="told notice"), role="alert")] if told else []), *map(_job, jobs)]


def _job(job: Job) -> html.Div:
    drop = html.Button(
        "取消" if job.is_under_way else "移除",
        className="plain",
        **{"data-drop": job.job_id, "aria-label": f"{'取消' if job.is_under_way else '移除'} {job.title}"},
    )
    return html.Div([html.Div([html.Strong(job.title), drop]), *_state(job)], className=job.state)


def _state(job: Job) -> list[Any]:
    if job.state == "waiting":
        return [html.Span("等待中，前面还有导出在写")]
    if job.state == "running":
        share = f"{job.done / job.total:.0%}" if job.total else ""
        bar = html.Progress(max=str(max(job.total, 1)), value=str(job.done))
        return [bar, html.Span(f"{job.done:,} / {job.total:,} 行 {share}")]
    if job.state == "failed":
        return [html.Span(job.reason, className="notice", role="alert")]
    if job.target is None:
        return [html.Span(["已导出全部 ", html.B(f"{job.total:,}"), " 行"])]
    link = html.A(
        job.target.name,
        href=get_relative_path(f"/export/file/{job.job_id}"),
        id={"type": "export-file", "job": job.job_id},
        download="",
    )
    return [html.Span(["已导出全部 ", html.B(f"{job.total:,}"), " 行：", link, f"（保留 {KEPT_SECONDS // 60} 分钟）"])]
