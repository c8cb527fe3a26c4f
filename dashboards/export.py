"""Routes that hand out a whole list as a CSV file for spreadsheets.

Which rows, and in which order, is decided by `listing.py` from the same request that the grid sent.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import flask
import polars as pl
from dash import get_relative_path
from flask import Response, request

from dashboards import burden_data, data, lists_data
from dashboards.auditing import note
from dashboards.casework_data import LISTINGS
from dashboards.door import current_door
from dashboards.listing import DRAWN, ENTITIES, Listing, ListingError, NotOfferedError
from models.access.rules import access_rules

SLICE_ROWS = 5_000
BYTE_ORDER_MARK = "\ufeff"
LISTS: dict[str, Listing] = {
    "entities": ENTITIES,
    "draws": DRAWN,
    "check-items": lists_data.CHECK_ITEMS,
    "joint-items": lists_data.JOINT_ITEMS,
    "inspectors": lists_data.INSPECTORS,
    "caps": burden_data.CAPS,
    **LISTINGS,
}


def link(name: str, grid_request: dict[str, Any] | None, chosen: dict[str, str]) -> str:
    """The address of the export of a list as it is filtered and sorted now."""
    asked = grid_request or {}
    grid = {key: asked[key] for key in ("filterModel", "sortModel") if asked.get(key)}
    query = {**chosen, **({"grid": json.dumps(grid, ensure_ascii=False)} if grid else {})}
    return str(get_relative_path(f"/export/{name}.csv")) + (f"?{urlencode(query)}" if query else "")


def register(server: flask.Flask) -> None:
    """Add the export route."""
    server.add_url_rule("/export/<name>.csv", "export", _export)


def _export(name: str) -> Response:
    listing, door = LISTS.get(name), current_door()
    if not access_rules().may(door.viewer, "export"):
        note("refused", f"export {name}", "refused")
        return Response("您的角色不能导出", 403, mimetype="text/plain")
    if listing is None:
        return Response(f"没有名为 {name} 的清单", 404, mimetype="text/plain")
    if door.snapshot() is None:
        return Response("还没有发布过数据", 503, mimetype="text/plain")
    chosen = {key: value for key, value in request.args.items() if key != "grid"}
    try:
        frame = listing.everything(door, _grid_request(request.args.get("grid", "{}")), chosen)
    except NotOfferedError:
        note("refused", f"export {name}", "refused")
        return Response("这份清单不向您的角色提供", 403, mimetype="text/plain")
    except (ListingError, json.JSONDecodeError) as error:
        return Response(f"筛选条件无法识别：{error}", 400, mimetype="text/plain")
    note("export", name, rows=frame.height, asked=request.query_string.decode()[:500], snapshot=door.snapshot())
    as_of = (data.run_info(door) or {}).get("as_of", "")
    headers = {
        "Content-Disposition": f'attachment; filename="mingcha-{name}-{as_of}.csv"',
        "X-Row-Count": str(frame.height),
    }
    return Response(as_csv(frame), mimetype="text/csv; charset=utf-8", headers=headers)


def _grid_request(text: str) -> dict[str, Any]:
    asked = json.loads(text)
    if not isinstance(asked, dict):
        raise ListingError(f"a grid request is an object, not {text!r}")
    return asked


def as_csv(frame: pl.DataFrame) -> Iterator[str]:
    """A frame as CSV text in slices, with a byte order mark and line ends that spreadsheets expect."""
    # A spreadsheet runs text that begins with one of these as a formula; an apostrophe keeps it text.
    names = [name for name, kind in frame.schema.items() if kind == pl.String]
    safe = frame.with_columns(
        pl.when(pl.col(name).str.contains(r"^[=+\-@\t\r]")).then("'" + pl.col(name)).otherwise(name).alias(name)
        for name in names
    )
    yield BYTE_ORDER_MARK + ",".join(frame.columns) + "\r\n"
    for part in safe.iter_slices(SLICE_ROWS):
        yield part.write_csv(include_header=False, line_terminator="\r\n")
