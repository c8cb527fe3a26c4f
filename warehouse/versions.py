"""Which versions a key has: new rows are merged into `raw` so that the outcome is that of reading everything at once.

A row that says what the version before it says is a repeat; one that says otherwise supersedes it. Repeats are kept in
schema `repeated`, because a later correction may make a version of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from warehouse.catalog import Table
from warehouse.engine import DuckDBEngine
from warehouse.staging import LINEAGE
from warehouse.stamps import Stamps


def forget(engine: DuckDBEngine, table: Table) -> None:
    """Empty a raw table, its repeats and its record of changes."""
    columns = ", ".join(f'"{c.name}" {c.type}' for c in table.columns)
    for name in (table.qualified, f"repeated.{table.name}"):
        engine.run(f"create or replace table {name} ({columns})")
    engine.run(f"drop table if exists delta.{table.name}")
    Stamps(engine).forget(table.qualified)


def merge(engine: DuckDBEngine, table: Table) -> None:
    """Merge the usable rows of `staged` (with `load_start` and `load_no` beside it) into `raw.<table>`.

    `delta.<table>` then holds the keys of which anything is new, unless everything is.
    """
    raw, repeated = table.qualified, f"repeated.{table.name}"
    keys = ["feed_id", *table.key]
    key = ", ".join(f'"{k}"' for k in keys)
    columns = ", ".join(f'"{c.name}"' for c in table.columns)
    staged = ", ".join(
        {
            "row_number": "s.row_number - l.before as row_number",
            "superseded_at": "cast(null as timestamp) as superseded_at",
        }.get(c.name, f's."{c.name}"')
        for c in table.columns
    )
    engine.run(f"""
        create or replace temp table fresh as
        select {staged} from staged as s join load_start as l on l.load_id = s.load_id where s.reason_code is null
    """)
    same = " and ".join(f'o."{k}" = d."{k}"' for k in keys)
    shared = f"select {key} from fresh group by {key} having count(*) > 1"
    engine.run(f"drop table if exists delta.{table.name}")
    if engine.count(raw):
        engine.run(f"create table delta.{table.name} as select distinct {key} from fresh")
        old_key = ", ".join(f'o."{k}"' for k in keys)
        shared += f" union select distinct {old_key} from {raw} as o semi join delta.{table.name} as d on {same}"
    engine.run(f"create or replace temp table shared as {shared}")
    engine.run(_pool(table, keys, columns))
    for name in (raw, repeated):
        engine.run(f"delete from {name} as o using shared as d where {same}")
    engine.run(f"insert into {raw} select {columns} from fresh as o anti join shared as d on {same}")
    engine.run(f"insert into {raw} select {columns} from pool where not is_repeat")
    engine.run(f"insert into {repeated} select {columns} from pool where is_repeat")
    engine.run("drop table fresh; drop table shared; drop table pool")


def _pool(table: Table, keys: list[str], columns: str) -> str:
    """All rows of the keys that several rows share, told apart into versions and repeats, in order of knowledge."""
    key = ", ".join(f's."{k}"' for k in keys)
    same = " and ".join(f's."{k}" = d."{k}"' for k in keys)
    content = ", ".join(f's."{c.name}"' for c in table.columns if c.name not in LINEAGE)
    order = "s.known_at, s.load_no, s.row_number"
    gathered = " union all ".join(
        f"select {columns} from {name} as s semi join shared as d on {same}"
        for name in (table.qualified, f"repeated.{table.name}", "fresh")
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
        said as (
            select s.*, n.load_no, cast(to_json(row({content})) as varchar) as content
            from gathered as s join load_no as n on n.load_id = s.load_id
        ),
        compared as (
            select s.*, s.content is not distinct from lag(s.content) over (partition by {key} order by {order})
                   as is_repeat
            from said as s
        )
        select {whole}, s.is_repeat from compared as s
    """


@dataclass(frozen=True)
class Counts:
    """Rows of each load, each counted on its own."""

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


def counts(engine: DuckDBEngine, table: Table) -> Counts:
    """Count the rows of every load; what earlier loads delivered was counted when they were read."""
    delivered = dict(engine.rows("select load_id, delivered_count from run.load where table_name = ?", [table.name]))
    delivered |= dict(engine.rows("select load_id, count(*) from staged group by load_id"))
    quarantined = engine.rows(
        "select load_id, count(*) from quarantine.row where table_name = ? group by load_id", [table.name]
    )
    return Counts(
        delivered,
        dict(engine.rows(f"select load_id, count(*) from {table.qualified} group by load_id")),
        dict(quarantined),
        dict(engine.rows(f"select load_id, count(*) from repeated.{table.name} group by load_id")),
    )
