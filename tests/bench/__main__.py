"""`make bench`: measures the refresh beside its floor and a pandas twin and writes docs/benchmarks.md.

Reads arguments and prints progress; measuring stands in rounds and measure, the page in report.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import casework
from tests.bench.draw import HEADING as DRAW
from tests.bench.measure import CommandError, cores, load, machine
from tests.bench.report import page
from tests.bench.rounds import measure

_PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.splitlines()[0])
    parser.add_argument("--scales", default="0.1", help="comma-separated, smallest first; 1 is 17.5 million events")
    parser.add_argument("--runs", type=int, default=1, help="rounds per scale; medians are reported")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--skip-pandas", action="store_true", help="neither run nor compare the pandas twin")
    parser.add_argument("--work", type=Path, help="keep all files in this new folder (default: a temporary one)")
    parser.add_argument("--page", type=Path, default=_PAGE, help="where to write the page")
    return parser.parse_args()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8") if page.exists() else ""


def _busy(loads: list[float]) -> str:
    told = f"Load {loads[0]:.1f} before, {loads[1]:.1f} after (this run itself makes up to {cores()})."
    if max(loads[0], loads[1] - cores()) > cores() / 2:
        told += (
            " **The machine was shared:** wall seconds say little, CPU seconds are too high; run again when it is calm."
        )
    return told


def main() -> int:
    """Run the benchmark; 0 done, 1 a command failed or the twin disagrees."""
    given = _arguments()
    scales = sorted(float(text) for text in given.scales.split(","))
    where, loads = machine(), [load()]
    _say(where)
    with TemporaryDirectory(prefix="mingcha-bench-") as temporary:
        work = given.work or Path(temporary)
        try:
            measured = [
                measure(scale, given.seed, given.runs, not given.skip_pandas, work / f"{scale:g}", _say)
                for scale in scales
            ]
        except CommandError as error:
            _say(str(error))
            return 1
    loads.append(load())
    command = f"python -m tests.bench --scales {given.scales} --runs {given.runs}"
    command += f" --seed {given.seed}" + (" --skip-pandas" if given.skip_pandas else "")
    told = page(measured, command, f"{datetime.now(UTC):%Y-%m-%d}", where, _busy(loads))
    kept = _text(given.page)  # tests.bench.draw and tests.bench.casework write their own sections
    first = min((at for heading in (DRAW, casework.HEADING) if (at := kept.find(heading)) >= 0), default=len(kept))
    given.page.write_text(told + ("\n" + kept[first:] if kept[first:] else ""), encoding="utf-8")
    _say(f"written: {given.page}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
