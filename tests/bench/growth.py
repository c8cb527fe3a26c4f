"""`python -m tests.bench.growth --scales 1,3`: floor and full refresh of growing zones, whether they grow in proportion.

Prints each as it is measured and writes the section `Growth` of docs/benchmarks.md. Not here: what is done again, a day
more, and the pandas twin (`make bench`).
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.measure import CommandError, Usage, floor, load, machine, run
from tests.bench.report import GROWTH, with_section
from tests.bench.rounds import MINGCHA

HEADING = "## Growth"
_PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
_GIB = 2**30


@dataclass(frozen=True)
class Grown:
    """One scale: what reading alone used, what the refresh used, and the status that it left."""

    scale: float
    floor: Usage
    refresh: Usage
    status: dict[str, Any]

    @property
    def rows(self) -> int:
        """Rows delivered."""
        return sum(one["delivered_count"] for one in self.status["loads"])

    def cpu(self, stage: str) -> float:
        """CPU seconds of a stage."""
        return float(self.status["stages"].get(stage, {}).get("cpu_seconds", 0.0))


def measure(scale: float, seed: int, work: Path) -> Grown:
    """Simulate a zone below the empty folder `work` and refresh it from nothing; removes what it made.

    Raises:
        CommandError: a command failed.
    """
    work.mkdir(parents=True)
    said, zone, home = work / "said.txt", work / "zone", work / "home"
    where = ("--home", str(home))
    run((MINGCHA, "simulate", "--scale", f"{scale:g}", "--seed", f"{seed}", "--out", str(zone)), said)
    read = floor(lambda: run((sys.executable, "-m", "tests.bench.floor", str(zone)), said))
    refresh = run((MINGCHA, "refresh", "--feed", "simulated", "--data", str(zone), *where), said)
    run((MINGCHA, "status", "--json", *where), said)
    found = Grown(scale, read, refresh, json.loads(said.read_text()))
    shutil.rmtree(work)
    return found


def section(found: Sequence[Grown], command: str, loads: tuple[float, float]) -> str:
    """The section of the page; growth is that of CPU seconds over that of the rows, from the first scale to the last."""
    return "\n".join(
        [
            HEADING,
            "",
            f"Written by `{command}` on {datetime.now(UTC):%Y-%m-%d}. {machine()}."
            f" Load {loads[0]:.1f} before, {loads[1]:.1f} after, of which this run itself makes up to 2.",
            "",
            *_table(found),
        ]
    )


def _table(found: Sequence[Grown]) -> Iterator[str]:
    first, last = found[0], found[-1]
    rows = last.rows / first.rows

    def line(title: str, figures: Sequence[float], form: str = ",.1f") -> str:
        grown = f"{figures[-1] / figures[0] / rows:.2f}" if figures[0] > 1 and form == ",.1f" else ""
        return f"| {title} | " + " | ".join(f"{figure:{form}}" for figure in figures) + f" | {grown} |"

    yield "| CPU s | " + " | ".join(f"scale {one.scale:g}" for one in found) + " | growth ÷ rows |"
    yield "| --- |" + " ---: |" * (len(found) + 1)
    yield line("rows delivered", [one.rows for one in found], ",.0f")
    yield line("floor", [one.floor.cpu for one in found])
    yield line(f"**full refresh** ({GROWTH.told})", [one.refresh.cpu for one in found])
    for stage in last.status["stages"]:
        yield line(f"· {stage}", [one.cpu(stage) for one in found])
    yield line("wall s", [one.refresh.wall for one in found], ",.0f")
    yield line("peak GiB", [one.refresh.peak / _GIB for one in found], ",.2f")


def main() -> int:
    """Run the benchmark; 0 done, 1 a command failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.growth", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--scales", default="1,3", help="comma-separated, smallest first")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, help="where zones and homes are made (default: a temporary folder)")
    parser.add_argument("--write", action="store_true", help="write the section of docs/benchmarks.md")
    given = parser.parse_args()
    before, found = load(), []
    if given.work:
        given.work.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="mingcha-growth-", dir=given.work) as temporary:
        for scale in map(float, given.scales.split(",")):
            try:
                found.append(measure(scale, given.seed, Path(temporary) / f"{scale:g}"))
            except CommandError as error:
                sys.stdout.write(f"{error}\n")
                return 1
            one = found[-1]
            sys.stdout.write(
                f"{one.scale:g}: floor {one.floor.cpu:.1f}, refresh {one.refresh.cpu:.1f} CPU s,"
                f" {one.refresh.wall:.0f} s, peak {one.refresh.peak / _GIB:.2f} GiB\n"
            )
            sys.stdout.flush()
    command = f"python -m tests.bench.growth --scales {given.scales} --seed {given.seed}"
    told = section(found, command, (before, load()))
    sys.stdout.write(told + "\n")
    if given.write:
        _PAGE.write_text(with_section(_PAGE.read_text(encoding="utf-8"), HEADING, told), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
