"""What the checks found, kept over time: one line a run in <home>/quality/runs.jsonl, and as tables of the snapshot.

The file is append-only and holds blocked runs too; it cannot be derived again. Making the checks: run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from quality.rule import Result
from warehouse.catalog import contracts
from warehouse.serving import NotPublishedError, ServingReader

KEPT_RUNS = 60
_PREVIOUS = """
select c.table_name, c.row_count, r.run_id
from quality.row_count as c
cross join run.info as r
where r.feeds = $feeds and r.as_of <= $as_of
"""
_HAS_COUNTS = "select count(*) as n from duckdb_tables() where schema_name = 'quality' and table_name = 'row_count'"


class _Engine(Protocol):
    def load(self, qualified: str, columns: dict[str, str], rows: Sequence[dict[str, Any]]) -> int: ...

    def run(self, sql: str) -> None: ...

    def rows(self, sql: str) -> list[tuple[Any, ...]]: ...


@dataclass(frozen=True)
class Checked:
    """The checks of one candidate; instants are UTC."""

    run_id: str
    as_of: date
    checked_at: datetime
    results: Sequence[Result]

    @property
    def blocking(self) -> list[Result]:
        """The results that forbid publishing, errors among them."""
        return [result for result in self.results if result.is_blocking]

    def line(self) -> dict[str, Any]:
        """Return what is kept of it for good: counts, and every check that did not pass."""
        states = [(result.state, result.rule.severity) for result in self.results]
        return {
            "run_id": self.run_id,
            "as_of": self.as_of.isoformat(),
            "checked_at": self.checked_at.isoformat(timespec="seconds"),
            "is_blocked": bool(self.blocking),
            "passed_count": sum(state == "passed" for state, _ in states),
            "warning_count": states.count(("failed", "warning")),
            "blocking_count": states.count(("failed", "blocking")),
            "error_count": sum(state == "error" for state, _ in states),
            "not_passed": [_plain(result) for result in self.results if result.state != "passed"],
        }


def count_rows(engine: _Engine, home: Path, feeds: str, as_of: date) -> None:
    """Write `quality.row_count` into the attached candidate: its rows, beside those of the snapshot it would replace.

    Only a snapshot of the same feeds and of no later day compares; of another nothing is said.
    """
    before = {name: (count, run_id) for name, count, run_id in _previous(home, feeds, as_of)}
    tables = engine.rows(
        "select schema_name || '.' || table_name from duckdb_tables()"
        " where database_name = 'candidate' and schema_name <> 'contract' order by 1"
    )
    rows = []
    for (name,) in tables:
        count, run_id = before.get(name, (None, None))
        rows.append(
            {
                "table_name": name,
                "row_count": engine.rows(f"select count(*) from candidate.{name}")[0][0],
                "previous_row_count": count,
                "previous_run_id": run_id,
            }
        )
    engine.run("create schema candidate.quality")
    _load(engine, "row_count", rows)


def _previous(home: Path, feeds: str, as_of: date) -> list[tuple[Any, ...]]:
    reader = ServingReader(home)
    try:
        if not reader.query(_HAS_COUNTS).item():
            return []
        return reader.query(_PREVIOUS, {"feeds": feeds, "as_of": as_of}).rows()
    except NotPublishedError:
        return []
    finally:
        reader.close()


def append(folder: Path, checked: Checked) -> None:
    """Add a run to the kept file; it is on disk when this returns."""
    folder.mkdir(exist_ok=True, mode=0o700)
    with (folder / "runs.jsonl").open("a", encoding="utf-8") as handle:
        handle.write(json.dumps(checked.line(), ensure_ascii=False) + "\n")
        handle.flush()
        os.fsync(handle.fileno())


def write(engine: _Engine, folder: Path, checked: Checked) -> None:
    """Write `quality.result`, `quality.run` and `quality.history` into the attached candidate."""
    of_run = {"run_id": checked.run_id, "as_of": checked.as_of}
    _load(engine, "result", [{**of_run, **_plain(result)} for result in checked.results])
    lines = (folder / "runs.jsonl").read_text(encoding="utf-8").splitlines()
    runs = [json.loads(line) for line in lines[-KEPT_RUNS:]]
    _load(engine, "run", runs)
    _load(engine, "history", [{**run, **result} for run in runs for result in run["not_passed"]])


def _load(engine: _Engine, name: str, rows: Iterable[dict[str, Any]]) -> None:
    columns = {c.name: c.type for c in contracts("quality")[name].columns}
    engine.load(f"candidate.quality.{name}", columns, [{c: row[c] for c in columns} for row in rows])


def _plain(result: Result) -> dict[str, Any]:
    rule = result.rule
    return {
        "stage_name": rule.stage,
        "table_name": rule.table,
        "rule_id": rule.rule_id,
        "rule_name": rule.name,
        "rule_why": rule.why,
        "check_severity": rule.severity,
        "check_state": result.state,
        "unexpected_count": result.unexpected_count,
        "element_count": result.element_count,
        "detail": result.detail,
    }
