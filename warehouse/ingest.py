"""Staged rows → `raw`, quarantine and repeats; counts reconcile per load.

How one row is typed and checked stands in staging, when a table is loaded in pipelines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from warehouse.catalog import Table
from warehouse.deliveries import Archive, Delivery
from warehouse.engine import DuckDBEngine
from warehouse.feed import Feed
from warehouse.readers import UnreadableFileError, reading
from warehouse.staging import LINEAGE, Staging, staged_columns

# What a broken file raises, a changed header among it; anything else is a fault of ours and stops the run.
_UNREADABLE = (
    duckdb.IOException,
    duckdb.InvalidInputException,
    duckdb.ConversionException,
    duckdb.BinderException,
    UnreadableFileError,
)


@dataclass(frozen=True)
class Load:
    """What became of one delivery of one source; instants are UTC, counts are rows."""

    load_id: str
    feed_id: str
    source_id: str
    table_name: str
    file_name: str
    file_sha256: str
    file_bytes: int
    received_at: str
    delivered_count: int
    accepted_count: int
    quarantined_count: int
    repeated_count: int
    load_error: str | None


@dataclass(frozen=True)
class _Read:
    """One delivery that was staged, or why it could not be."""

    feed_id: str
    source_id: str
    delivery: Delivery
    error: str | None = None


def ingest(engine: DuckDBEngine, archive: Archive, feeds: Sequence[Feed], table: Table) -> list[Load]:
    """Rebuild `raw.<table>` from every archived delivery of every source that fills it.

    A delivery that cannot be read is reported in its load (`load_error`), and the others go on.
    """
    engine.run(f"create or replace temp table staged ({staged_columns(table)})")
    read: list[_Read] = []
    for feed in feeds:
        for source_id, source in feed.sources.items():
            if source.contract == table.name:
                read += _stage(engine, archive, feed, source_id, archive.of_source(feed, source))
    _quarantine(engine, table)
    _accept(engine, table)
    loads = _loads(engine, table, read)
    engine.run("drop table staged; drop table load_start; drop table versioned")
    return loads


def _stage(
    engine: DuckDBEngine, archive: Archive, feed: Feed, source_id: str, deliveries: Sequence[Delivery]
) -> list[_Read]:
    """Stage all files of a source in one statement; when that fails, file by file to name the broken one."""
    if empty := [d for d in deliveries if d.size == 0]:
        found = [_Read(feed.feed, source_id, d, "the file is empty, it lacks even a header") for d in empty]
        return found + _stage(engine, archive, feed, source_id, [d for d in deliveries if d.size])
    if not deliveries:
        return []
    try:
        with reading(engine, feed.sources[source_id], [archive.path(d) for d in deliveries]) as reader:
            engine.run(Staging(engine, feed, source_id, deliveries, reader).sql())
    except _UNREADABLE as error:
        if len(deliveries) == 1:
            return [_Read(feed.feed, source_id, deliveries[0], str(error).strip().splitlines()[0])]
        return [one for d in deliveries for one in _stage(engine, archive, feed, source_id, [d])]
    return [_Read(feed.feed, source_id, delivery) for delivery in deliveries]


def _quarantine(engine: DuckDBEngine, table: Table) -> None:
    """Send rows with a reason to quarantine, with their row number in the file and their original text."""
    engine.run("""
        create or replace temp table load_start as
        select load_id, min(row_number) - 1 as before from staged group by load_id
    """)
    engine.rows("delete from quarantine.row where table_name = ?", [table.name])
    engine.rows(
        """
        insert into quarantine.row
        select s.load_id, s.feed_id, s.source_id, ?, s.row_number - l.before, s.reason_code, s.reason_column, s.original
        from staged as s
        join load_start as l on l.load_id = s.load_id
        where s.reason_code is not null
        """,
        [table.name],
    )


def _accept(engine: DuckDBEngine, table: Table) -> None:
    """Write `raw.<table>`: of the rows of one key every version in order of knowledge, each without its repeats.

    A row that says what the version before it says is a repeat; one that says otherwise supersedes it.
    """
    names = ["feed_id", *table.key]
    key = ", ".join(f's."{name}"' for name in names)
    same_key = " and ".join(f's."{name}" = k."{name}"' for name in names)
    content = ", ".join(f's."{c.name}"' for c in table.columns if c.name not in LINEAGE)
    known = "s.known_at, s.load_order, s.row_number"
    engine.run(f"""
        create or replace temp table versioned as
        with shared as (
            select {key} from staged as s where s.reason_code is null group by {key} having count(*) > 1
        ),
        said as (
            select s.*, cast(to_json(row({content})) as varchar) as content
            from staged as s semi join shared as k on {same_key}
            where s.reason_code is null
        ),
        compared as (
            select s.*,
                   coalesce(s.content = lag(s.content) over (partition by {key} order by {known}), false) as is_repeat
            from said as s
        )
        select s.load_id, s.row_number, s.is_repeat,
               lead(s.known_at) over (partition by {key}, s.is_repeat order by {known}) as superseded_at
        from compared as s
    """)
    columns = ", ".join(f's."{c.name}"' for c in table.columns if c.name not in ("row_number", "superseded_at"))
    engine.build(
        table.qualified,
        f"""
        select {columns}, s.row_number - l.before as row_number, v.superseded_at
        from staged as s
        join load_start as l on l.load_id = s.load_id
        left join versioned as v on v.load_id = s.load_id and v.row_number = s.row_number
        where s.reason_code is null and not coalesce(v.is_repeat, false)
        """,
    )


def _loads(engine: DuckDBEngine, table: Table, read: Sequence[_Read]) -> list[Load]:
    """Count each delivery four ways, every count on its own, so that they can be held against each other."""
    counted = [
        dict(engine.rows(f"select load_id, count(*) from {rows} group by load_id"))
        for rows in (
            "staged",
            table.qualified,
            "staged where reason_code is not null",
            "versioned where is_repeat",
        )
    ]
    loads = []
    for one in read:
        d, load_id = one.delivery, one.delivery.load_id(one.source_id)
        delivered, accepted, quarantined, repeated = (int(count.get(load_id, 0)) for count in counted)
        loads.append(
            Load(
                load_id,
                one.feed_id,
                one.source_id,
                table.name,
                d.name,
                d.sha256,
                d.size,
                d.received_at,
                delivered,
                accepted,
                quarantined,
                repeated,
                one.error,
            )
        )
    return loads
