"""What a contract promises, as one query per table: required values, allowed values, unique keys.

Derived from warehouse/contracts, never written twice. Cross-row rules live in quality/reconcile.
"""

from __future__ import annotations

from collections.abc import Mapping

from warehouse.catalog import Column, Table
from warehouse.engine import DuckDBEngine


def violations(engine: DuckDBEngine, table: Table, with_key: bool = True) -> Mapping[str, int]:
    """Return the promises that rows of a table break, `promise:column` → rows; {} when it keeps its contract."""
    # Only keys whose hashes meet have to be compared: grouping millions of texts costs more than all else here.
    has_doubt = with_key and len(engine.found_twice(_key_hashes_sql(table))) > 0
    described = engine.connection.execute(_violations_sql(table, has_doubt))
    names = [d[0] for d in described.description or []]
    counts = dict(zip(names, described.fetchall()[0], strict=True))
    return {name: count for name, count in counts.items() if name != "rows" and count}


def _violations_sql(table: Table, with_key: bool) -> str:
    """Return a query with one row: `rows`, then the number of rows that break each promise, named `promise:column`."""
    # Statistics of a column without nulls answer count() without looking at its rows.
    promises = {f"missing:{c.name}": f'count(*) - count("{c.name}")' for c in table.columns if c.required}
    for c in table.columns:
        if c.allowed and not _is_held_by_type(table, c):
            allowed = ", ".join("'" + value + "'" for value in c.allowed)
            test = f'cast("{c.name}" as varchar) not in ({allowed})'
            promises[f"not_allowed:{c.name}"] = f"count(*) filter (where {test})"
    counts = "".join(f', {count} as "{name}"' for name, count in promises.items())
    repeated = f', ({_repeated_sql(table)}) as "repeated:{"+".join(table.key)}"' if with_key else ""
    return f"select count(*) as rows{counts}{repeated} from {table.qualified}"


def _is_held_by_type(table: Table, column: Column) -> bool:
    """Whether no other value can be in a column: raw and fact tables are made with ENUMs for closed sets."""
    return table.stage in ("raw", "fact") and column.stored_type != column.type


def _key(table: Table) -> str:
    names = [*(["feed_id"] if table.stage == "raw" else []), *table.key]
    return ", ".join(f'"{name}"' for name in names)


def _current(table: Table) -> str:
    return "where superseded_at is null" if table.has("superseded_at") else ""


def _key_hashes_sql(table: Table) -> str:
    return f"select hash({_key(table)}) from {table.qualified} {_current(table)}"


def _repeated_sql(table: Table) -> str:
    """Count keys that stand more than once; where a table keeps versions, among those that none supersedes."""
    key, current = _key(table), _current(table)
    return (
        f"select count(*) from (select {key} from {table.qualified} {current} group by {key} having count(*) > 1) as k"
    )
