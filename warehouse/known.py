"""What was known: one view per fact, cut at the as-of day and at the instant by which it had to be known.

Every figure reads these views, so that no SQL of ours can forget the cut. Snapshots hold the same, as tables.
"""

from __future__ import annotations

from datetime import date, datetime

from warehouse.catalog import Table
from warehouse.engine import DuckDBEngine
from warehouse.stamps import Stamps, digest


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


def create_known_view(engine: DuckDBEngine, fact: Table, as_of: date, known_by: datetime) -> None:
    """(Re)create `known.<fact>`; it changes when the fact or the cut does."""
    sql = known_view(fact, as_of, known_by)
    engine.run(f"create or replace view known.{fact.name} as {sql}")
    stamps = Stamps(engine)
    source = stamps.get(fact.qualified)
    if source is None:
        stamps.forget(f"known.{fact.name}")
    else:
        stamps.put(f"known.{fact.name}", digest(sql, source.stamp))
