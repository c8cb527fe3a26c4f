"""Sandboxed processes kept ready: one serves one scope on one snapshot, and is replaced after an error or many uses.

What a process does is `child.py`; whose scope it is, the caller says.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

from warehouse.sandbox.limits import Limits
from warehouse.sandbox.refusal import SandboxError
from warehouse.sandbox.worker import Scope, Worker

Key = tuple[str, str]  # scope, snapshot


class Pool:
    """At most `limits.processes` statements at once; started processes wait for whoever comes next."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._free = threading.BoundedSemaphore(self.limits.processes)
        self._lock = threading.Lock()
        self._idle: list[tuple[Key, Worker]] = []  # longest idle first
        self._spares: list[Worker] = []
        self._busy: dict[str, Worker] = {}
        self._is_closed = False
        self._fill()

    @contextlib.contextmanager
    def lend(self, snapshot: Path, scope: Scope, ticket: str) -> Iterator[Worker]:
        """Lend a process that is open for a scope on a snapshot; `ticket` names the use, to cancel it by.

        Raises:
            SandboxError: no process became free in time, none came up, or the pool is closed.
        """
        if not self._free.acquire(timeout=self.limits.wait_seconds):
            raise SandboxError("正在运行的查询太多，请稍后再试", kind="busy")
        try:
            key = (scope.key, str(snapshot))
            worker = self._warm(key)
            if worker is None:
                worker = self._started()
                try:
                    worker.open(snapshot, scope)
                except SandboxError:
                    worker.close()
                    raise
            with self._lock:
                self._busy[ticket] = worker
            try:
                yield worker
            except BaseException as error:
                if not (isinstance(error, SandboxError) and error.kind == "refused"):
                    worker.kill()  # what an error, or a reader who left, leaves behind in it is nobody's business
                raise
            finally:
                with self._lock:
                    self._busy.pop(ticket, None)
                self._back(key, worker)
        finally:
            self._free.release()

    def cancel(self, ticket: str) -> bool:
        """End the use of that name; False when it is over."""
        with self._lock:
            worker = self._busy.get(ticket)
            if worker is not None:
                worker.is_cancelled = True
                worker.kill()
        return worker is not None

    def close(self) -> None:
        """End every process; none is started from then on, not even for statements that were under way."""
        with self._lock:
            self._is_closed = True
            idle, self._idle = [worker for _, worker in self._idle], []
            spares, self._spares = self._spares, []
            for worker in self._busy.values():
                worker.kill()
        for worker in (*idle, *spares):
            worker.close()

    def _warm(self, key: Key) -> Worker | None:
        """A process that is open for this; those of the same scope on another snapshot are of no use any more."""
        with self._lock:
            old = [entry for entry in self._idle if entry[0][0] == key[0] and entry[0] != key]
            found = [entry for entry in self._idle if entry[0] == key and entry[1].is_alive]
            taken = found[-1:]
            self._idle = [entry for entry in self._idle if entry not in old and entry not in taken]
        for _, worker in old:
            worker.close()
        return taken[0][1] if taken else None

    def _started(self) -> Worker:
        with self._lock:
            if self._is_closed:
                raise SandboxError("服务正在停止，请稍后再试", kind="busy")
            return self._spares.pop() if self._spares else Worker(self.limits)

    def _fill(self) -> None:
        if not self._is_closed:
            self._spares += [Worker(self.limits) for _ in range(self.limits.spares - len(self._spares))]

    def _back(self, key: Key, worker: Worker) -> None:
        gone = []
        with self._lock:
            if worker.is_alive and worker.uses < self.limits.uses and not self._is_closed:
                self._idle.append((key, worker))
            else:
                gone.append(worker)
            while len(self._idle) > self.limits.processes:
                gone.append(self._idle.pop(0)[1])
            self._fill()
        for one in gone:
            one.close()
