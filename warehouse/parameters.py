"""The parameters of a run as tables: what day, known by when, under which rules, from which feeds (`run`, `policy`).

The rules themselves come from models/policy; nothing is computed from them here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from models.casework.calendar import FIRST_DAY, WorkCalendar
from models.policy import casework, reporting
from models.policy import tables as policy_tables
from models.policy.loader import Policy
from warehouse import dialect
from warehouse.catalog import ROOT, contracts
from warehouse.engine import DuckDBEngine
from warehouse.feed import Feed
from warehouse.stamps import Stamps, digest

_WORKDAY = {"workday": {"day": "DATE", "is_workday": "BOOLEAN", "workday_no": "INTEGER"}}
POLICY_TABLES: dict[str, Mapping[str, str]] = {
    **policy_tables.TABLES,
    **reporting.TABLES,
    **casework.TABLES,
    **_WORKDAY,
}
MADE_FROM = {
    **policy_tables.MADE_FROM,
    **reporting.MADE_FROM,
    **casework.MADE_FROM,
    "workday": ("casework.calendar",),
}
_A_YEAR = timedelta(days=366)  # the calendar reaches back at least this far, whatever the cases need


class NothingDeliveredError(ValueError):
    """No source delivered a usable row, so that there is no last delivered day."""


def last_delivered_day(engine: DuckDBEngine) -> date:
    """Return the last day on which any source reports an event that it could have known when the file came in.

    Raises:
        NothingDeliveredError: no source delivered a usable row.
    """
    days: list[date | None] = []
    for table in contracts("raw").values():
        if table.has("event_date"):
            found = engine.rows(
                f"select max(r.event_date) from {table.qualified} as r"
                " join run.load as l on l.feed_id = r.feed_id and l.load_no = r.load_no and l.table_name = ?"
                " where r.known_at <= l.received_at",
                [table.name],
            )
            days.append(found[0][0])
    known = [day for day in days if day is not None]
    if not known:
        raise NothingDeliveredError("no source delivered a usable row; look at the loads, or name --as-of")
    return max(known)


def write_run(engine: DuckDBEngine, info: dict[str, Any], feeds: Sequence[Feed]) -> None:
    """Write `run.info` (one row), `run.feed` and `run.source`."""
    engine.load("run.info", _columns("info"), [info])
    engine.load(
        "run.feed",
        _columns("feed"),
        [{"feed_id": feed.feed, "code_system": feed.code_system, "zone": feed.zone} for feed in feeds],
    )
    sources = [
        {
            "feed_id": feed.feed,
            "source_id": source_id,
            "source_name": source.title,
            "table_name": source.contract,
            "cadence": source.cadence,
        }
        for feed in feeds
        for source_id, source in feed.sources.items()
    ]
    engine.load("run.source", _columns("source"), sources)
    stamps = Stamps(engine)
    # Which run it was is not what a figure rests on; tables that show it are built each time.
    stamps.put("run.info", digest(info["as_of"], info["known_by"], info["policy_version"]))
    for name in ("run.feed", "run.source", "run.load", "quarantine.row", "quarantine.correction"):
        stamps.put(name, digest(*engine.rows(f"select * from {name} order by all")))


def write_policy(engine: DuckDBEngine, policy: Policy, as_of: date) -> dict[str, int]:
    """Write the rules in force on `as_of` as tables and return their rows."""
    rows = {**policy_tables.tables(as_of, policy), **reporting.tables(as_of, policy), **casework.tables(as_of, policy)}
    first = engine.rows("select min(event_date) from raw.service_case")[0][0] or as_of
    first = max(
        FIRST_DAY, min(first, as_of - _A_YEAR)
    )  # cases before the calendar begins have no clock of working days
    calendar = WorkCalendar.from_policy(policy.at(as_of))
    rows["workday"] = [
        {"day": day, "is_workday": works, "workday_no": number} for day, works, number in calendar.rows(first, as_of)
    ]
    # A number of what the rules name, not a text, in each of the millions of rows of indicator.value.
    named = {"indicator_id": dialect.enum(str(row["indicator_id"]) for row in rows["indicator"])}
    types = POLICY_TABLES | {"indicator": {**POLICY_TABLES["indicator"], **named}}
    written = {name: engine.load(f"policy.{name}", columns, rows[name]) for name, columns in types.items()}
    stamps = Stamps(engine)
    for name in written:
        stamps.put(f"policy.{name}", digest(*rows[name]))
    return written


def _columns(name: str) -> dict[str, str]:
    return {c.name: c.type for c in contracts("run")[name].columns}


def write_reference(engine: DuckDBEngine, name: str, select: str) -> int:
    """Load a table of warehouse/reference as `entity.<name>` and return its rows."""
    path = ROOT / "reference" / f"{name}.csv"
    rows = engine.build(f"entity.{name}", f"{select} from read_csv('{path}', all_varchar = false, header = true)")
    Stamps(engine).put(f"entity.{name}", digest(select, path.read_text(encoding="utf-8")))
    return rows
