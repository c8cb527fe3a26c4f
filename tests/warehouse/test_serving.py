"""Readers never wait, never see half a run, and a publisher killed at any moment leaves what was published."""

from __future__ import annotations

import random
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.warehouse import small
from tests.warehouse.publishing import ROWS, TABLES, publish
from warehouse import catalog
from warehouse.engine import DuckDBEngine
from warehouse.home import Home
from warehouse.serving import NotPublishedError, Publisher, ServingReader, promised

ROOT = Path(__file__).parents[2]
ONE_SNAPSHOT = " union all ".join(f"select min(run_id), max(run_id), count(*) from {name}" for name in TABLES)


def read(reader: ServingReader) -> str:
    """Several queries through one cursor; returns the run that all of them saw."""
    with reader.cursor() as cursor:
        seen = [cursor.execute("select run_id from run.info").fetchall()[0][0]]
        for _ in range(2):
            for low, high, count in cursor.execute(ONE_SNAPSHOT).fetchall():
                assert low == high
                assert count == ROWS
                seen.append(low)
    assert len(set(seen)) == 1, f"torn read: {seen}"
    return str(seen[0])


READING = """
import sys, time
from pathlib import Path
from tests.warehouse.test_serving import read
from warehouse.serving import ServingReader
reader, seen, until = ServingReader(Path(sys.argv[1])), [], Path(sys.argv[2])
print("ready", flush=True)
while not until.exists():
    seen.append(read(reader))
assert seen == sorted(seen), "went back to an older run"
print(len(seen), len(set(seen)))
"""


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_readers_see_whole_runs_while_others_are_published(tmp_path: Path) -> None:
    """Two processes and three threads read while twelve snapshots are published."""
    home, done = Home.at(tmp_path / "home"), tmp_path / "done"
    with DuckDBEngine(":memory:", memory_limit="500MB", threads=1) as engine:
        publish(home, engine, "000000")
        processes = [start("-c", READING, str(home.root), str(done)) for _ in range(2)]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        reader, seen, errors = ServingReader(home.root), [[], [], []], []

        def keep_reading(own: list[str]) -> None:
            try:
                while not done.exists():
                    own.append(read(reader))
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=keep_reading, args=(own,)) for own in seen]
        for thread in threads:
            thread.start()
        for number in range(1, 13):
            publish(home, engine, f"{number:06d}")
            time.sleep(0.03)
        done.touch()
        for thread in threads:
            thread.join(30)
        assert errors == []
        for process in processes:
            out, err = process.communicate(timeout=60)
            assert process.returncode == 0, err
            reads, runs = map(int, out.split())
            assert reads >= 10
            assert runs >= 3
        assert all(own == sorted(own) and len(set(own)) >= 3 for own in seen)
        assert read(reader) == "000012"  # the same reader, never restarted
        reader.close()
    kept = sorted(path.name for path in home.serving.glob("serving-*"))
    assert kept == [f"serving-{n:06d}.duckdb" for n in (11, 12)]


def test_a_publisher_killed_at_any_moment_leaves_a_valid_snapshot(tmp_path: Path) -> None:
    """SIGKILL at random moments; what CURRENT named is named still, or the next one, and the next run publishes."""
    rng, home = random.Random(11), Home.at(tmp_path / "home")
    killed_at = []
    for _ in range(5):
        process = start("-m", "tests.warehouse.publishing", str(home.root), "100000")
        assert process.stdout is not None
        for _ in range(rng.randrange(1, 4)):
            last_said = process.stdout.readline().strip()
        time.sleep(rng.random() * 0.15)
        process.kill()
        said = [last_said, *process.communicate(timeout=30)[0].split()]
        number = int(said[-1].removeprefix("serving-").removesuffix(".duckdb"))
        reader = ServingReader(home.root)
        seen = int(read(reader))
        reader.close()
        assert number <= seen <= number + 1
        killed_at.append(seen)
    with home.writing(), DuckDBEngine(home.warehouse, home.temp, "500MB", 1) as engine:
        publish(home, engine, "999999")
    reader = ServingReader(home.root)
    assert read(reader) == "999999"
    reader.close()
    assert list(home.serving.glob("*.building*")) == []
    assert len(list(home.serving.glob("serving-*.duckdb"))) <= 2


def test_nothing_published_is_said(tmp_path: Path) -> None:
    reader = ServingReader(Home.at(tmp_path / "home").root)
    with pytest.raises(NotPublishedError, match="run `mingcha refresh` first"):
        reader.query("select 1")
    (tmp_path / "home" / "serving" / "CURRENT").write_text("serving-gone.duckdb")
    with pytest.raises(NotPublishedError, match=r"serving-gone\.duckdb, which is not there"):
        reader.query("select 1")


def test_a_discarded_candidate_was_never_seen(tmp_path: Path) -> None:
    home = Home.at(tmp_path / "home")
    with DuckDBEngine(":memory:") as engine:
        current = publish(home, engine, "000001")
        publisher = Publisher(home)
        candidate = publisher.build(engine, "000002")
        assert ServingReader(home.root).current() == current
        publisher.discard(candidate)
    assert [p.name for p in home.serving.glob("serving-*")] == [current]


@pytest.fixture(scope="module")
def snapshot(small_home: Path) -> Any:
    reader = ServingReader(small_home)
    yield reader
    reader.close()


def test_only_its_owner_may_read_the_home(small_home: Path) -> None:
    files = [
        *(small_home / "serving").glob("serving-*.duckdb"),
        small_home / "state.sqlite",
        small_home / "warehouse.duckdb",
    ]
    assert len(files) == 3
    for path in (small_home / "serving").glob("serving-*.duckdb"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for folder in ("raw", "serving", "draws", "dagster"):
        assert stat.S_IMODE((small_home / folder).stat().st_mode) == 0o700


def test_the_snapshot_leaves_personal_columns_out(snapshot: ServingReader) -> None:
    """Inspectors stand in plans only; callers, authors, texts and the original of a bad row stand nowhere."""
    personal = {c.name for t in catalog.all_contracts() for c in t.columns if c.sensitivity == "personal"}
    assert {"caller_id", "author_id", "body", "original", "inspector_ids"} <= personal
    found = snapshot.query(
        "select table_schema || '.' || table_name as t, column_name as c from information_schema.columns"
    )
    shown = {(t, c) for t, c in found.rows() if c in personal}
    stages = {t.split(".")[0] for t, _ in shown}
    assert stages <= {"plan", "mart", "entity"}, sorted(shown)
    assert {c for _, c in shown} <= {"inspector_id", "inspector_ids", "certificate_no"}
    tables = {t for t, _ in found.rows()}
    assert tables.isdisjoint({"quarantine.row", "plan.ticket", "entity.name"})
    assert not any(t.startswith(("raw.", "fact.", "outcome.")) for t in tables)
    told = {
        "campaign",
        "campaign_text",
        "event",
        "evidence",
        "model",
        "repost",
    }  # nothing of a single text but its number
    assert {t for t in tables if t.startswith("text.")} == {f"text.{name}" for name in told}
    assert {"grade.grade", "known.inspection", "plan.drawn", "mart.entity_card", "run.info", "policy.value"} <= tables


def test_the_snapshot_holds_what_it_promises(snapshot: ServingReader) -> None:
    """Every table that pages and analysts may count on, with the columns and types of its contract."""
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in snapshot.query(
        "select table_schema || '.' || table_name, column_name, data_type from information_schema.columns"
    ).rows():
        found.setdefault(table, {})[column] = kind
    for name, contract in promised().items():
        # a fact's closed sets are ENUMs; which feeds and which codes of open sets there are, no contract knows
        is_stored = contract.stage in ("fact", "indicator")
        is_fact = contract.stage == "fact"
        types = {c.name: c.stored_type if is_fact else c.type for c in contract.columns}
        feed = {"feed_id": "ENUM('chicago_food')"} if is_fact else {}
        coded = {c.name for c in contract.columns if c.is_coded and is_stored}
        kinds = {c: "VARCHAR" if c in coded and kind.startswith("ENUM(") else kind for c, kind in found[name].items()}
        assert kinds == types | feed, name


def test_the_snapshot_explains_its_columns(snapshot: ServingReader) -> None:
    """Whoever queries finds what each column means, in both languages."""
    missing = snapshot.query(
        """select c.table_schema, c.table_name, c.column_name from information_schema.columns as c
        left join contract.column as d on d.stage = c.table_schema and d.table_name = c.table_name
            and d.column_name = c.column_name and d.zh <> '' and d.means <> '' and d.en <> ''
        where c.table_schema not in ('policy', 'contract', 'main') and d.stage is null"""
    )
    assert missing.rows() == []


def test_a_snapshot_cannot_be_written(snapshot: ServingReader) -> None:
    with snapshot.cursor() as cursor, pytest.raises(Exception, match="read-only"):
        cursor.execute("delete from grade.grade")


def test_the_small_builder_works_as_the_refresh_does(
    small_home: Path, snapshot: ServingReader, chicago_data: Path, tmp_path: Path
) -> None:
    """Other tests rest on tests.warehouse.small: it must give what a refresh gives."""
    from tests.conftest import AS_OF

    with small.opened() as engine:
        small.chicago(engine, tmp_path, chicago_data, AS_OF)
        for sql in (small.GRADES, small.INDICATORS, "select * from plan.drawn order by entity_code"):
            assert engine.rows(sql) == snapshot.query(sql).rows()
        metrics = "select metric_id, metric_value, numerator from mart.metric_value order by 1"
        assert engine.rows(metrics) == snapshot.query(metrics).rows()
