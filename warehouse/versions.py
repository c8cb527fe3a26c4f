"""Which versions a key has: new rows are merged into `raw` so that the outcome is that of reading everything at once.

A row that says what the version before it says is a repeat; one that says otherwise supersedes it. Repeats are kept in
schema `repeated`, because a later correction may make a version of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from warehouse.catalog import Table
from warehouse.dialect import enum
from warehouse.engine import DuckDBEngine
from warehouse.staging import LINEAGE, OUTCOME, Codes, staged_columns, stored_columns
from warehouse.stamps import Stamps


def forget(engine: DuckDBEngine, table: Table, codes: Codes) -> None:
    """Empty a raw table, its repeats and its record of changes; rows can be staged into it until `settle`."""
    Stamps(engine).forget(table.qualified)
    engine.run(f"drop table if exists delta.{table.name}")
    engine.run(f"create or replace table repeated.{table.name} ({stored_columns(table, codes)})")
    engine.run(f"create or replace table {table.qualified} ({staged_columns(table, codes)})")


def merge(engine: DuckDBEngine, table: Table, staged: str) -> None:
    """Merge the usable rows of `staged` into `raw.<table>`; they may already stand there, if it was empty before.

    `delta.<table>` then holds the keys of which anything is new, unless everything is.
    """
    raw, repeated = table.qualified, f"repeated.{table.name}"
    is_anew = staged == raw
    columns = ", ".join(f'"{c.name}"' for c in table.columns)
    key = ", ".join(f'"{k}"' for k in _keys(table))
    _share(engine, f"select {_hash(table)} as key_hash from {staged} where reason is null")
    engine.run(f"drop table if exists delta.{table.name}")
    if not is_anew:
        _widen(engine, table, staged)
        engine.run(f"create table delta.{table.name} as select distinct {key} from {staged} where reason is null")
        engine.run(
            f"insert into shared select distinct {_hash(table, 'o.')} from {raw} as o"
            f" semi join (select {_hash(table)} as h from delta.{table.name}) as d on d.h = {_hash(table, 'o.')}"
        )
    usable = f"(select {columns} from {staged} where reason is null)"
    engine.run(_pool(table, columns, [usable] if is_anew else [raw, repeated, usable]))
    is_shared = f"{_hash(table)} in (select key_hash from shared)"
    if is_anew:
        engine.run(f"delete from {raw} where reason is not null or {is_shared}")
    else:
        for name in (raw, repeated):
            engine.run(f"delete from {name} where {is_shared}")
        engine.run(f"insert into {raw} by name select {columns} from {usable} where not {is_shared}")
    engine.run(f"insert into {raw} by name select {columns} from pool where not is_repeat")
    engine.run(f"insert into {repeated} by name select {columns} from pool where is_repeat")
    engine.run("drop table shared; drop table pool")


def settle(engine: DuckDBEngine, table: Table) -> None:
    """Take the columns of staging off a raw table that was filled anew; costs nothing, whatever its size."""
    for name in OUTCOME:
        engine.run(f"alter table {table.qualified} drop column {name}")


def _widen(engine: DuckDBEngine, table: Table, staged: str) -> None:
    """Give columns that hold codes a code for every text that came with `staged`."""
    kinds = engine.types(table.qualified)
    for column in (c.name for c in table.columns if c.is_coded and kinds[c.name].startswith("ENUM")):
        coded = {text for (text,) in engine.rows(f"select unnest(enum_range(cast(null as {kinds[column]})))")}
        found = engine.rows(f'select distinct "{column}" from {staged} where "{column}" is not null')
        texts = {text for (text,) in found}
        if not texts <= coded:
            for name in (table.qualified, f"repeated.{table.name}"):
                engine.run(f'alter table {name} alter column "{column}" type {enum(coded | texts)}')


def _keys(table: Table) -> list[str]:
    return ["feed_id", *table.key]


def _hash(table: Table, of: str = "") -> str:
    """A number that rows of one key share. Others may share it too: it only chooses what is compared exactly."""
    key = ", ".join(f'{of}"{k}"' for k in table.key)
    return f"hash({key})"


def _share(engine: DuckDBEngine, sql: str) -> None:
    """Fill the temporary table `shared` with the hashes that occur more than once."""
    engine.connection.register("found_twice", pa.table({"key_hash": engine.found_twice(sql)}))
    engine.run("create or replace temp table shared as select key_hash from found_twice")
    engine.connection.unregister("found_twice")


def _pool(table: Table, columns: str, sources: list[str]) -> str:
    """All usable rows of keys that several rows share, told apart into versions and repeats, in order of knowledge."""
    key = ", ".join(f's."{k}"' for k in _keys(table))
    content = ", ".join(f's."{c.name}"' for c in table.columns if c.name not in LINEAGE)
    order = "s.known_at, s.load_no, s.row_number"
    gathered = " union all ".join(
        f"select {columns} from {source} as s semi join shared as d on d.key_hash = {_hash(table, 's.')}"
        for source in sources
    )
    whole = ", ".join(
        f"lead(s.known_at) over (partition by {key}, s.is_repeat order by {order}) as superseded_at"
        if c.name == "superseded_at"
        else f's."{c.name}"'
        for c in table.columns
    )
    return f"""
        create or replace temp table pool as
        with gathered as ({gathered}),
        said as (select s.*, cast(to_json(row({content})) as varchar) as content from gathered as s),
        compared as (
            select s.*, s.content is not distinct from lag(s.content) over (partition by {key} order by {order})
                   as is_repeat
            from said as s
        )
        select {whole}, s.is_repeat from compared as s
    """


@dataclass(frozen=True)
class Counts:
    """Rows of each load of a table by its `load_id`, each counted on its own."""

    delivered: Mapping[str, int]
    accepted: Mapping[str, int]
    quarantined: Mapping[str, int]
    repeated: Mapping[str, int]

    def of(self, load_id: str) -> dict[str, int]:
        """Return the four counts of one load by the names of `run.load`."""
        return {
            "delivered_count": self.delivered.get(load_id, 0),
            "accepted_count": self.accepted.get(load_id, 0),
            "quarantined_count": self.quarantined.get(load_id, 0),
            "repeated_count": self.repeated.get(load_id, 0),
        }


def delivered(engine: DuckDBEngine, table: Table, staged: str) -> dict[str, int]:
    """Count the rows of each load as staged; what earlier loads delivered was counted when they were read."""
    found = dict(engine.rows("select load_id, delivered_count from run.load where table_name = ?", [table.name]))
    return found | _by_load(engine, staged)


def counts(engine: DuckDBEngine, table: Table, delivered: Mapping[str, int]) -> Counts:
    """Count what became of the rows of every load."""
    quarantined = engine.rows(
        "select load_id, count(*) from quarantine.row where table_name = ? group by load_id", [table.name]
    )
    accepted, repeated = _by_load(engine, table.qualified), _by_load(engine, f"repeated.{table.name}")
    return Counts(delivered, accepted, dict(quarantined), repeated)


def _by_load(engine: DuckDBEngine, name: str) -> dict[str, int]:
    """Count the rows of a table by the loads of the temporary table `load_here`."""
    return dict(
        engine.rows(
            "select l.load_id, r.rows from"
            f" (select feed_id, load_no, count(*) as rows from {name} group by feed_id, load_no) as r"
            " join load_here as l on l.feed_id = r.feed_id and l.load_no = r.load_no"
        )
    )
