"""What a run tells whoever watches it: which table, how many rows, how far. No drawing here (cli) and no logging.

The observer is a context variable, because Dagster runs assets in the thread of the caller.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass
class Step:
    """One finished table: wall and CPU seconds (all threads), rows, and the process's peak memory so far in bytes.

    `how` says whether it was built whole, merged (only what is new) or unchanged.
    """

    stage: str
    table_name: str
    rows: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_memory_bytes: int = 0
    how: str = "whole"


@dataclass
class Watch:
    """Collects the steps of a run and tells an observer about each start and end."""

    started: Callable[[str], None] = lambda _: None
    finished: Callable[[Step], None] = lambda _: None
    steps: list[Step] = field(default_factory=list)


current: ContextVar[Watch] = ContextVar("current")


def watch() -> Watch:
    """Return the watch of this run; a run that nobody watches gets one of its own."""
    found = current.get(None)
    if found is None:
        found = Watch()
        current.set(found)
    return found


@contextmanager
def measured(stage: str, table: str) -> Iterator[Step]:
    """Time a step; the caller sets `rows` before leaving."""
    observer = watch()
    observer.started(f"{stage}.{table}")
    step = Step(stage, table)
    wall, cpu = time.perf_counter(), time.process_time()
    yield step
    step.seconds = time.perf_counter() - wall
    step.cpu_seconds = time.process_time() - cpu
    step.peak_memory_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    observer.steps.append(step)
    observer.finished(step)
