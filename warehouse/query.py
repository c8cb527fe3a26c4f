"""One SELECT of an analyst on the published snapshot, read-only, with an answer that says when it was cut.

Settings and a statement check only; roles, masks and a killable process come with the workbench.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from warehouse.home import Home
from warehouse.serving import ServingReader

_LIMITS = {"memory_limit": "2GB", "max_temp_directory_size": "0B"}


class QueryError(ValueError):
    """The statement is refused or fails; the message says why."""


@dataclass(frozen=True)
class Answer:
    """Columns and rows of a query; `is_cut` when there were more rows than asked for."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    is_cut: bool


def ask(home: Home, sql: str, max_rows: int) -> Answer:
    """Run one SELECT and return at most `max_rows` rows.

    Raises:
        QueryError: it is not exactly one SELECT, or the engine refuses it.
    """
    with ServingReader(home.root, _LIMITS).cursor() as cursor:
        _only_select(cursor, sql)
        try:
            cursor.execute(sql)
            columns = [d[0] for d in cursor.description or []]
            rows = cursor.fetchmany(max_rows + 1)
        except duckdb.Error as error:
            raise QueryError(str(error)) from error
    return Answer(columns, rows[:max_rows], len(rows) > max_rows)


def export_csv(home: Home, sql: str, target: Path) -> int:
    """Write all rows of one SELECT as CSV (UTF-8 with BOM, so that Excel reads Chinese) and return their number."""
    with ServingReader(home.root, _LIMITS).cursor() as cursor:
        _only_select(cursor, sql)
        try:
            cursor.execute(sql)
            # A refused statement leaves the file that stood there before.
            with target.open("w", newline="", encoding="utf-8-sig") as handle:
                writer = csv.writer(handle, lineterminator="\n")
                writer.writerow([d[0] for d in cursor.description or []])
                count = 0
                while rows := cursor.fetchmany(10_000):
                    writer.writerows(rows)
                    count += len(rows)
        except (duckdb.Error, OSError) as error:
            raise QueryError(str(error)) from error
    return count


def _only_select(cursor: duckdb.DuckDBPyConnection, sql: str) -> None:
    try:
        statements = cursor.extract_statements(sql)
    except duckdb.Error as error:
        raise QueryError(str(error)) from error
    kinds = [s.type for s in statements]
    if kinds != [duckdb.StatementType.SELECT]:
        raise QueryError(f"write exactly one SELECT; this is {', '.join(k.name for k in kinds) or 'empty'}")
