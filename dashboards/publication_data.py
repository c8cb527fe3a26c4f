"""The publication clock for its page: what has to be published by when, what is overdue, what was published.

The clock runs in warehouse/publication; rows are those of the viewer's districts.
"""

from datetime import date, timedelta

import polars as pl

from dashboards.door import Door
from dashboards.rules import policy
from warehouse import publication

LOOKED_BACK = 90  # days, as `mingcha publication list` looks back
SOON = 5  # days
_COLUMNS = {
    "kind": pl.String,
    "record_id": pl.String,
    "entity_code": pl.String,
    "name": pl.String,
    "department_name": pl.String,
    "item_name": pl.String,
    "happened_on": pl.Date,
    "result": pl.String,
    "due_on": pl.Date,
    "published_on": pl.Date,
}


def terms(today: date) -> dict[str, int]:
    """Working days within which each kind has to be published, by the rule of a day."""
    return dict(policy().at(today).value("casework.publication_terms"))


def listed(door: Door, today: date) -> pl.DataFrame:
    """Everything of the last days that is or was to be published, by due day, with `clock`.

    `clock` is published, overdue, soon or waiting. Raises CalendarError for a year whose working days nobody knows.
    """
    found = publication.listed(door.home, door.reader, policy(), today - timedelta(days=LOOKED_BACK))
    frame = pl.DataFrame(
        [tuple(getattr(one, name) for name in _COLUMNS) for one in found], schema=_COLUMNS, orient="row"
    )
    if door.viewer.districts is not None:
        seen = door.frame("select distinct entity_code from known.entity")
        frame = frame.join(seen, on="entity_code", how="semi", maintain_order="left")
    days = (pl.col("due_on") - pl.lit(today)).dt.total_days()
    return frame.with_columns(
        pl.when(pl.col("published_on").is_not_null())
        .then(pl.lit("published"))
        .when(days < 0)
        .then(pl.lit("overdue"))
        .when(days <= SOON)
        .then(pl.lit("soon"))
        .otherwise(pl.lit("waiting"))
        .alias("clock"),
        days.alias("days_left"),
    )
