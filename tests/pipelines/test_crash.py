"""What a refresh survives: death at every stage, a full disk, broken files, a clock that goes back, two at once.

Always the same promise: CURRENT names a whole snapshot, and the next refresh comes to what an undisturbed one does.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pipelines import resources, run, standing
from pipelines.cli import app
from tests.conftest import AS_OF, refresh
from tests.warehouse.publishing import publish
from tests.warehouse.small import GRADES
from warehouse import deliveries
from warehouse.deliveries import Archive
from warehouse.engine import DuckDBEngine
from warehouse.feed import load_feed
from warehouse.home import Home, HomeBusyError
from warehouse.serving import ServingReader
from warehouse.status import broken_loads, published

ROOT = Path(__file__).parents[2]
# Refreshes the home in a fork for each line it reads, and answers with the exit code. A line names what ends the run:
# a stage or table that starts, the n-th flush of a publication, the archive of the month, or the disk at n bytes a file.
CHILD = """
import os, resource, signal, sys
from pathlib import Path
from pipelines import progress, publish
from pipelines.options import RefreshError
from pipelines.run import refresh_once
from warehouse import serving
from warehouse.home import Home

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def flushed(number, calls=[]):
    original = serving._fsync
    def flush(path):
        calls.append(path)
        die() if len(calls) == number else original(path)
    return flush

def refresh(end):
    kind, _, value = end.partition(":")
    if kind == "flush":
        serving._fsync = flushed(int(value))
    if kind == "archive":
        publish.tidy = die
    if kind == "disk":
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(value), int(value)))
    watch = progress.Watch(lambda name: die() if end and name.startswith(end) else None)
    try:
        refresh_once(Home.at(sys.argv[1]), ["chicago_food"], Path(sys.argv[2]), sys.argv[3], None, watch, "1GB")
    except RefreshError as error:
        print(str(error), file=sys.stderr, flush=True)
        os._exit(1)
    os._exit(0)

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        refresh(line.strip())
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
KILLED = -9
STAGES = ("raw.", "run.", "policy.", "entity.", "fact.", "text.", "indicator.", "grade.", "plan.", "outcome.", "mart.")
PUBLISHING = ("published.snapshot", "published.quality", "flush:1", "flush:2", "flush:3", "archive")


class Refresher:
    """A process that refreshes a home again and again, and dies as it is told."""

    def __init__(self, process: subprocess.Popen[str], errors: Path) -> None:
        self._process = process
        self._errors = errors

    def refresh(self, end: str = "") -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(end + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    @property
    def told(self) -> str:
        return self._errors.read_text()


@contextmanager
def refresher(home: Path, data: Path, errors: Path) -> Iterator[Refresher]:
    command = [sys.executable, "-c", CHILD, str(home), str(data), str(AS_OF)]
    with (
        errors.open("w") as stderr,
        subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, text=True
        ) as process,
    ):
        yield Refresher(process, errors)
        assert process.stdin is not None
        process.stdin.close()


def current(home: Path) -> str:
    return (home / "serving" / "CURRENT").read_text()


def grades(home: Path) -> list[tuple[Any, ...]]:
    reader = ServingReader(home)
    try:
        return reader.query(GRADES).rows()
    finally:
        reader.close()


def endure(home: Path, data: Path, clean: dict[str, Any], ends: tuple[str, ...]) -> None:
    """Die in one way after another on the same home, then run through and compare with an undisturbed run."""
    (home / "warehouse.duckdb").unlink()  # so that every table has to be built
    before = grades(home)
    with refresher(home, data, home.parent / "errors") as process:
        for end in ends:
            was = current(home)
            code = process.refresh(end)
            if end.startswith("disk"):
                assert code == 1, end
                assert re.search("File too large|Could not write|is the disk full", process.told), process.told
            else:
                assert code == KILLED, end
            assert (current(home) == was) is (end not in ("flush:3", "archive")), end
            assert grades(home) == before, end
        assert process.refresh() == 0, process.told
    status = published(Home.at(home))
    assert status is not None
    assert status["tables"] == clean["tables"]
    assert grades(home) == before
    assert not list((home / "serving").glob("*.building*"))
    assert len(list((home / "serving").glob("serving-*"))) == len(list((home / "serving").glob("status-*"))) == 2


def test_a_refresh_that_dies_is_made_good_by_the_next(
    own_home: Path, chicago_data: Path, small_status: dict[str, Any]
) -> None:
    endure(own_home, chicago_data, small_status, ("grade.", "disk:4000000"))


@pytest.mark.slow
@pytest.mark.timeout(1800)  # twenty refreshes
def test_a_refresh_that_dies_anywhere_is_made_good_by_the_next(
    own_home: Path, chicago_data: Path, small_status: dict[str, Any]
) -> None:
    full = tuple(f"disk:{size}" for size in (300_000, 2_000_000, 16_000_000))
    endure(own_home, chicago_data, small_status, (*STAGES, *full, *PUBLISHING))


def test_a_broken_file_and_a_clock_that_went_back(
    own_home: Path, chicago_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Published without the broken file, which the exit code, the log and the status name; CURRENT moves all the same."""

    class Past(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Past:
            return cls(2001, 1, 1, tzinfo=tz)

    monkeypatch.setattr(resources, "datetime", Past)
    monkeypatch.setattr(deliveries, "_now", lambda: "2001-01-01T00:00:00")
    data = tmp_path / "landing"
    shutil.copytree(chicago_data, data)
    whole = (data / "violations.parquet").read_bytes()
    (data / "violations.parquet").write_bytes(whole[:4000] + b"\0" * 100 + whole[4100 : len(whole) // 2])
    was, before = current(own_home), grades(own_home)
    command = ["refresh", "--feed", "chicago_food", "--data", str(data), "--as-of", str(AS_OF), "--home", str(own_home)]
    told = CliRunner().invoke(app, command, env={"COLUMNS": "200"})
    assert told.exit_code == 3, told.output
    assert "published without what could not be read: violation: violations.parquet" in told.output.replace(
        "finding", "violation"
    )
    assert current(own_home) > was  # the id of the run sorts after the one before
    assert grades(own_home) == before
    lines = [json.loads(line) for line in (own_home / "logs" / "mingcha.log").read_text().splitlines()]
    (failed,) = [line for line in lines if line["event"] == "load_failed"]
    assert failed["file"] == "violations.parquet"
    assert failed["level"] == "error"
    status = published(Home.at(own_home))
    assert status is not None
    (load,) = broken_loads(status["loads"])
    good = load | {"load_error": None, "load_no": load["load_no"] + 1}
    assert broken_loads([*status["loads"], good]) == []
    assert broken_loads([*status["loads"], good | {"file_name": "other.parquet"}]) == [load]


def test_run_ids_sort_after_every_run_of_the_home(tmp_path: Path) -> None:
    home = Home.at(tmp_path / "home")
    first = resources.new_run_id(home)
    assert abs(datetime.strptime(first[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC) - datetime.now(UTC)) < timedelta(
        seconds=60
    )
    (home.serving / "status-20991231T235959-ffff.json").touch()
    assert resources.new_run_id(home).startswith("21000101T000000-")
    (home.serving / "serving-21000101T000000-0000.duckdb.building").touch()
    assert resources.new_run_id(home).startswith("21000101T000001-")


def test_the_last_two_snapshots_are_kept_whatever_the_clock_says(tmp_path: Path) -> None:
    home = Home.at(tmp_path / "home")
    with home.writing(), DuckDBEngine(home.warehouse, home.temp, "500MB", 1) as engine:
        for run_id, hours in (("000009", 0), ("000008", -5), ("000001", -9), ("000005", -7)):
            name = publish(home, engine, run_id)
            stamp = datetime.now(UTC).timestamp() + 3600 * hours
            os.utime(home.serving / name, (stamp, stamp))
            assert current(home.root) == name
    assert sorted(p.name for p in home.serving.glob("serving-*")) == ["serving-000001.duckdb", "serving-000005.duckdb"]


def test_deliveries_stay_in_order_of_receipt_and_a_full_disk_spoils_no_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed, archive = load_feed(standing.FEEDS / "chicago_food"), Archive(tmp_path / "raw")
    for number, at in enumerate(("2026-01-02T00:00:00", "2026-01-01T00:00:00")):
        monkeypatch.setattr(deliveries, "_now", lambda at=at: at)
        (tmp_path / "violations.parquet").write_bytes(b"%d" % number)
        assert len(archive.receive(feed, tmp_path)) == 1
    assert [d.received_at[:10] for d in archive.listed("chicago_food")] == ["2026-01-02", "2026-01-01"]
    before = archive.listed("chicago_food")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        (tmp_path / "violations.parquet").write_bytes(b"third")
        with pytest.raises(OSError, match="No space left"):
            archive.receive(feed, tmp_path)
    assert archive.listed("chicago_food") == before
    assert len(archive.receive(feed, tmp_path)) == 1


def test_who_comes_second_in_the_last_moment_is_told_to_try_later(
    own_home: Path, chicago_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the first look at the lock and the start of the run another refresh begins."""
    home, build = Home.at(own_home), run.build_defs
    with monkeypatch.context() as patched:
        other = home.writing()

        def begin(resource: Any) -> Any:
            other.__enter__()
            return build(resource)

        patched.setattr(run, "build_defs", begin)
        was = current(own_home)
        with pytest.raises(HomeBusyError, match=f"process {os.getpid()} is refreshing"):
            refresh(own_home, chicago_data)
        other.__exit__(None, None, None)
    assert current(own_home) == was


@pytest.mark.slow
def test_of_two_refreshes_at_once_one_runs(own_home: Path, chicago_data: Path) -> None:
    command = [sys.executable, "-c", "from pipelines.cli import main; main()", "refresh", "--feed", "chicago_food"]
    command += ["--data", str(chicago_data), "--as-of", str(AS_OF), "--home", str(own_home), "--again"]
    before = grades(own_home)
    both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(2)]
    assert sorted(process.wait(300) for process in both) == [0, 75]
    assert grades(own_home) == before
