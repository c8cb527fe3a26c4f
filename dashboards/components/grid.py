"""AG Grid, community edition only, in Chinese: one for lists that the server pages, one for short lists held whole.

Not here: what a list may be filtered by (`dashboards/listing.py`) and how a cell is drawn (assets/dashAgGrid*.js).
"""

from typing import Any

import dash_ag_grid as dag

BLOCK_ROWS = 100
HEADER_PX = 36  # beside the name in a header: padding and the filter button
OPTIONS: dict[str, Any] = {
    "theme": {"function": "themeQuartz.withParams(deskGridTheme)"},
    "getLocaleText": {"function": "gridText(params)"},
    "suppressCellFocus": False,
    "enableCellTextSelection": True,
    "animateRows": False,
    "tooltipShowDelay": 300,
    "suppressColumnVirtualisation": True,
    "tabToNextCell": {"function": "leaveGrid(params)"},
    "tabToNextHeader": {"function": "leaveGrid(params)"},
}


def paged_grid(grid_id: Any, columns: list[dict[str, Any]], height: str) -> dag.AgGrid:
    """A grid that asks the server for blocks of rows (`getRowsRequest`), sorted and filtered there."""
    return dag.AgGrid(
        id=grid_id,
        columnDefs=columns,
        rowModelType="infinite",
        defaultColDef={
            "sortable": True,
            "resizable": True,
            "suppressHeaderMenuButton": True,
            "filterParams": {"maxNumConditions": 2, "debounceMs": 400},
        },
        dashGridOptions={
            **OPTIONS,
            "cacheBlockSize": BLOCK_ROWS,
            "maxBlocksInCache": 20,
            "infiniteInitialRowCount": 1,
            "blockLoadDebounceMillis": 60,
        },
        columnSize="responsiveSizeToFit",
        style={"height": height},
    )


def whole_grid(grid_id: Any, columns: list[dict[str, Any]], rows: list[dict[str, Any]], height: str) -> dag.AgGrid:
    """A grid of a few hundred rows that the browser sorts itself."""
    return dag.AgGrid(
        id=grid_id,
        columnDefs=columns,
        rowData=rows,
        defaultColDef={
            "sortable": True,
            "resizable": True,
            "suppressHeaderMenuButton": True,
            "suppressHeaderFilterButton": True,
        },
        dashGridOptions=OPTIONS,
        columnSize="responsiveSizeToFit",
        style={"height": height},
    )


def column(field: str, name: str, width: int, kind: str = "text", **more: Any) -> dict[str, Any]:
    """A column definition: `kind` is text, number, date or grade; `width` is its least width in pixels.

    A column is never narrower than its name.
    """
    least = max(width, HEADER_PX + sum(14 if ord(letter) > 255 else 8 for letter in name))
    base: dict[str, Any] = {
        "field": field,
        "headerName": name,
        "minWidth": least,
        "width": least,
        "tooltipField": field,
    }
    if kind == "number":
        base |= {
            "type": "rightAligned",
            "filter": "agNumberColumnFilter",
            "valueFormatter": {"function": "plainNumber(params)"},
        }
    elif kind == "date":
        base |= {"filter": "agDateColumnFilter"}
    elif kind == "grade":
        base |= {"cellRenderer": "GradeBadge", "filter": "agTextColumnFilter"}
    else:
        base |= {"filter": "agTextColumnFilter"}
    return {**base, **more}
