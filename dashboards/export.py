"""Exports of whole lists as they are filtered and sorted now: CSV sent as it is read, Excel written beside the request.

Which rows, and in which order, is decided by `listing.py` from the same request that the grid sent; progress and files
are `export_jobs.py`, what a workbook says of itself is `export_told.py`.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import flask
from dash import get_relative_path
from flask import Response, request, send_file, stream_with_context

from dashboards import burden_data, data, export_told, lists_data, quality_data
from dashboards.auditing import note
from dashboards.casework_data import LISTINGS
from dashboards.door import Door, current_door
from dashboards.export_jobs import STOPPED, ExportError, Exports, Job, Source, StoppedError, exports
from dashboards.listing import DRAWN, ENTITIES, Listing, ListingError, NotOfferedError
from dashboards.person import owner
from models.access.rules import access_rules
from warehouse.result_file import csv_blocks, parts_of, write

LISTS: dict[str, Listing] = {
    "entities": ENTITIES,
    "draws": DRAWN,
    "check-items": lists_data.CHECK_ITEMS,
    "joint-items": lists_data.JOINT_ITEMS,
    "inspectors": lists_data.INSPECTORS,
    "caps": burden_data.CAPS,
    "quality-results": quality_data.RESULTS,
    "quarantine": quality_data.SAMPLES,
    "dictionary": quality_data.COLUMNS,
    **LISTINGS,
}


@dataclass
class _Asked:
    """One list as somebody filtered and sorted it, and how many of its rows were handed over."""

    name: str
    listing: Listing
    request: Mapping[str, Any]
    chosen: Mapping[str, str]
    total: int
    file_name: str
    rows: int = field(default=0)


def link(name: str, grid_request: dict[str, Any] | None, chosen: dict[str, str]) -> str:
    """The address of the export of a list as it is filtered and sorted now."""
    asked = grid_request or {}
    grid = {key: asked[key] for key in ("filterModel", "sortModel") if asked.get(key)}
    query = {**chosen, **({"grid": json.dumps(grid, ensure_ascii=False)} if grid else {})}
    return str(get_relative_path(f"/export/{name}.csv")) + (f"?{urlencode(query)}" if query else "")


def register(server: flask.Flask) -> None:
    """Add the addresses of a list as CSV and of a finished file."""
    server.add_url_rule("/export/<name>.csv", "export", _send)
    server.add_url_rule("/export/file/<job_id>", "export_file", _fetch)


def source(door: Door, address: str) -> Source:
    """What an Excel export of the list behind an address of `link` writes. Raises ExportError."""
    parts = urlsplit(address)
    asked = _asked(door, Path(parts.path).stem, dict(parse_qsl(parts.query)))

    def written(target: Path, _job_id: str, wrote: Callable[[int], None]) -> int:
        def heard(rows: int) -> None:
            asked.rows = rows
            wrote(rows)

        heads = export_told.heads(door)
        sql, values = asked.listing.everything(door, asked.request, asked.chosen, heads)
        told = export_told.told(door, asked.name, asked.listing, asked.request, asked.chosen)
        with _audited(door, asked, "Excel"), door.reader.stream(sql, values) as rows:
            asked.rows = write(target, parts_of(rows), heard, told)
        return asked.rows

    return Source(asked.file_name, export_told.title(door, asked.name, asked.listing), asked.total, written)


def _send(name: str) -> Response:
    door = current_door()
    try:
        asked = _asked(door, name, request.args)
        title = f"{export_told.title(door, name, asked.listing)} CSV"
        job = exports().follow(owner(), title, asked.total)
    except ExportError as error:
        return Response(str(error), error.status, mimetype="text/plain")
    headers = {
        "Content-Disposition": f'attachment; filename="{asked.file_name}.csv"',
        "X-Row-Count": str(asked.total),
    }
    answer = Response(stream_with_context(_blocks(door, asked, job)), mimetype="text/csv; charset=utf-8")
    answer.headers.update(headers)
    answer.call_on_close(partial(_end, exports(), job))
    return answer


def _blocks(door: Door, asked: _Asked, job: Job) -> Iterator[bytes]:
    sql, values = asked.listing.everything(door, asked.request, asked.chosen)
    with _audited(door, asked, "CSV"), door.reader.stream(sql, values) as rows:
        for block, count in csv_blocks(rows):
            yield block
            asked.rows += count
            job.wrote(asked.rows)
        job.state = "sent"


def _end(held: Exports, job: Job) -> None:
    if job.is_under_way:
        job.fail(f"{STOPPED}：只传出 {job.done:,} 行，共 {job.total:,} 行；文件不完整，请重新导出")
    held.ended(job)


def _fetch(job_id: str) -> Response:
    job = exports().job(owner(), job_id)
    if job is None or job.state != "ready" or job.target is None or not job.target.exists():
        return Response("没有这个导出文件，或已过期", 404, mimetype="text/plain")
    answer = send_file(job.target, as_attachment=True)
    answer.headers["X-Row-Count"] = str(job.total)
    return answer


def _asked(door: Door, name: str, query: Mapping[str, str]) -> _Asked:
    if not access_rules().may(door.viewer, "export"):
        note("refused", f"export {name}", "refused")
        raise ExportError("您的角色不能导出", 403)
    if name not in LISTS:
        raise ExportError(f"没有名为 {name} 的清单", 404)
    if door.snapshot() is None:
        raise ExportError("还没有发布过数据", 503)
    chosen = {key: value for key, value in query.items() if key != "grid"}
    try:
        grid = _grid(query.get("grid", "{}"))
        LISTS[name].everything(door, grid, chosen)
        total = LISTS[name].total(door, grid, chosen)
    except NotOfferedError:
        note("refused", f"export {name}", "refused")
        raise ExportError("这份清单不向您的角色提供", 403) from None
    except (ListingError, json.JSONDecodeError) as error:
        raise ExportError(f"筛选条件无法识别：{error}", 400) from None
    as_of = (data.run_info(door) or {}).get("as_of", "")
    return _Asked(name, LISTS[name], grid, chosen, total, f"mingcha-{name}-{as_of}")


def _grid(text: str) -> dict[str, Any]:
    asked = json.loads(text)
    if not isinstance(asked, dict):
        raise ListingError(f"a grid request is an object, not {text!r}")
    return asked


@contextmanager
def _audited(door: Door, asked: _Asked, kind: str) -> Iterator[None]:
    """Tell the audit of an export when it ends, whichever way."""
    began, result, snapshot = time.monotonic(), "failed", door.snapshot()
    try:
        yield
        result = "ok"
    except (GeneratorExit, StoppedError):
        result = "cancelled"
        raise
    finally:
        spent = round(time.monotonic() - began, 3)
        filters = {"chosen": dict(asked.chosen), "grid": dict(asked.request)}
        note(
            "export", asked.name, result, format=kind, asked=filters, snapshot=snapshot, rows=asked.rows,
            of=asked.total, seconds=spent,
        )  # fmt: skip
