"""Blocks of rows of a frame that is held whole (a bundle, a clock), as a grid asks for them: sorted and sliced.

Lists of the snapshot are in `listing.py`; filters of these lists live in the address, not in the grid.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl

from dashboards.listing import LARGEST_PAGE, ListingError


def page(frame: pl.DataFrame, request: Mapping[str, Any]) -> tuple[list[dict[str, Any]], int]:
    """Rows `startRow` to `endRow` of a grid request as JSON-safe dicts, and the number of rows in all.

    Raises ListingError for a range, column or order that is not offered.
    """
    start, end = int(request.get("startRow", 0)), int(request.get("endRow", 100))
    if not 0 <= start < end <= start + LARGEST_PAGE:
        raise ListingError(f"rows {start} to {end}: ask for at most {LARGEST_PAGE} rows from 0 on")
    names, falling = [], []
    for item in request.get("sortModel") or []:
        if item.get("colId") not in frame.columns or item.get("sort") not in ("asc", "desc"):
            raise ListingError(f"no column {item.get('colId')!r} to sort by {item.get('sort')!r}")
        names.append(item["colId"])
        falling.append(item["sort"] == "desc")
    ordered = frame.sort(names, descending=falling, nulls_last=True, maintain_order=True) if names else frame
    block = ordered.slice(start, end - start)
    return block.with_columns(pl.col(pl.Date).cast(pl.String)).to_dicts(), frame.height
