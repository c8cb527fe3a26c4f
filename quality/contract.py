"""What a contract promises, as one query per table: required values, allowed values, unique keys.

Derived from warehouse/contracts, never written twice. Cross-row rules live in quality/reconcile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from warehouse.catalog import Table


def violations_sql(table: Table, with_key: bool = True) -> str:
    """Return a query with one row: `rows`, then the number of rows that break each promise, named `promise:column`."""
    promises = {f"missing:{c.name}": f'"{c.name}" is null' for c in table.columns if c.required}
    for c in table.columns:
        if c.allowed:
            allowed = ", ".join("'" + value + "'" for value in c.allowed)
            promises[f"not_allowed:{c.name}"] = f'cast("{c.name}" as varchar) not in ({allowed})'
    counts = "".join(f', count(*) filter (where {test}) as "{name}"' for name, test in promises.items())
    repeated = f', ({_repeated_sql(table)}) as "repeated:{"+".join(table.key)}"' if with_key else ""
    return f"select count(*) as rows{counts}{repeated} from {table.qualified}"


def _repeated_sql(table: Table) -> str:
    """Count keys that stand more than once; where a table keeps versions, among those that none supersedes."""
    names = [*(["feed_id"] if table.stage == "raw" else []), *table.key]
    key = ", ".join(f'"{name}"' for name in names)
    current = "where superseded_at is null" if table.has("superseded_at") else ""
    return (
        f"select count(*) from (select {key} from {table.qualified} {current} group by {key} having count(*) > 1) as k"
    )


def broken(names: Sequence[str], counts: Sequence[int]) -> Mapping[str, int]:
    """Return the promises that rows break, with the number of rows; {} when the table keeps its contract."""
    return {name: count for name, count in zip(names, counts, strict=True) if name != "rows" and count}
