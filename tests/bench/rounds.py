"""One scale of the benchmark: simulate, then rounds of floor, full refresh, the same again (twice), one day and what came late.

Every measured command is a process of its own. What the figures mean stands in report.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.asked import LINKS, TEXTS
from tests.bench.delivered import sources
from tests.bench.measure import Usage, floor, run

MINGCHA = str(Path(sys.executable).with_name("mingcha"))
_HERE = [sys.executable, "-m"]
_MIB = 2**20


@dataclass(frozen=True)
class Refresh:
    """One refresh: what the process used, and the status it left (steps, stages, loads; no steps if it did nothing)."""

    usage: Usage
    status: dict[str, Any]


@dataclass(frozen=True)
class Round:
    """The commands that are compared with each other, one after the other."""

    floor: Usage
    full: Refresh
    again: Refresh
    anew: Refresh
    day: Refresh
    late: Refresh


@dataclass
class Measured:
    """All figures of one scale; bytes are of delivered files, `floor_bytes` of those that the floor reads."""

    scale: float
    simulate: Usage
    bytes: int
    floor_bytes: int
    held_back: int
    late: int
    rounds: list[Round] = field(default_factory=list)
    storing: Usage | None = None
    twin: Usage | None = None
    agreement: str = ""


def measure(scale: float, seed: int, runs: int, twin: bool, work: Path, say: Callable[[str], None]) -> Measured:
    """Measure one scale below the empty folder `work`.

    Raises:
        CommandError: a command failed, or the twin's indicators are not those of the refresh.
    """
    work.mkdir(parents=True)
    said, zone, base, day, late = (work / name for name in ("said.txt", "zone", "base", "day", "late"))

    def step(label: str, *command: str) -> Usage:
        used = run(command, said)
        say(f"{scale:g} {label}: {used.wall:.1f} s, CPU {used.cpu:.1f} s, peak {used.peak / _MIB:.0f} MiB")
        return used

    told: set[str] = set()

    def refresh(label: str, data: Path, as_of: str, *options: str) -> Refresh:
        home = str(work / "home")
        where = ("--home", home, "--feed", "simulated", "--data", str(data), "--as-of", as_of)
        used = step(label, MINGCHA, "refresh", *where, *options)
        run((MINGCHA, "status", "--json", "--home", home), said)
        status = json.loads(said.read_text())
        if status["run_id"] in told:  # the run before stands
            status |= {"stages": {}, "steps": []}
        told.add(status["run_id"])
        return Refresh(used, status)

    simulated = step("simulate", MINGCHA, "simulate", "--scale", f"{scale:g}", "--seed", f"{seed}", "--out", str(zone))
    run((*_HERE, "tests.bench.last_day", str(zone), str(base), str(day), str(late)), said)
    parted = json.loads(said.read_text())
    result = Measured(scale, simulated, *_sizes(base), parted["held_back"], parted["late"])
    for number in range(1, runs + 1):
        shutil.rmtree(work / "home", ignore_errors=True)
        result.rounds.append(
            Round(
                floor(lambda: step("floor", *_HERE, "tests.bench.floor", str(base))),
                refresh(f"full refresh {number}", base, parted["day_before"]),
                refresh(f"same again {number}", base, parted["day_before"]),
                refresh(f"the same anew {number}", base, parted["day_before"], "--again"),
                refresh(f"one more day {number}", day, parted["last_day"]),
                refresh(f"delivered late {number}", late, parted["last_day"]),
            )
        )
    result.storing = step("storing", *_HERE, "tests.bench.storing", str(work / "home"))
    if twin:
        links, texts, found = str(work / "links.csv"), str(work / "texts.csv"), str(work / "twin.parquet")
        for asked, answer in ((LINKS, links), (TEXTS, texts)):
            run((MINGCHA, "sql", asked, "--csv", answer, "--home", str(work / "home")), said)
        result.twin = step(
            "pandas twin", *_HERE, "tests.bench.pandas_twin", str(zone), parted["last_day"], links, texts, found
        )
        run((*_HERE, "tests.bench.agreement", str(work / "home"), found), said)
        result.agreement = said.read_text()
        say(f"{scale:g} {result.agreement}")
    return result


def _sizes(base: Path) -> tuple[int, int]:
    total = in_floor = 0
    for source in sources(base):
        size = sum(path.stat().st_size for path in source.paths)
        total += size
        in_floor += size if source.is_plain else 0
    return total, in_floor
