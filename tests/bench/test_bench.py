"""The bench measures what it says: a child's own cost, one day held back and no more, targets missed when missed.

Not here: the figures themselves.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl
import pytest

from pipelines.feeds.simulated.zone import simulate
from tests.bench.delivered import sources
from tests.bench.floor import read_all
from tests.bench.last_day import LAST_DAY, hold_back
from tests.bench.measure import CommandError, Usage, median, run
from tests.bench.report import page
from tests.bench.rounds import Measured, Refresh, Round

MIB = 2**20


def test_a_child_is_charged_with_its_own_cpu_and_memory(tmp_path: Path) -> None:
    idle = run([sys.executable, "-c", "import time; time.sleep(0.3)"], tmp_path / "said")
    busy = run([sys.executable, "-c", "b = bytearray(300 << 20); sum(range(12_000_000))"], tmp_path / "said")
    assert idle.wall >= 0.3 > idle.cpu
    assert busy.cpu > idle.cpu + 0.05
    assert busy.peak >= 300 * MIB


def test_a_failed_command_is_loud(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"exited with 3:\nno such thing"):
        run([sys.executable, "-c", "print('no such thing'); raise SystemExit(3)"], tmp_path / "said")


def test_medians_are_taken_figure_by_figure() -> None:
    assert median([Usage(1, 9, 5), Usage(3, 7, 4), Usage(2, 8, 6)]) == Usage(2, 8, 5)


def test_exactly_the_last_day_is_held_back(tmp_path: Path) -> None:
    zone, base, day, late = (tmp_path / name for name in ("zone", "base", "day", "late"))
    simulate(zone, 0.005, 3, lambda source, rows: None)
    of_day, of_late = hold_back(zone, base, day, late)
    assert of_day > 0
    assert of_late > 0
    assert {f.source_id for f in sources(late)} == {"inspection"}
    assert "inspection" not in {f.source_id for f in sources(day)}
    assert read_all(base)[0] + read_all(day)[0] + read_all(late)[0] == read_all(zone)[0]
    assert {f.source_id: len(f.paths) for f in sources(base)} == {f.source_id: len(f.paths) for f in sources(zone)}
    cases = pl.concat([pl.read_csv(path, infer_schema=False) for path in (base / "service_case").glob("*.csv")])
    assert cases["受理时间"].str.slice(0, 10).max() < str(LAST_DAY)
    held = pl.concat([pl.read_csv(path, infer_schema=False) for path in (day / "service_case").glob("*.csv")])
    assert held["受理时间"].str.slice(0, 10).unique().to_list() == [str(LAST_DAY)]


def measured(scale: float, cpu: float, grade_cpu: float, twin_cpu: float | None = None) -> Measured:
    stages = {
        name: {"seconds": 1.0, "cpu_seconds": seconds, "rows": 10, "peak_memory_bytes": MIB}
        for name, seconds in (("raw", 3.0), ("text", 2.0), ("grade", grade_cpu), ("published", cpu - 0.5))
    }
    steps = [
        {"stage": stage, "table_name": name, "cpu_seconds": seconds}
        for stage, name, seconds in (("raw", "finding", 1.0), ("indicator", "relation", 0.5), ("raw", "visit", 7.0))
    ]
    status = {"stages": stages, "steps": steps, "loads": [{"delivered_count": 10 * scale}]}
    refresh = Refresh(Usage(cpu, cpu, 100 * MIB), status)
    twin = None if twin_cpu is None else Usage(twin_cpu, twin_cpu, MIB)
    again = Refresh(Usage(0.25, 0.25, MIB), status | {"stages": {}, "steps": []})
    rounds = [Round(Usage(1, 1, MIB), refresh, again, refresh, refresh, refresh)]
    return Measured(scale, Usage(1, 1, MIB), 1, 1, 1, 1, rounds, Usage(2, 2, MIB), twin)


def test_targets_are_ratios_to_the_floor_and_misses_are_named() -> None:
    told = page([measured(1, 8.0, 0.3), measured(3, 40.0, 0.31)], "bench", "2026-01-01", "machine", "calm")
    assert "| whole refresh | ≤ 9 × floor CPU | 8.00 | **40.00** missed |" in told
    assert "| whole refresh, but for the stage `text` | ≤ 9 × floor CPU | 6.00 | **38.00** missed |" in told
    assert "| grades | ≤ 0.3 × floor CPU | 0.30 | **0.31** missed |" in told
    assert "| increment, same as-of: `--again`, without publishing | ≤ 0.6 × floor CPU | 0.50 | 0.50 |" in told
    assert "| increment, same as-of: delivered late, without publishing | ≤ 0.6 × floor CPU | 0.50 | 0.50 |" in told
    assert "| increment, same as-of: nothing new | ≤ 0.6 × floor CPU | 0.25 | 0.25 |" in told
    assert "| ≤ 1.2 × growth of the rows | – | **1.67** missed |" in told
    assert "- Scale 1: every target is reached." in told
    assert "- Scale 1: of the 3.00 times the floor that raw, entity and fact take, storing them takes 2.00" in told
    assert "- Scale 3: missed: grades; whole refresh; whole refresh, but for the stage `text`." in told


def test_the_twin_is_held_against_the_tables_that_do_its_work_and_no_others() -> None:
    told = page([measured(1, 8.0, 0.3, 4.5), measured(2, 8.0, 0.3, 4.4)], "bench", "2026-01-01", "machine", "calm")
    assert "| pandas twin ÷ same work | ≥ 3 × CPU of the same work | 3.00 | **2.93** missed |" in told
    assert "`visit` (the simulated zone delivers no visits)" in told
