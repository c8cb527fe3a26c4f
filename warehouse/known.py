"""What was known: one view per fact, cut at the as-of day and at the instant by which it had to be known.

Every figure reads these views, so that no SQL of ours can forget the cut. Snapshots hold the same, as tables.
"""

from __future__ import annotations

from datetime import date, datetime

from warehouse.catalog import Table


def known_view(fact: Table, as_of: date, known_by: datetime) -> str:
    """Return the SELECT of `known.<fact>`: versions in force at `known_by` (UTC, exclusive) of events up to `as_of`.

    Columns that only come true on a later day (`visible_on` in the contract, such as the outcome of an open case) are
    null until that day.
    """
    instant = f"timestamp '{known_by:%Y-%m-%d %H:%M:%S}'"
    day = f"date '{as_of}'"
    hidden: dict[str, str] = {}
    for marker, hidden_columns in fact.visible_on.items():
        seen = f"{marker} <= {day}" if fact.column(marker).type == "DATE" else f"{marker} < {instant}"
        hidden.update({column: f"case when {seen} then {column} end as {column}" for column in hidden_columns})
    columns = ", ".join(hidden.get(c.name, c.name) for c in fact.columns if c.name != "superseded_at")
    return (
        f"select {columns} from {fact.qualified} where event_date <= {day} and known_at < {instant}"
        f" and (superseded_at is null or superseded_at >= {instant})"
    )
