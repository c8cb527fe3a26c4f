"""Corrections of quarantined rows: decisions in state.sqlite, replayed whenever the row's file is read.

A corrected row passes the same rules as any other; its lineage is that of the row that was delivered.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import duckdb

from warehouse.catalog import Table, contracts
from warehouse.engine import DuckDBEngine
from warehouse.home import Home
from warehouse.staging import READ, REASON, Staging
from warehouse.stamps import digest
from warehouse.state import State

KIND = "correction"
_NOTED = {
    c.name: c.type for c in contracts("quarantine")["correction"].columns if c.name not in ("table_name", "is_usable")
}
_MADE = (
    "load_id varchar, row_number bigint, corrected varchar, corrected_by varchar, corrected_at timestamp,"
    " corrected_why varchar"
)


class CorrectionError(ValueError):
    """A correction that cannot be made; the message says which row or column is meant."""


@dataclass(frozen=True)
class Correction:
    """What people made of one delivered row: delivered column → text (null empties it), and who did it last and why."""

    load_id: str
    row_number: int
    values: Mapping[str, str | None]
    actor: str
    at: str
    reason: str


def corrections(state: State) -> list[Correction]:
    """Return one correction a row; a later decision adds to the earlier ones and overrides them column by column."""
    found: dict[str, Correction] = {}
    for event in state.events(KIND):
        load_id, _, row_number = event.subject.partition(":")
        earlier = found[event.subject].values if event.subject in found else {}
        values = {**earlier, **event.payload["values"]}
        found[event.subject] = Correction(load_id, int(row_number), values, event.actor, event.at, event.reason)
    return list(found.values())


def listed(home: Home, source_id: str = "", limit: int = 50) -> list[dict[str, Any]]:
    """Return quarantined rows with everything that was delivered, by source, file and row.

    Raises:
        HomeBusyError: a refresh is under way.
        CorrectionError: nothing was loaded yet.
    """
    where = "where q.source_id = ?" if source_id else ""
    sql = f"""
        select q.load_id, q.row_number, q.source_id, l.file_name, q.reason_code, q.reason_column, q.original
        from quarantine.row as q left join run.load as l on l.load_id = q.load_id
        {where} order by q.source_id, l.file_name, q.row_number limit {int(limit)}
    """
    return [
        {**row, "original": json.dumps(_delivered(row["original"]), ensure_ascii=False)}
        for row in ask(home, sql, [source_id] if source_id else [])
    ]


def correct(home: Home, load_id: str, row_number: int, values: Mapping[str, object], actor: str, reason: str) -> int:
    """Record a correction of a quarantined row and return its number; the next refresh replays it.

    Raises:
        HomeBusyError: a refresh is under way.
        CorrectionError: there is no such row in quarantine, or it has no such column, or a value is not text.
        ValueError: who or why is missing.
    """
    sql = " union all ".join(
        f"select original from quarantine.{name} where load_id = $load_id and row_number = $row_number"
        for name in ("row", "correction")
    )
    found = ask(home, sql, {"load_id": load_id, "row_number": row_number})
    if not found:
        raise CorrectionError(f"no row {row_number} of load {load_id} is in quarantine; see `mingcha quarantine list`")
    columns = _delivered(found[0]["original"])
    if not isinstance(values, dict) or not values:
        raise CorrectionError(f"say which columns are corrected to which text; delivered are {sorted(columns)}")
    if unknown := sorted(set(values) - set(columns)):
        raise CorrectionError(f"there is no delivered column {', '.join(unknown)}; delivered are {sorted(columns)}")
    if wrong := [name for name, value in values.items() if not (value is None or isinstance(value, str))]:
        raise CorrectionError(f"values are text or null; not so {wrong}")
    return State(home.state).record(KIND, f"{load_id}:{row_number}", actor, reason, {"values": dict(values)})


def recipe(base: str, load_id: str, made: Sequence[Correction]) -> str:
    """Return the recipe of a load: that of its source, and the corrections of its rows; another makes it read anew."""
    own = [(c.row_number, sorted(c.values.items())) for c in made if c.load_id == load_id]
    return digest(base, *sorted(own)) if own else base


def replay(engine: DuckDBEngine, staging: Staging, made: Sequence[Correction]) -> None:
    """Stage corrected rows anew in place of the quarantined ones that `staging` has just staged.

    Rows that were usable as delivered are left alone. A row that still cannot be used keeps its original text.
    """
    if not made:
        return
    staged = staging.into
    rows = [[c.load_id, c.row_number, json.dumps(c.values), c.actor, c.at, c.reason] for c in made]
    engine.run(f"create or replace temp table made ({_MADE})")
    engine.connection.executemany("insert into made values (?, ?, ?, ?, ?, ?)", rows)
    engine.run(f"""
        create or replace temp table replayed as
        select l.load_id, s.load_no, s.feed_id, l.source_id, {REASON}, s.original, s.row_number,
               m.corrected, m.corrected_by, m.corrected_at, m.corrected_why
        from {staged} as s
        join load_here as l on l.feed_id = s.feed_id and l.load_no = s.load_no
        join made as m on m.load_id = l.load_id and m.row_number = s.row_number
        where s.reason is not null
    """)
    same = "s.feed_id = r.feed_id and s.load_no = r.load_no and s.row_number = r.row_number"
    engine.run(f"delete from {staged} as s using replayed as r where {same}")
    engine.run(staging.sql(_relation(staging.delivered_types)))
    engine.run(
        f"update {staged} as s set original = r.original from replayed as r where {same} and s.reason is not null"
    )
    own = ", ".join(f"r.{name}" for name in _NOTED)
    engine.run(f"""
        insert into corrected
        select {own}, s.reason is null from replayed as r join {staged} as s on {same}
    """)


def _relation(types: Mapping[str, str]) -> str:
    """Return the corrected rows as the reader would have given them: same columns, same types."""
    delivered = {name: kind for name, kind in types.items() if name not in ("load_no", "row_number")}
    shape = json.dumps(delivered, ensure_ascii=False).replace("'", "''")
    row = "json_merge_patch(cast(r.original as json), cast(r.corrected as json))"
    return f"select unnest(from_json({row}, '{shape}')), r.load_no, r.row_number from replayed as r"


def prepare(engine: DuckDBEngine) -> None:
    """Make the empty temporary table `corrected`, which `replay` fills and `record` keeps."""
    names = ", ".join(f"{name} {kind}" for name, kind in _NOTED.items())
    engine.run(f"create or replace temp table corrected ({names}, is_usable boolean)")


def record(engine: DuckDBEngine, table: Table) -> None:
    """Write what was corrected of the loads just staged to `quarantine.correction`."""
    engine.rows("insert into quarantine.correction by name select *, ? as table_name from corrected", [table.name])


def _delivered(original: str) -> dict[str, Any]:
    """Return the delivered columns of a quarantined row, without those that the reader adds."""
    return {name: value for name, value in json.loads(original).items() if name not in READ}


def ask(home: Home, sql: str, values: Sequence[object] | Mapping[str, object]) -> list[dict[str, Any]]:
    """Run a query on the warehouse itself, which holds what no snapshot shows.

    Raises:
        HomeBusyError: a refresh is under way.
        CorrectionError: nothing was loaded yet.
    """
    with home.writing():
        if not home.warehouse.exists():
            raise CorrectionError(f"nothing is loaded in {home.root}; run `mingcha refresh` first")
        with closing(duckdb.connect(str(home.warehouse), read_only=True)) as connection:
            cursor = connection.execute(sql, values)
            names = [d[0] for d in cursor.description or []]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
