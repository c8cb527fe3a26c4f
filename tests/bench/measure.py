"""What one command costs: wall and CPU seconds and peak memory of a child process; and on which machine.

Nothing of Mingcha is imported here: a child's peak memory counts from the size of the process that starts it.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from importlib.metadata import version
from pathlib import Path

_PACKAGES = ("duckdb", "polars", "pandas", "pyarrow", "dagster")


@dataclass(frozen=True)
class Usage:
    """Wall and CPU seconds (user and system, all threads) and peak resident memory in bytes."""

    wall: float
    cpu: float
    peak: float


class CommandError(RuntimeError):
    """A measured command failed; the message ends with what it said."""


def run(command: Sequence[str], said: Path) -> Usage:
    """Run a command to its end, with stdout and stderr in the file `said`, and return what it alone used.

    Raises:
        CommandError: the command did not exit with 0.
    """
    with said.open("w") as out:
        begun = time.perf_counter()
        child = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - begun
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise CommandError(f"{' '.join(command)} exited with {child.returncode}:\n{said.read_text()[-2000:]}")
    return Usage(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


def median(usages: Sequence[Usage]) -> Usage:
    """The median of each figure on its own."""
    return Usage(*map(statistics.median, zip(*map(astuple, usages), strict=True)))


def floor(read: Callable[[], Usage]) -> Usage:
    """The median of three readings: it is what everything is divided by, and varied by half from run to run."""
    return median([read() for _ in range(3)])


def machine() -> str:
    """Cores, processor, memory, and the versions that decide the figures."""
    processor = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return f"{cores()} cores of {processor}, {memory:.0f} GiB; Python {platform.python_version()}, {versions}"


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0))


def load() -> float:
    """Processes that wanted a core, on average over the last minute."""
    return os.getloadavg()[0]


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []
