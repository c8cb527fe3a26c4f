"""Building the table of a SQL file: not at all when nothing it rests on changed, by changed rows where that is safe.

A table that is not built again keeps the run_id of the run that made it.

What a table means stands in its SQL; the outcome is always that of building it anew (tests/warehouse/test_increments).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

from warehouse import catalog
from warehouse.catalog import SqlTable
from warehouse.engine import MACROS, DuckDBEngine
from warehouse.stamps import Stamp, Stamps, digest

# Above this share of touched rows a fact is built anew, which also lays it out by entity again.
_SMALL_SHARE = 0.1
# Stages whose tables keep codes as they come, and closed sets as ENUMs.
_WITH_CODES = ("fact", "indicator")
# Tables that rest on every delivery and yet seldom change: their stamp is their content, so that what rests on them
# is not built again for nothing.
_BY_CONTENT = frozenset({"entity.mention"})
# What facts take from tables that say whom a row means: `delta.<name>` keeps the rows that came or went since the build
# before, so that a fact looks at rows of these codes and names alone.
_WHOM = {
    "entity.code": "entity_code, cast(null as varchar) as entity_name, entity_id, known_at",
    "entity.link": "entity_code, entity_name, entity_id, linked_by, known_at, mention_key",
}


@dataclass(frozen=True)
class Built:
    """Rows of a table, and how it got them: `unchanged`, `merged` or `whole`."""

    rows: int
    how: str


def build(engine: DuckDBEngine, table: SqlTable) -> Built:
    """Bring the table of a SQL file up to its inputs."""
    stamps = Stamps(engine)
    inputs = {name: found.stamp for name in sorted(table.reads) if (found := stamps.get(name)) is not None}
    inputs["sql"] = digest(table.sql, MACROS)
    is_known = len(inputs) == len(table.reads) + 1
    old = stamps.get(table.qualified) if engine.exists(table.qualified) else None
    if old is not None and is_known and old.inputs == inputs:
        return Built(engine.count(table.qualified), "unchanged")
    touched = _touched(engine, table, old, inputs, stamps)
    differs = True
    with engine.transaction():
        if touched is not None:
            differs = _merge(engine, table, touched)
        elif old is not None and table.qualified in _WHOM:
            _build_beside(engine, table)
        else:
            engine.build(table.qualified, _stored(engine, table))
        if not is_known:
            stamps.forget(table.qualified)
        elif old is not None and not differs:  # what rests on it is not built again for nothing
            stamps.put(table.qualified, old.stamp, inputs)
        elif table.qualified in _BY_CONTENT:
            stamps.put(table.qualified, _content_digest(engine, table.qualified), inputs)
        else:
            stamps.put(table.qualified, digest(sorted(inputs.items())), inputs)
    if touched is not None:
        engine.run("drop table touched")
    how = "whole" if touched is None else "merged" if differs else "unchanged"
    return Built(engine.count(table.qualified), how)


def build_with(
    engine: DuckDBEngine, qualified: str, reads: Iterable[str], recipe: str, make: Callable[[], int]
) -> Built:
    """Bring a table that Python makes up to its inputs; `recipe` stands for everything else it rests on.

    `make` writes the table and returns its rows. A table whose contract has other columns than before is made anew.
    """
    stamps, (stage, name) = Stamps(engine), qualified.split(".")
    found = {name: stamps.get(name) for name in sorted(reads)}
    contract = catalog.contracts(stage).get(name)
    told = {"recipe": recipe, "columns": digest(*((c.name, c.type) for c in contract.columns)) if contract else ""}
    inputs = {name: stamp.stamp for name, stamp in found.items() if stamp is not None} | told
    is_known = len(inputs) == len(found) + len(told)
    stamp = digest(sorted(inputs.items()))
    old = stamps.get(qualified) if engine.exists(qualified) else None
    if old is not None and is_known and old.stamp == stamp:
        return Built(engine.count(qualified), "unchanged")
    stamps.forget(qualified)
    rows = make()
    if is_known:
        stamps.put(qualified, stamp, inputs)
    return Built(rows, "whole")


def _stored(engine: DuckDBEngine, table: SqlTable) -> str:
    """Return the SQL of a table with ENUMs (closed sets, feeds) in what has millions of rows, else with texts."""
    contract = catalog.contracts(table.stage).get(table.name)
    columns = contract.columns if contract else ()
    if table.stage == "indicator" and contract is None:  # a family names its indicators by the numbers of the registry
        kinds = {name: kind for name, kind in engine.types("policy.indicator").items() if name == "indicator_id"}
    elif table.stage in _WITH_CODES:
        kinds = {c.name: c.stored_type for c in columns if c.stored_type != c.type}
    else:
        kinds = {c.name: c.type for c in columns if c.stored_type != c.type or c.name == "feed_id" or c.is_coded}
    casts = ", ".join(f'cast("{name}" as {kind}) as "{name}"' for name, kind in kinds.items())
    return f"select * replace ({casts}) from ({table.sql})" if casts else table.sql


@cache
def code_version() -> str:
    """Return the version of the application and a hash over its code, SQL, contracts and rules: what made a figure."""
    root = catalog.ROOT.parent
    folders = ("models", "pipelines", "quality", "warehouse")
    files = [p for f in folders for p in sorted((root / f).rglob("*")) if p.suffix in (".py", ".sql", ".yaml", ".csv")]
    return f"{version('mingcha')}+{digest(*(path.read_text(encoding='utf-8') for path in files))[:8]}"


def source_digest(*folders: str) -> str:
    """Return a hash over the code and data files of folders of this project: a recipe for tables that they make."""
    root = catalog.ROOT.parent
    files = [path for folder in folders for path in sorted((root / folder).glob("*.*")) if path.is_file()]
    return digest(*(path.read_text(encoding="utf-8") for path in files))


def _content_digest(engine: DuckDBEngine, qualified: str) -> str:
    """Return a hash over the rows of a table in any order; no row may stand twice."""
    return digest(*engine.rows(f"select count(*), bit_xor(md5_number_lower(cast(t as varchar))) from {qualified} as t"))


def _touched(
    engine: DuckDBEngine, table: SqlTable, old: Stamp | None, inputs: dict[str, str], stamps: Stamps
) -> list[str] | None:
    """Fill the temporary table `touched` with the keys of a fact that may differ, and return the key columns.

    None when the fact has to be built whole: its SQL changed, its raw table or whom rows mean changed more than once
    since, it rests on another fact, or too much of it is touched.
    """
    source = f"raw.{table.name}"
    rests_on_fact = any(name.startswith("fact.") for name in table.reads)
    if table.stage != "fact" or old is None or rests_on_fact or source not in inputs:
        return None
    raw = stamps.get(source)
    if raw is None or old.inputs.get("sql") != inputs["sql"] or _has_other_codes(engine, table.name):
        return None
    contract = catalog.contracts("raw")[table.name]
    keys = ["feed_id", *contract.key]
    own = ", ".join(f'f."{k}"' for k in keys)
    found = []
    if old.inputs.get(source) != raw.stamp:
        if old.inputs.get(source) != raw.previous or not engine.exists(f"delta.{table.name}"):
            return None
        found.append(f"select {own} from delta.{table.name} as f")
    others = [name for name in inputs if name.startswith("entity.") and old.inputs.get(name) != inputs[name]]
    for name in others:
        now = stamps.get(name)
        if name not in _WHOM or now is None or now.previous != old.inputs.get(name) or not engine.exists(_delta(name)):
            return None
        for column in ("entity_code", "entity_name"):
            if contract.has(column):
                named = f"select {column} from {_delta(name)} where {column} is not null"
                found.append(f"select {own} from {source} as f where f.{column} in ({named})")
    if not found:  # what changed names nobody in this table
        found.append(f"select {own} from {source} as f limit 0")
    engine.run(f"create or replace temp table touched as {' union '.join(found)}")
    rows = engine.rows("select count(*) from touched")[0][0]
    if rows > _SMALL_SHARE * engine.count(table.qualified):
        engine.run("drop table touched")
        return None
    return keys


def _delta(qualified: str) -> str:
    return f"delta.{qualified.replace('.', '_')}"


def _build_beside(engine: DuckDBEngine, table: SqlTable) -> None:
    """Build a table of `_WHOM` anew and keep in what it differs from the one before."""
    name, columns = table.qualified, _WHOM[table.qualified]
    engine.run(f"create or replace temp table before as select {columns} from {name}")
    engine.build(name, _stored(engine, table))
    now = f"(select {columns} from {name})"
    engine.run(
        f"create or replace table {_delta(name)} as"
        f" (from before except from {now} as n) union all (from {now} as n except from before)"
    )
    engine.run("drop table before")


def _has_other_codes(engine: DuckDBEngine, name: str) -> bool:
    """Whether a column of the raw table holds codes that its fact does not know."""
    fact = engine.types(f"fact.{name}")
    return any(
        kind.startswith("ENUM") and fact.get(column, kind) != kind
        for column, kind in engine.types(f"raw.{name}").items()
    )


def _merge(engine: DuckDBEngine, table: SqlTable, keys: list[str]) -> bool:
    """Replace the touched rows by what the table's own SQL makes of them.

    Returns whether that is anything else than what stood there; if not, the table is left as it is.
    """
    if not engine.count("touched"):
        return False
    name, same = table.qualified, " and ".join(f'o."{k}" = t."{k}"' for k in keys)
    engine.run(
        f"create or replace temp table touched_rows as"
        f" select o.* from raw.{table.name} as o semi join touched as t on {same}"
    )
    engine.run(f"create or replace temp table old_rows as select o.* from {name} as o semi join touched as t on {same}")
    engine.run(f"create or replace temp table new_rows as from {name} limit 0")
    engine.run("insert into new_rows " + re.sub(rf"\braw\.{table.name}\b", "touched_rows", table.sql))
    gone, come = "from old_rows except all from new_rows", "from new_rows except all from old_rows"
    differs = bool(engine.rows(f"select exists({gone}) or exists({come})")[0][0])
    if differs:
        engine.run(f"delete from {name} as o using touched as t where {same}")
        engine.run(f"insert into {name} from new_rows")
    for temporary in ("touched_rows", "old_rows", "new_rows"):
        engine.run(f"drop table {temporary}")
    return differs
