"""The server's end of one sandboxed process: start, open for a scope, ask, kill.

Which process serves whom is `pool.py`; what happens inside is `child.py`.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.sandbox import wire
from warehouse.sandbox.limits import Limits
from warehouse.sandbox.refusal import SandboxError


@dataclass(frozen=True)
class Scope:
    """What a process is opened for: whose it is (`key`), and the views of what that viewer reads.

    `readable`: `schema.table` in lower case; `statements`: given the name of the attached snapshot and its tables with
    their columns, what makes the views.
    """

    key: str
    readable: frozenset[str]
    statements: Callable[[str, Mapping[str, Sequence[str]]], Sequence[str]]


class Worker:
    """One sandboxed process; not for two threads at once, except `kill`."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.uses = 0
        self.is_cancelled = False
        # -I: neither the working directory nor the environment decides what is imported; no secret is handed down.
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-m", "warehouse.sandbox.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "ARROW_IO_THREADS": "1", "OMP_NUM_THREADS": "1"},
            start_new_session=True,
        )
        self._pipes = [pipe for pipe in (self._process.stdin, self._process.stdout) if pipe]
        self._to, self._from = (pipe.fileno() for pipe in self._pipes)

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether the process can be asked."""
        return self._process.poll() is None

    def open(self, snapshot: Path, scope: Scope) -> None:
        """Attach a snapshot read-only and make the views of a scope; then the process fences itself in.

        Raises:
            SandboxError: the process did not come up.
        """
        deadline = time.monotonic() + self.limits.start_seconds
        alias = f"s{secrets.token_hex(8)}"  # nobody can name what he cannot guess
        setup = {
            "path": str(snapshot),
            "alias": alias,
            "readable": sorted(scope.readable),
            "engine_megabytes": self.limits.engine_megabytes,
            "process_megabytes": self.limits.process_megabytes,
        }
        try:
            wire.send_message(self._to, setup)
            tables = wire.receive_message(self._from, deadline)["tables"]
            wire.send_message(self._to, {"statements": list(scope.statements(alias, tables))})
            wire.receive_message(self._from, deadline)["ready"]
        except (wire.WireError, KeyError):
            self.kill()
            raise SandboxError("查询进程没有启动，请稍后再试", kind="busy") from None

    def ask(self, request: Mapping[str, Any], seconds: float) -> Iterator[bytes | dict[str, Any]]:
        """Send a statement; yield the bytes of its rows as they come, at last the message that ends the answer.

        Raises:
            SandboxError: refused, failed, or ended by a limit; after the latter the process is gone.
        """
        self.uses += 1
        deadline = time.monotonic() + seconds
        try:
            wire.send_message(self._to, {**request, "cpu_seconds": int(seconds) + 1})
            while True:
                kind, payload = wire.receive(self._from, deadline)
                if kind == wire.ROWS:
                    yield payload
                    continue
                message = json.loads(payload)
                if "error" in message:
                    raise SandboxError(message["error"], message["at"], message["kind"])
                yield message
                return
        except wire.WireError as error:
            self.kill()
            if self.is_cancelled:
                raise SandboxError("已取消", kind="cancelled") from None
            if error.is_late:
                raise SandboxError(f"超过 {seconds:g} 秒，已停止", kind="limit") from None
            raise SandboxError("查询进程已停止，多半是超过内存上限；请缩小范围", kind="limit") from None

    def kill(self) -> None:
        """End the process now, whatever it does; safe from another thread and when it is gone already."""
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def close(self) -> None:
        """End the process and give back its pipes; only for the thread that holds the worker."""
        self.kill()
        for pipe in self._pipes:
            with contextlib.suppress(OSError):
                pipe.close()
