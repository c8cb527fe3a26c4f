"""What is removed and what never is; the monthly archive; room on the disk."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import namedtuple
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from tests.warehouse import small
from warehouse import monthly, retention, room
from warehouse.audit import Audit
from warehouse.deliveries import Archive, Delivery
from warehouse.engine import DuckDBEngine
from warehouse.home import Home
from warehouse.retention import Keeping
from warehouse.serving import Publisher

TODAY = datetime(2026, 2, 28, 2, 30)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.at(tmp_path / "home")


def bundle(home: Home, run_id: str, revealed: list[str] | None) -> Path:
    folder = home.draws / f"annual-2026-01-31-{run_id}"
    folder.mkdir()
    if revealed is not None:
        (folder / "plan.json").write_text(json.dumps({"revealed": revealed}))
    return folder


def test_what_a_vanished_snapshot_left_goes_and_a_public_draw_stays(home: Home) -> None:
    (home.serving / "serving-20260228T020000-bbbb.duckdb").touch()
    for run_id in ("20260227T020000-aaaa", "20260228T020000-bbbb"):
        (home.serving / f"status-{run_id}.json").write_text("{}")
    kept = [
        bundle(home, "20260228T020000-bbbb", ["demonstration"]),
        bundle(home, "20260101T020000-cccc", ["甲 7", "乙 8"]),
    ]
    gone = [bundle(home, "20260227T020000-aaaa", ["demonstration"]), bundle(home, "20260226T020000-dddd", None)]
    names = [*(str(path.relative_to(home.root)) for path in gone), "serving/status-20260227T020000-aaaa.json"]
    assert retention.prune(home, [], Keeping(), TODAY) == sorted(names)
    assert sorted(home.draws.iterdir()) == sorted(kept)
    assert sorted(p.name for p in home.serving.iterdir()) == [
        "serving-20260228T020000-bbbb.duckdb",
        "status-20260228T020000-bbbb.json",
    ]
    assert retention.prune(home, [], Keeping(), TODAY) == []


def received(home: Home, feed_id: str, *when: tuple[str, str]) -> None:
    """A register of deliveries (name, instant of receipt) with their files."""
    folder = home.deliveries / feed_id
    folder.mkdir()
    with (folder / "deliveries.jsonl").open("w") as register:
        for name, at in when:
            body = f"{name} {at}".encode()
            stored = f"{feed_id}/{hashlib.sha256(body).hexdigest()[:16]}-{name}"
            (home.deliveries / stored).write_bytes(body)
            told = Delivery(feed_id, name, hashlib.sha256(body).hexdigest(), len(body), at, stored)
            register.write(json.dumps(told.__dict__) + "\n")


def test_deliveries_are_kept_unless_a_setting_says_otherwise(home: Home, tmp_path: Path) -> None:
    feed = small.pack(tmp_path / "city", {"visit": "visits-*.csv", "registration": "register.csv"})
    received(
        home,
        "city",
        ("register.csv", "2019-01-01T00:00:00"),  # delivered once: the newest of its source
        ("visits-1.csv", "2020-01-01T00:00:00"),
        ("visits-2.csv", "2021-02-27T00:00:00"),
        ("visits-3.csv", "2021-02-28T02:30:00"),
        ("visits-4.csv", "2026-02-01T00:00:00"),
    )
    archive = Archive(home.deliveries)
    assert retention.prune(home, [feed], Keeping(), TODAY) == []
    assert len(archive.listed("city")) == 5
    gone = retention.prune(home, [feed], Keeping(raw_years=5), TODAY)
    assert [name.partition("-")[2] for name in gone] == ["visits-2.csv", "visits-1.csv"] or len(gone) == 2
    assert [d.name for d in archive.listed("city")] == ["register.csv", "visits-3.csv", "visits-4.csv"]
    assert all(archive.path(d).exists() for d in archive.listed("city"))
    assert len(list((home.deliveries / "city").iterdir())) == 5  # three files and two lists
    # a file of the landing folder that was removed is not received again; a new one is
    landing = tmp_path / "landing"
    landing.mkdir()
    (landing / "visits-1.csv").write_text("visits-1.csv 2020-01-01T00:00:00")
    assert archive.receive(feed, landing) == []
    (landing / "visits-1.csv").write_text("visits-1.csv, delivered anew")
    assert [d.name for d in archive.receive(feed, landing)] == ["visits-1.csv"]


def test_a_leap_day_has_a_day_five_years_before(home: Home) -> None:
    assert retention.prune(home, [], Keeping(raw_years=5), datetime(2028, 2, 29)) == []


def test_pruning_by_hand(own_home: Path) -> None:
    (own_home / "serving" / "status-20200101T000000-aaaa.json").write_text("{}")
    told = CliRunner().invoke(app, ["prune", "--home", str(own_home)])
    assert told.exit_code == 0
    assert "serving/status-20200101T000000-aaaa.json\n1 removed" in told.output
    with Home.at(own_home).writing():
        assert CliRunner().invoke(app, ["prune", "--home", str(own_home)]).exit_code == 75


@pytest.mark.parametrize("value", ["-1", "0", "0.5", "五", "many", "٣"])
def test_a_setting_that_is_none_is_said(value: str) -> None:
    with pytest.raises(ValueError, match=r"MINGCHA_KEEP_RAW_YEARS=.* is no whole number above zero"):
        Keeping.configured({"MINGCHA_KEEP_RAW_YEARS": value})


def test_settings_come_from_the_environment() -> None:
    assert Keeping.configured({}) == Keeping.configured({"MINGCHA_LOG_BYTES": " "}) == Keeping(None, 10 * 2**20, 10)
    told = {"MINGCHA_KEEP_RAW_YEARS": "6", "MINGCHA_LOG_BYTES": "1000", "MINGCHA_LOG_FILES": "3"}
    assert Keeping.configured(told) == Keeping(6, 1000, 3)


def publish(home: Home, run_id: str, as_of: date, *grades: tuple[int, str]) -> None:
    """A snapshot with as little as the archive reads."""
    with DuckDBEngine(home.root / "small.duckdb") as engine:
        columns = {"run_id": "VARCHAR", "as_of": "DATE"}
        engine.load("run.info", columns, [{"run_id": run_id, "as_of": as_of}])
        rows = [{"entity_id": n, "credit_grade": g, "run_id": run_id} for n, g in grades]
        engine.load("grade.grade", {"entity_id": "BIGINT", "credit_grade": "VARCHAR", "run_id": "VARCHAR"}, rows)
        codes = [{"entity_id": n, "entity_code": f"E{n}"} for n, _ in grades]
        engine.load("known.entity", {"entity_id": "BIGINT", "entity_code": "VARCHAR"}, codes)
        publisher = Publisher(home)
        publisher.publish(publisher.build(engine, run_id))


def test_the_first_snapshot_of_a_month_stays_and_is_never_rewritten(home: Home) -> None:
    first = date(2026, 1, 5)
    publish(home, "r1", first, (1, "A"), (2, "B"))
    january = home.archive / "2026-01"
    assert monthly.keep(home) == january / "grades.parquet"
    assert pl.read_parquet(january / "grades.parquet").rows() == [(1, "A", "r1", "E1"), (2, "B", "r1", "E2")]
    before = (january / "grades.parquet").read_bytes()

    publish(home, "r2", date(2026, 1, 6), (1, "C"), (2, "B"))
    assert monthly.keep(home) is None  # another day of the same month
    publish(home, "r3", first, (1, "A"), (2, "B"))
    assert monthly.keep(home) is None  # the same day says the same
    publish(home, "r4", first, (1, "A"), (2, "C"))
    assert monthly.keep(home) == january / "grades-2.parquet"  # the same day says otherwise
    publish(home, "r5", date(2026, 2, 1), (1, "D"))
    assert monthly.keep(home) == home.archive / "2026-02" / "grades.parquet"
    publish(home, "r6", first, (1, "A"), (2, "B"))
    assert monthly.keep(home) == january / "grades-3.parquet"

    assert (january / "grades.parquet").read_bytes() == before
    listed = monthly.versions(january)
    assert [(v["file"], v["run_id"], v["as_of"], v["rows"]) for v in listed] == [
        ("grades.parquet", "r1", "2026-01-05", 2),
        ("grades-2.parquet", "r4", "2026-01-05", 2),
        ("grades-3.parquet", "r6", "2026-01-05", 2),
    ]
    for version in listed:
        assert hashlib.sha256((january / version["file"]).read_bytes()).hexdigest() == version["sha256"]


def test_a_crash_while_archiving_is_made_good(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(home, "r1", date(2026, 1, 5), (1, "A"))
    with monkeypatch.context() as patched:
        patched.setattr(monthly, "_list", lambda *_: (_ for _ in ()).throw(OSError("No space left on device")))
        with pytest.raises(OSError, match="No space"):
            monthly.keep(home)
    assert monthly.versions(home.archive / "2026-01") == []
    assert monthly.keep(home) == home.archive / "2026-01" / "grades.parquet"


def test_a_refresh_archives_its_month(small_home: Path, small_status: dict[str, Any]) -> None:
    (version,) = monthly.versions(small_home / "archive" / "2013-09")
    assert version["run_id"] == small_status["run_id"]
    grades = pl.read_parquet(small_home / "archive" / "2013-09" / "grades.parquet")
    assert dict(grades.group_by("credit_grade").len().rows()) == small_status["credit_grades"]


Usage = namedtuple("Usage", "total used free")


def test_a_full_disk_is_said_before_anything_is_written(
    own_home: Path, chicago_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sorted(p.name for p in (own_home / "serving").iterdir())
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 10**12, 10**8))
    told = CliRunner().invoke(
        app, ["refresh", "--feed", "chicago_food", "--data", str(chicago_data), "--home", str(own_home)]
    )
    assert told.exit_code == 1
    assert "not enough room in" in told.output
    assert "a refresh needs about 0.3 GB, 0.1 GB are free" in told.output.replace("\n", " ")
    assert sorted(p.name for p in (own_home / "serving").iterdir()) == before


def test_the_need_grows_with_what_is_new(own_home: Path, chicago_data: Path, tmp_path: Path) -> None:
    home = Home.at(own_home)
    known = room.needed(home, chicago_data)  # all of it is archived already
    size = home.warehouse.stat().st_size // 2 + max(p.stat().st_size for p in home.serving.glob("*.duckdb"))
    assert known == room._FLOOR + size
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "more.parquet").write_bytes(b"x" * 1000)
    assert room.needed(home, tmp_path / "new") > known + 1000
    assert room.needed(Home.at(tmp_path / "empty"), tmp_path / "new") == room._FLOOR + 1000 + 7 * 1000


def test_the_audit_is_kept_as_long_as_the_rule_says_and_no_longer(home: Home) -> None:
    for days in (800, 360, 1):
        made = (TODAY - timedelta(days=days)).replace(tzinfo=UTC)
        Audit(home.audit, lambda made=made: made).record("query", "li.na", f"{days}")  # type: ignore[misc]
    assert retention.prune(home, [], Keeping(), TODAY) == ["audit.sqlite: 1 entries"]
    assert [entry.subject for entry in Audit(home.audit).everything()] == ["360", "1"]
    assert retention.prune(home, [], Keeping(), TODAY) == []
