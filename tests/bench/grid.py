"""`python -m tests.bench.grid --home H`: blocks of a grid over 173,000 rows, and their export as Excel, CSV and Parquet.

Makes a home with that many entities from the snapshot of H; docs/sandbox.md quotes it. Not here: the browser.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

import duckdb

from dashboards.door import Door
from dashboards.listing import ENTITIES
from dashboards.result_listing import page_of
from models.access.viewer import Viewer
from tests.bench.measure import load, machine
from warehouse.home import Home
from warehouse.query import Desk
from warehouse.result_file import csv_blocks, parts_of, write
from warehouse.result_shelf import Shelf
from warehouse.serving import ServingReader

ROWS = 173_000
ANALYST = Viewer("analyst")
EVERYTHING = "select * from mart.entity_card"
Ask = Callable[[Mapping[str, Any]], Any]


def enlarged(home: Path, target: Path) -> Home:
    """A home whose snapshot has ROWS entities: those of `home` over and over, under new numbers."""
    made = Home.at(target)
    name = ServingReader(home).current()
    shutil.copy(Home(home).serving / name, made.serving)
    with duckdb.connect(str(made.serving / name)) as connection:
        connection.execute(
            "create or replace table mart.entity_card as"
            " select card.* replace (entity_id + 1000000 * times.range as entity_id)"
            f" from mart.entity_card as card, range({ROWS}) as times limit {ROWS}"
        )
    (made.serving / "CURRENT").write_text(name)
    return made


def requests(columns: Mapping[str, str], count: int) -> list[dict[str, Any]]:
    """What somebody asks who scrolls, sorts and filters: no two alike, so that nothing is answered from a cache."""
    chance = random.Random(1)
    texts, numbers = ([n for n, kind in columns.items() if kind == wanted] for wanted in ("text", "number"))
    found = []
    for _ in range(count):
        start = 100 * chance.randrange(ROWS // 100)
        asked: dict[str, Any] = {"startRow": start, "endRow": start + 100}
        if chance.random() < 0.7:
            asked["sortModel"] = [{"colId": chance.choice([*columns]), "sort": chance.choice(["asc", "desc"])}]
        if chance.random() < 0.5:
            text = {
                "type": "contains",
                "filter": chance.choice("西安高新雁塔食品科技商贸AB") + chance.choice(["", "区", "有"]),
            }
            number = {"type": "greaterThan", "filter": chance.randrange(100)}
            asked["filterModel"] = (
                {chance.choice(texts): text} if chance.random() < 0.6 else {chance.choice(numbers): number}
            )
        found.append(asked)
    return found


def spent(ask: Ask, asked: list[dict[str, Any]]) -> dict[str, list[float]]:
    """Milliseconds of every block: what passed, and what all threads of this process computed."""
    found: dict[str, list[float]] = {"wall": [], "CPU": []}
    for one in asked:
        before, computed = perf_counter(), process_time()
        ask(one)
        found["wall"].append(1000 * (perf_counter() - before))
        found["CPU"].append(1000 * (process_time() - computed))
    return {clock: sorted(times) for clock, times in found.items()}


def resident_megabytes(pid: int) -> float:
    """What a process holds in memory now."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS:")).split()[1]) / 1024


class Resident(threading.Thread):
    """The largest resident megabytes of this process and of its children, by the module they run, while it is alive."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peaks: dict[str, float] = {}
        self._before = resident_megabytes(os.getpid())
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(0.02):
            for process in Path("/proc").glob("[0-9]*"):
                with contextlib.suppress(OSError, StopIteration):
                    status = process.joinpath("status").read_text()
                    words = process.joinpath("cmdline").read_text().split("\0")
                    if f"PPid:\t{os.getpid()}\n" in status or process.name == str(os.getpid()):
                        name = words[words.index("-m") + 1] if "-m" in words else "other"
                        held = resident_megabytes(int(process.name))
                        if process.name == str(os.getpid()):
                            name, held = "more in this process", held - self._before
                        self.peaks[name] = max(self.peaks.get(name, 0), held)

    def told(self) -> str:
        self._ended.set()
        self.join()
        return ", ".join(f"{name} {peak:.0f} MB" for name, peak in sorted(self.peaks.items()) if name != "other")


def of_list(door: Door, target: Path) -> int:
    """Hand the whole list over as the pages do: CSV as it is read, Excel by a process of its own."""
    sql, values = ENTITIES.everything(door, {}, {})
    with door.reader.stream(sql, values) as rows:
        if target.suffix == ".xlsx":
            return write(target, parts_of(rows))
        count = 0
        with target.open("wb") as handle:
            for block, number in csv_blocks(rows):
                handle.write(block)
                count += number
        return count


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.grid", description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--blocks", type=int, default=300)
    given, before = parser.parse_args(), load()
    with TemporaryDirectory(prefix="mingcha-bench-") as folder:
        home = enlarged(given.home, Path(folder) / "home")
        door = Door.open(home.root, ANALYST)
        door.reader.query("select count(*) from mart.entity_card")  # the snapshot is open, as in a server
        for suffix in (".xlsx", ".csv"):
            target = Path(folder) / f"list{suffix}"
            _measured(f"list as {suffix}", target, partial(of_list, door, target))
        with closing(Desk(home)) as desk:
            answer = desk.ask(ANALYST, EVERYTHING)
            began = perf_counter()
            kept = Shelf().keep("bench", EVERYTHING, {}, answer)
            _say(f"result of {kept.rows:,} rows: engine {kept.seconds:.1f} s, kept in {perf_counter() - began:.1f} s")
            lists: dict[str, tuple[Ask, Mapping[str, str]]] = {
                "entity list": (lambda one: ENTITIES.page(door, one, {}), ENTITIES.columns),
                "result": (lambda one: page_of(kept, one), {one.field: one.kind for one in kept.columns}),
            }
            for name, (ask, columns) in lists.items():
                for clock, found in spent(ask, requests(columns, given.blocks)).items():
                    median, worst = found[len(found) // 2], found[int(len(found) * 0.95)]
                    _say(f"{name}: {len(found)} blocks, {clock} median {median:.0f} ms, p95 {worst:.0f} ms")
            for suffix in (".csv", ".parquet", ".xlsx"):
                target = Path(folder) / f"out{suffix}"
                _measured(f"result as {suffix}", target, partial(desk.export, ANALYST, EVERYTHING, target))
    _say(f"{datetime.now(UTC):%Y-%m-%d %H:%M} · {machine()} · load {before:.1f} to {load():.1f}")
    return 0


def _measured(name: str, target: Path, export: Callable[[], int]) -> None:
    began, resident = perf_counter(), Resident()
    resident.start()
    rows = export()
    took, size = perf_counter() - began, target.stat().st_size / 1e6
    _say(f"{name}: {rows:,} rows in {took:.1f} s, {size:.1f} MB; {resident.told()}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
