"""An analyst's statement on the published snapshot, as that viewer may read it: asked, explained, exported, cancelled.

Pages and the command line come in here; what may be said is `sandbox/guard.py`, what may be read is `scope.py`.
"""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from models.access.rules import access_rules
from models.access.viewer import Viewer
from warehouse import scope
from warehouse.home import Home
from warehouse.result_file import Told, WriteError, write
from warehouse.sandbox.limits import Limits
from warehouse.sandbox.pool import Pool
from warehouse.sandbox.refusal import SandboxError
from warehouse.sandbox.worker import Scope
from warehouse.serving import NotPublishedError, ServingReader

Values = Mapping[str, str | int | float | None]
OPERATOR = Viewer("admin")  # who runs commands on the server holds the files themselves
STEP_ROWS = 10_000  # of one part of what a process sends, but for large ones
_ONE = Limits(spares=0)  # nobody comes after one command


@dataclass(frozen=True)
class Record:
    """What the audit is told of one statement: `act` is query, explain or export; `result` ok or the kind of error."""

    act: str
    sql: str
    values: Values
    snapshot: str
    result: str
    rows: int
    seconds: float


Tell = Callable[[Record], None]


def _nobody(_: Record) -> None:
    """No audit: what our own commands ask (grades, benchmarks) is told by whoever asks."""


@dataclass(frozen=True)
class Answer:
    """Rows of a query and how many there are in all; `types` are the engine's, `seconds` those of the engine."""

    table: pa.Table
    types: tuple[str, ...]
    total: int
    seconds: float
    snapshot: str

    @property
    def is_cut(self) -> bool:
        """Whether there are more rows than these."""
        return bool(self.total > self.table.num_rows)

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """The rows as Python values; DECIMAL stays exact."""
        return [tuple(row.values()) for row in self.table.to_pylist()]


class Desk:
    """Runs the statements of all viewers of one home; safe between threads. `tell` hears of every statement."""

    def __init__(self, home: Home, tell: Tell = _nobody, limits: Limits | None = None) -> None:
        self._home, self._tell, self._reader = home, tell, ServingReader(home.root)
        self._pool = Pool(limits)
        background = replace(
            self.limits, processes=self.limits.exports, wait_seconds=self.limits.export_seconds, spares=0
        )
        self._exports = Pool(background)

    @property
    def limits(self) -> Limits:
        """How much one statement may take."""
        return self._pool.limits

    def prepare(self, viewer: Viewer) -> None:
        """Open a process for a viewer before the first statement; what stands in the way is told when one is asked."""
        with contextlib.suppress(SandboxError, NotPublishedError):
            _admit(viewer)
            snapshot = self._home.serving / self._reader.current()
            with self._pool.lend(snapshot, scope_of(viewer), secrets.token_hex(8)):
                pass

    def ask(
        self, viewer: Viewer, sql: str, values: Values | None = None, most_rows: int | None = None, ticket: str = ""
    ) -> Answer:
        """Return the first rows of a statement, and how many there are.

        Raises:
            SandboxError: refused, failed or cut off; the reason is in Chinese and safe to show.
            NotPublishedError: there is no snapshot yet.
        """
        limits = self.limits
        most = {"most_rows": most_rows or limits.result_rows, "most_bytes": limits.result_megabytes << 20}
        with self._asked("query", viewer, sql, values, most, limits.seconds, ticket) as (chunks, end):
            data = b"".join(chunks)
        with pa.ipc.open_stream(data) as reader:
            table = reader.read_all()
        table.validate(full=True)
        return Answer(table, tuple(end["types"]), end["total"], end["seconds"], end["snapshot"])

    def explain(self, viewer: Viewer, sql: str, values: Values | None = None) -> str:
        """Return the plan of a statement as text; it is not run."""
        with self._asked("explain", viewer, sql, values, {"explain": True}, self.limits.seconds, "") as (chunks, end):
            list(chunks)
        return str(end["plan"])

    def export(
        self,
        viewer: Viewer,
        sql: str,
        target: Path,
        values: Values | None = None,
        ticket: str = "",
        progress: Callable[[int], None] = lambda _: None,
        told: Told = (),
    ) -> int:
        """Write all rows as CSV, Excel or Parquet, by the suffix of `target`, and return their number.

        What is `told` of the rows stands in a sheet of its own, where the format has sheets. A statement that fails
        leaves the file that stood there before. Raises as `ask`.
        """
        everything = {"most_rows": 2**62, "most_bytes": 2**62}
        seconds = self.limits.export_seconds
        with self._asked("export", viewer, sql, values, everything, seconds, ticket) as (chunks, _):
            try:
                return write(target, ((chunk, STEP_ROWS) for chunk in chunks), progress, told)
            except WriteError as error:
                raise SandboxError(str(error), kind="failed") from None

    def cancel(self, ticket: str) -> bool:
        """End the statement of that name; False when it is over."""
        return self._pool.cancel(ticket) or self._exports.cancel(ticket)

    def close(self) -> None:
        """End all processes."""
        self._pool.close()
        self._exports.close()

    @contextlib.contextmanager
    def _asked(
        self,
        act: str,
        viewer: Viewer,
        sql: str,
        values: Values | None,
        request: Mapping[str, Any],
        seconds: float,
        ticket: str,
    ) -> Iterator[tuple[Iterator[bytes], dict[str, Any]]]:
        """Lend the rows as they come, and a message that is filled when they have come; tell of it whatever happens."""
        started, result, end = time.monotonic(), "failed", dict[str, Any]()
        snapshot = self._reader.current()
        try:
            _admit(viewer)
            asked = {"sql": sql, "values": dict(values or {}), "explain": False, **request}
            path = self._home.serving / snapshot
            pool = self._exports if act == "export" else self._pool
            with pool.lend(path, scope_of(viewer), ticket or secrets.token_hex(8)) as worker:
                end["snapshot"] = snapshot
                yield _rows(worker.ask(asked, seconds), end), end
            result = "ok"
        except SandboxError as error:
            result = error.kind
            raise
        finally:
            spent = time.monotonic() - started
            self._tell(Record(act, sql, dict(values or {}), snapshot, result, int(end.get("total", 0)), spent))


def ask(home: Home, sql: str, most_rows: int, values: Values | None = None, tell: Tell = _nobody) -> Answer:
    """Run one statement of the server's operator. Raises as `Desk.ask`."""
    with contextlib.closing(Desk(home, tell, _ONE)) as desk:
        return desk.ask(OPERATOR, sql, values, most_rows)


def explain(home: Home, sql: str, values: Values | None = None, tell: Tell = _nobody) -> str:
    """Return the plan of a statement of the server's operator. Raises as `Desk.ask`."""
    with contextlib.closing(Desk(home, tell, _ONE)) as desk:
        return desk.explain(OPERATOR, sql, values)


def export(home: Home, sql: str, target: Path, values: Values | None = None, tell: Tell = _nobody) -> int:
    """Write all rows of a statement of the server's operator and return their number. Raises as `Desk.export`."""
    with contextlib.closing(Desk(home, tell, _ONE)) as desk:
        return desk.export(OPERATOR, sql, target, values)


def _admit(viewer: Viewer) -> None:
    if not access_rules().may(viewer, "query"):
        raise SandboxError("当前角色不能使用 SQL 查询")


def scope_of(viewer: Viewer) -> Scope:
    """Return what a sandboxed process is opened with for a viewer."""
    readable = frozenset(name.lower() for name in scope.readable(viewer))
    return Scope(viewer.scope_key, readable, lambda alias, present: scope.statements(viewer, alias, present))


def _rows(parts: Iterator[bytes | dict[str, Any]], end: dict[str, Any]) -> Iterator[bytes]:
    for part in parts:
        if isinstance(part, dict):
            end.update(part)
        else:
            yield part
