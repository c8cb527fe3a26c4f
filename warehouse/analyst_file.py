"""A de-identified DuckDB file of the published snapshot for analysts to take along: nobody in it can be named.

What is left out and what becomes a pseudonym is policy access.analyst_file; masks and tables are those of an analyst.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from pydantic import BaseModel, ConfigDict

from models.access.viewer import Viewer
from models.policy.loader import Policy
from warehouse import scope
from warehouse.dialect import literal
from warehouse.home import Home
from warehouse.serving import ServingReader


class Terms(BaseModel):
    """What the policy says of the file: stages, columns and tables by name."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    stages: frozenset[str]
    pseudonym: frozenset[str]
    left_out: frozenset[str]
    named: frozenset[str]
    tables_left_out: frozenset[str]


def terms() -> Terms:
    """The built-in rules of today (UTC)."""
    return Terms.model_validate(Policy.load().at(datetime.now(UTC).date()).value("access.analyst_file"))


def write(home: Home, out: Path) -> dict[str, int]:
    """Write the file (mode 0600) and return the rows of each table.

    The same entity has the same pseudonym in every table of one file, and another one in the next file.

    Raises:
        NotPublishedError: nothing was published yet.
        ValueError: the file exists.
    """
    if out.exists():
        raise ValueError(f"{out} exists; name a new file")
    snapshot = home.serving / ServingReader(home.root).current()
    partial = out.with_name(out.name + ".partial")
    partial.unlink(missing_ok=True)
    try:
        with duckdb.connect(":memory:", config={"memory_limit": "2GB"}) as base:
            base.execute(f"attach {literal(str(snapshot))} as {scope.SNAPSHOT} (read_only)")
            base.execute(f"attach {literal(str(partial))} as analyst")
            partial.chmod(0o600)
            key, counts = secrets.token_hex(32), {}
            for name, select in _selects(base, terms(), key).items():
                base.execute(f"create schema if not exists analyst.{name.partition('.')[0]}")
                base.execute(f"create table analyst.{name} as {select}")
                counts[name] = int(base.execute(f"select count(*) from analyst.{name}").fetchall()[0][0])
            base.execute("detach analyst")
        partial.rename(out)
    finally:
        partial.unlink(missing_ok=True)
    return counts


def _selects(base: duckdb.DuckDBPyConnection, rules: Terms, key: str) -> Mapping[str, str]:
    asked = (
        "select table_schema || '.' || table_name, list((column_name, data_type) order by ordinal_position)"
        " from information_schema.columns where table_catalog = ? group by 1 order by 1"
    )
    present: dict[str, Sequence[tuple[str, str]]] = dict(base.execute(asked, [scope.SNAPSHOT]).fetchall())
    found = {}
    for name, relation in scope.readable(Viewer("analyst")).items():
        if name.partition(".")[0] not in rules.stages or name in rules.tables_left_out or name not in present:
            continue
        shown = [
            f'{_pseudonym(key, expression, kind) if column in rules.pseudonym else expression} as "{column}"'
            for column, kind in present[name]
            if (expression := relation.columns.get(column))
            and (column not in rules.left_out or (column == "name" and name in rules.named))
        ]
        where = f" where {relation.condition}" if relation.condition else ""
        # In the order of the pseudonyms or of the values: the order of the file must not give entities away.
        found[name] = f"select {', '.join(shown)} from {scope.SNAPSHOT}.{name} as t{where} order by all"
    return found


def _pseudonym(key: str, expression: str, kind: str) -> str:
    digest = f"sha256('{key}' || cast({expression} as varchar))"
    if kind == "BIGINT":
        return f"cast('0x' || substr({digest}, 1, 15) as bigint)"  # 60 bits: no two of a zone meet
    return f"substr({digest}, 1, 16)"
