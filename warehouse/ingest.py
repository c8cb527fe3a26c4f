"""Delivered files → `raw`, quarantine and repeats; only what is new is read, and the outcome is that of reading all.

How one row is typed and checked stands in staging, which versions a key has in versions, when it happens in pipelines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse import correction, dialect, readers, staging, versions
from warehouse.catalog import Table
from warehouse.correction import Correction
from warehouse.deliveries import Archive, Delivery
from warehouse.engine import DuckDBEngine
from warehouse.feed import Feed, FeedError
from warehouse.readers import UnreadableFileError, reading
from warehouse.staging import REASON, Codes, Staging, staged_columns
from warehouse.stamps import Stamps, digest

# What a broken file raises, a changed header among it; anything else is a fault of ours and stops the run.
_UNREADABLE = (
    duckdb.IOException,
    duckdb.InvalidInputException,
    duckdb.ConversionException,
    duckdb.BinderException,
    UnreadableFileError,
)
# One statement reads so many files: its plan names each one.
_FILES_AT_ONCE = 32
# More different texts than that are no codes any more.
_MOST_CODES = 1000
# A change of these may change what a row becomes, so that everything is read anew.
_CODE = "".join(Path(str(module.__file__)).read_text() for module in (dialect, readers, staging, versions))


@dataclass(frozen=True)
class Load:
    """What became of one delivery of one source; instants are UTC, counts are rows.

    `load_no` is its place among the deliveries of the feed; `recipe` names the SQL and contract that read it.
    """

    load_id: str
    feed_id: str
    source_id: str
    table_name: str
    file_name: str
    file_sha256: str
    file_bytes: int
    received_at: str
    load_no: int
    recipe: str
    delivered_count: int
    accepted_count: int
    quarantined_count: int
    repeated_count: int
    load_error: str | None


@dataclass(frozen=True)
class _Wanted:
    """One delivery that belongs to the table, with the reason it could not be read, if so."""

    feed: Feed
    source_id: str
    delivery: Delivery
    load_no: int
    recipe: str
    error: str | None = None

    @property
    def load_id(self) -> str:
        return self.delivery.load_id(self.source_id)


def ingest(
    engine: DuckDBEngine,
    archive: Archive,
    feeds: Sequence[Feed],
    table: Table,
    corrections: Sequence[Correction] = (),
) -> list[Load]:
    """Bring `raw.<table>` up to every archived delivery of every source that fills it; returns all its loads.

    A delivery that cannot be read is reported in its load (`load_error`), is tried again next time, and the others go
    on. A run that dies here leaves the table as it was, or one that the next run reads anew.

    Raises:
        FeedError: two sources claim one file for the same table.
    """
    wanted = _wanted(archive, feeds, table, corrections)
    known = _known(engine, table, wanted)
    fresh = [one for one in wanted if known is None or one.load_id not in known]
    if known is not None and not fresh:
        return _loads(engine, table)
    feed_ids = [feed.feed for feed in feeds]
    if known is None:
        codes = _codes(engine, archive, table, wanted, corrections)
        staged = _place(engine, table, {"feed_id": feed_ids, **codes})
    else:
        staged = "temp.staged"
        engine.run(f"create or replace temp table staged ({staged_columns(table, {'feed_id': feed_ids})})")
    wanted = _staged(engine, archive, staged, wanted, fresh, corrections)
    delivered = versions.delivered(engine, table, staged)
    # What is read anew goes straight to its place, and counts as never read until it has its stamp.
    with nullcontext() if known is None else engine.transaction():
        _quarantine(engine, table, staged)
        correction.record(engine, table)
        versions.merge(engine, table, staged)
        if known is None:
            versions.settle(engine, table)
        _register(engine, table, wanted, versions.counts(engine, table, delivered))
    engine.run("drop table if exists temp.staged; drop table load_here")
    return _loads(engine, table)


def _codes(
    engine: DuckDBEngine, archive: Archive, table: Table, wanted: Sequence[_Wanted], corrections: Sequence[Correction]
) -> dict[str, list[str]]:
    """Return the texts of columns that can hold codes: {} where finding them would mean to read every file twice.

    In Parquet they are looked up in a column or two. A correction may bring any text, so that it leaves texts.
    """
    names = [c.name for c in table.columns if c.is_coded]
    is_columnar = all(one.feed.sources[one.source_id].format in ("parquet", "postgres") for one in wanted)
    if not names or not is_columnar or {c.load_id for c in corrections} & {one.load_id for one in wanted}:
        return {}
    found: dict[str, set[str]] = {name: set() for name in names}
    try:
        for own in _by_source(wanted):
            feed, source_id = own[0].feed, own[0].source_id
            with reading(engine, feed.sources[source_id], [archive.path(one.delivery) for one in own]) as relation:
                told = Staging(engine, table.qualified, feed, source_id, [one.load_no for one in own], relation)
                for name in names:
                    found[name].update(text for (text,) in engine.rows(told.texts(name)))
    except _UNREADABLE:
        return {}  # which file is broken is said when it is staged
    return {name: sorted(texts) for name, texts in found.items() if 0 < len(texts) <= _MOST_CODES}


def _by_source(wanted: Sequence[_Wanted]) -> list[list[_Wanted]]:
    sources = dict.fromkeys((one.feed.feed, one.source_id) for one in wanted)
    return [[one for one in wanted if (one.feed.feed, one.source_id) == source] for source in sources]


def _place(engine: DuckDBEngine, table: Table, codes: Codes) -> str:
    """Empty the raw table, forget what was known of it, and return its name: what is read anew is staged there."""
    with engine.transaction():
        versions.forget(engine, table, codes)
        for name in ("quarantine.row", "quarantine.correction"):
            engine.rows(f"delete from {name} where table_name = ?", [table.name])
        engine.rows("delete from run.load where table_name = ?", [table.name])
    return table.qualified


def _wanted(archive: Archive, feeds: Sequence[Feed], table: Table, corrections: Sequence[Correction]) -> list[_Wanted]:
    found = []
    for feed in feeds:
        number = {d: no for no, d in enumerate(archive.listed(feed.feed), start=1)}
        for source_id, source in feed.sources.items():
            if source.contract == table.name:
                recipe = _recipe(feed, source_id, table, [feed.feed for feed in feeds])
                deliveries = archive.of_source(feed, source)
                found += [
                    _Wanted(feed, source_id, d, number[d], correction.recipe(recipe, d.load_id(source_id), corrections))
                    for d in deliveries
                ]
    claims = Counter((one.feed.feed, one.load_no) for one in found)
    for one in found:
        if claims[one.feed.feed, one.load_no] > 1:
            where = f"{one.feed.feed}/feed.yaml"
            raise FeedError(f"{where}: two sources of table {table.name} claim {one.delivery.name}; name it once")
    return found


def _recipe(feed: Feed, source_id: str, table: Table, feed_ids: Sequence[str]) -> str:
    told = (feed.sql(source_id), feed.sources[source_id], feed.zone, feed.date_formats, feed.code_system, table, _CODE)
    return digest(*map(repr, (*told, sorted(feed_ids))))


def _known(engine: DuckDBEngine, table: Table, wanted: Sequence[_Wanted]) -> set[str] | None:
    """Return the loads that the table already holds; None when it has to be read anew.

    That is so when a recipe changed, or when a load is there that nobody asks for any more.
    """
    if not engine.exists(table.qualified) or Stamps(engine).get(table.qualified) is None:
        return None
    rows = engine.rows(
        "select load_id, recipe, load_no from run.load where table_name = ? and load_error is null", [table.name]
    )
    now = {one.load_id: (one.recipe, one.load_no) for one in wanted}
    if any(now.get(load_id) != (recipe, load_no) for load_id, recipe, load_no in rows):
        return None
    return {load_id for load_id, _, _ in rows}


def _staged(
    engine: DuckDBEngine,
    archive: Archive,
    staged: str,
    wanted: Sequence[_Wanted],
    fresh: Sequence[_Wanted],
    corrections: Sequence[Correction],
) -> list[_Wanted]:
    """Fill the table `staged`, and `load_here` with all loads; returns `wanted`, each with its error if it has one."""
    engine.run(
        "create or replace temp table load_here (load_id varchar, feed_id varchar, source_id varchar, load_no bigint)"
    )
    if wanted:
        rows = [[one.load_id, one.feed.feed, one.source_id, one.load_no] for one in wanted]
        engine.connection.executemany("insert into load_here values (?, ?, ?, ?)", rows)
    correction.prepare(engine)
    outcome: dict[str, _Wanted] = {}
    for own in _by_source(fresh):
        for first in range(0, len(own), _FILES_AT_ONCE):
            part = own[first : first + _FILES_AT_ONCE]
            outcome |= {one.load_id: one for one in _stage(engine, archive, staged, part, corrections)}
    return [outcome.get(one.load_id, one) for one in wanted]


def _stage(
    engine: DuckDBEngine, archive: Archive, staged: str, wanted: Sequence[_Wanted], corrections: Sequence[Correction]
) -> list[_Wanted]:
    """Stage files of one source in one statement; when that fails, file by file to name the broken one."""
    if empty := [one for one in wanted if one.delivery.size == 0]:
        failed = [_failed(one, "the file is empty, it lacks even a header") for one in empty]
        return failed + _stage(engine, archive, staged, [one for one in wanted if one.delivery.size], corrections)
    if not wanted:
        return []
    feed, source_id = wanted[0].feed, wanted[0].source_id
    paths, load_nos = [archive.path(one.delivery) for one in wanted], [one.load_no for one in wanted]
    try:
        with reading(engine, feed.sources[source_id], paths) as relation:
            staging = Staging(engine, staged, feed, source_id, load_nos, relation)
            with engine.joining_as_written():
                engine.run(staging.sql())
    except _UNREADABLE as error:
        if len(wanted) == 1:
            return [_failed(wanted[0], str(error).strip().splitlines()[0])]
        return [done for one in wanted for done in _stage(engine, archive, staged, [one], corrections)]
    correction.replay(engine, staging, [c for c in corrections if c.load_id in {one.load_id for one in wanted}])
    return list(wanted)


def _failed(one: _Wanted, error: str) -> _Wanted:
    return _Wanted(one.feed, one.source_id, one.delivery, one.load_no, one.recipe, error)


def _quarantine(engine: DuckDBEngine, table: Table, staged: str) -> None:
    """Send rows with a reason to quarantine, with their row number in the file and their original text."""
    engine.rows(
        f"""
        insert into quarantine.row
        select l.load_id, l.feed_id, l.source_id, ?, s.row_number, {REASON}, s.original
        from {staged} as s
        join load_here as l on l.feed_id = s.feed_id and l.load_no = s.load_no
        where s.reason is not null
        """,
        [table.name],
    )


def _register(engine: DuckDBEngine, table: Table, wanted: Sequence[_Wanted], counted: versions.Counts) -> None:
    """Write the loads of the table with their four counts, and last the stamp that says that it is whole."""
    engine.rows("delete from run.load where table_name = ?", [table.name])
    rows = []
    for one in wanted:
        d = one.delivery
        load = Load(
            load_id=one.load_id,
            feed_id=one.feed.feed,
            source_id=one.source_id,
            table_name=table.name,
            file_name=d.name,
            file_sha256=d.sha256,
            file_bytes=d.size,
            received_at=d.received_at,
            load_no=one.load_no,
            recipe=one.recipe,
            **counted.of(one.load_id),
            load_error=one.error,
        )
        rows.append(asdict(load))
    if rows:
        engine.connection.register("loads_of_table", pa.Table.from_pylist(rows))
        engine.run("insert into run.load by name select * from loads_of_table")
        engine.connection.unregister("loads_of_table")
    done = sorted((one.load_id, one.recipe) for one in wanted if one.error is None)
    Stamps(engine).put(table.qualified, digest(done))


def _loads(engine: DuckDBEngine, table: Table) -> list[Load]:
    names = ", ".join("cast(received_at as varchar)" if n == "received_at" else n for n in Load.__dataclass_fields__)
    rows = engine.rows(f"select {names} from run.load where table_name = ? order by load_no, source_id", [table.name])
    return [Load(*row) for row in rows]
