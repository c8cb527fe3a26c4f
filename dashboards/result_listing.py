"""A kept result as a list that a grid pages: the same sorting, filters and stable order as every other list.

Not here: the filters themselves (`listing.py`).
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import polars as pl

from dashboards.door import Door
from dashboards.listing import Listing
from warehouse.result_shelf import ROW, Kept


def page_of(kept: Kept, request: Mapping[str, Any]) -> tuple[list[dict[str, Any]], int]:
    """A block of rows as JSON-safe dicts, and how many rows the filters leave."""
    columns = {one.field: one.kind for one in kept.columns}
    # A result answers queries as a door does, and no column of it is hidden from its owner.
    return Listing(kept.table, columns, (), (ROW,), key=ROW).page(cast(Door, kept), request, {})


def points(kept: Kept, fields: Sequence[str], most: int) -> pl.DataFrame:
    """The first rows of some columns, numbers as a chart needs them. Raises KeyError for a field it does not have."""
    kinds = {one.field: "double" if one.kind == "number" else "varchar" for one in kept.columns}
    shown = ", ".join(f"cast({field} as {kinds[field]}) as {field}" for field in fields)
    return kept.frame(f"select {shown} from {kept.table} order by {ROW} limit {int(most)}", {})
