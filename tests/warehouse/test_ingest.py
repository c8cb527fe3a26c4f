"""Deliveries become accepted, quarantined and repeated rows, and every row is one of the three.

The reference below is written from the contract alone, in plain Python.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.warehouse import small
from warehouse import catalog
from warehouse.deliveries import Archive
from warehouse.engine import DuckDBEngine
from warehouse.feed import FeedError
from warehouse.ingest import Load

COLUMNS = ["change_id", "entity_code", "entity_name", "department_id", "change_kind", "event_date"]
SHANGHAI = ZoneInfo("Asia/Shanghai")
# text → the day it means, or why it cannot be used
DAYS: dict[str, date | str] = {
    "2024-01-02": date(2024, 1, 2),
    "2024/01/03": date(2024, 1, 3),
    "2024年01月04日": date(2024, 1, 4),
    "01-05-2024": date(2024, 1, 5),
    "2024-02-30": "unreadable",
    "soon": "unreadable",
    "1850-01-01": "implausible",
    "2100-01-01": "implausible",
    "": "missing",
}
NAMES = st.sampled_from(["甲公司", "A, B", 'said "so"', "two\nlines", "three\r\nlines\n", "#not a comment", "", "x;y"])
DELIVERED_ROW = st.fixed_dictionaries(
    {
        "change_id": st.sampled_from(["c1", "c2", "c3", ""]),
        "entity_code": st.sampled_from(["E1", "E1", "E2", ""]),
        "entity_name": NAMES,
        "department_id": st.sampled_from(["D1", "D1", "D2"]),
        "change_kind": st.sampled_from(["name", "name", "address", "nonsense"]),
        "event_date": st.sampled_from([*DAYS, "2024-01-02", "2024-01-02"]),
    }
)
DELIVERIES = st.lists(st.lists(DELIVERED_ROW, max_size=6), min_size=1, max_size=4)


@dataclass(frozen=True)
class Expected:
    """What the reference says became of each row, by (file number, row number from 1)."""

    quarantined: dict[tuple[int, int], tuple[str, str]]
    repeated: set[tuple[int, int]]
    superseded: dict[tuple[int, int], datetime | None]


def reason(row: dict[str, str]) -> tuple[str, str] | None:
    """The first promise of the contract that a row breaks, column by column."""
    for column in COLUMNS:
        value = row[column]
        if column == "event_date" and isinstance(DAYS[value], str):
            return str(DAYS[value]), column
        if not value and column != "entity_name":
            return "missing", column
        if column == "change_kind" and value == "nonsense":
            return "not_allowed", column
    return None


def reference(files: Sequence[Sequence[dict[str, str]]]) -> Expected:
    quarantined, repeated, superseded = {}, set(), {}
    versions: dict[str, list[tuple[datetime, int, int, tuple[Any, ...]]]] = {}
    for file_no, rows in enumerate(files):
        for row_no, row in enumerate(rows, start=1):
            broken = reason(row)
            if broken:
                quarantined[file_no, row_no] = broken
                continue
            day = DAYS[row["event_date"]]
            assert isinstance(day, date)
            midnight = datetime.combine(day, time(), SHANGHAI).astimezone(UTC).replace(tzinfo=None)
            content = (*(row[c] for c in COLUMNS if c != "event_date"), day)
            versions.setdefault(row["change_id"], []).append((midnight, file_no, row_no, content))
    for said in versions.values():
        said.sort(key=lambda one: one[:3])
        kept: list[tuple[datetime, int, int, tuple[Any, ...]]] = []
        for one in said:
            if kept and kept[-1][3] == one[3]:
                repeated.add(one[1:3])
            else:
                kept.append(one)
        for one, following in itertools.zip_longest(kept, kept[1:]):
            superseded[one[1:3]] = following[0] if following else None
    return Expected(quarantined, repeated, superseded)


@pytest.fixture(scope="module")
def engine() -> Any:
    with small.opened() as opened:
        yield opened


def deliver(
    engine: DuckDBEngine, folder: Path, files: Sequence[Sequence[dict[str, str]]], at_once: Sequence[int] = ()
) -> list[Load]:
    """Deliver each list of rows as a file of its own; load after every `at_once` files, and at the end."""
    shutil.rmtree(folder, ignore_errors=True)
    feed, archive = small.pack(folder / "pack", {"change": "change-*.csv"}), Archive(folder / "raw")
    (folder / "data").mkdir()
    loads: list[Load] = []
    for number, rows in enumerate(files):
        small.write_csv(folder / "data" / f"change-{number}.csv", COLUMNS, rows)
        if number in at_once or number == len(files) - 1:
            archive.receive(feed, folder / "data")
            loads = small.load(engine, archive, feed, "change")
    return loads


@small.few
@given(DELIVERIES, st.sets(st.integers(0, 3)))
def test_every_delivered_row_is_accepted_quarantined_or_a_repeat(
    engine: DuckDBEngine, tmp_path: Path, files: list[list[dict[str, str]]], at_once: set[int]
) -> None:
    """Whether the files come one by one, some together, or all on one day."""
    loads = deliver(engine, tmp_path / "one", files, sorted(at_once))
    expected = reference(files)
    number = {load.load_no: int(load.file_name.split("-")[1].removesuffix(".csv")) for load in loads}

    assert [load.load_error for load in loads] == [None] * len(files)
    quarantined = engine.rows(
        "select l.load_no, q.row_number, q.reason_code, q.reason_column"
        " from quarantine.row as q join run.load as l on l.load_id = q.load_id"
    )
    assert {(number[i], n): (code, column) for i, n, code, column in quarantined} == expected.quarantined
    accepted = engine.rows("select load_no, row_number, superseded_at from raw.change")
    assert {(number[i], n): instant for i, n, instant in accepted} == expected.superseded
    assert len(accepted) == len(expected.superseded)
    for load in loads:
        own = number[load.load_no]
        assert load.delivered_count == len(files[own])
        assert load.quarantined_count == sum(file_no == own for file_no, _ in expected.quarantined)
        assert load.repeated_count == sum(file_no == own for file_no, _ in expected.repeated)
        assert load.accepted_count == sum(file_no == own for file_no, _ in expected.superseded)


@small.few
@given(st.lists(st.sampled_from(["name", "address"]), min_size=1, max_size=6))
def test_a_value_that_comes_back_is_a_version_of_its_own(
    engine: DuckDBEngine, tmp_path: Path, kinds: list[str]
) -> None:
    """A, B, A: the last A is no repeat of the first, it is what holds now."""
    rows = [change("c1", event_date=f"2024-03-{day:02d}", change_kind=kind) for day, kind in enumerate(kinds, start=1)]
    # the day differs, so every row is a version; the same rows on one day repeat what they follow
    same_day = [row | {"event_date": "2024-03-01"} for row in rows]
    deliver(engine, tmp_path / "days", [rows])
    assert engine.count("raw.change") == len(kinds)
    loads = deliver(engine, tmp_path / "day", [same_day])
    runs = [kind for kind, _ in itertools.groupby(kinds)]
    assert (loads[0].accepted_count, loads[0].repeated_count) == (len(runs), len(kinds) - len(runs))
    assert engine.rows("select change_kind from raw.change where superseded_at is null") == [(kinds[-1],)]


def change(change_id: str, **other: str) -> dict[str, str]:
    row = dict(zip(COLUMNS, [change_id, "E1", "name", "D1", "name", "2024-01-02"], strict=True))
    return row | other


GOOD = [change("c1"), change("c2")]


def as_bytes(tmp_path: Path, rows: list[dict[str, str]], columns: list[str] = COLUMNS) -> bytes:
    small.write_csv(tmp_path / "written.csv", columns, rows)
    return (tmp_path / "written.csv").read_bytes()


BROKEN = {
    "optional column renamed": (lambda good: good.replace(b"entity_name", b"company"), "entity_name"),
    "required column renamed": (lambda good: good.replace(b"department_id", b"dept"), "department_id"),
    "a row with too many fields": (lambda good: good + b"c9,E1,n,D1,name,2024-01-02,x,y\n", ""),
    "a row with too few fields": (lambda good: good + b"c9,E1\n", ""),
    "a quote that never closes": (lambda good: good + b'c9,E1,"n,D1,name,2024-01-02\n', ""),
    "not UTF-8": (lambda good: good.replace(b"c8,E1,name", "c8,E1,西安".encode("gb18030")), ""),
    "a title above the header": (lambda good: b"report of 2024\n" + good, ""),
    "no byte at all": (lambda _: b"", "empty"),
}


@pytest.mark.parametrize("broken_first", [True, False], ids=["broken first", "broken last"])
@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_file_is_named_and_the_others_go_on(
    engine: DuckDBEngine, tmp_path: Path, how: str, broken_first: bool
) -> None:
    spoil, told = BROKEN[how]
    data = tmp_path / "data"
    data.mkdir()
    (data / "change-1.csv").write_bytes(as_bytes(tmp_path, GOOD))
    broken = data / ("change-0.csv" if broken_first else "change-2.csv")
    broken.write_bytes(spoil(as_bytes(tmp_path, [change("c8"), change("c9")])))
    feed, archive = small.pack(tmp_path / "pack", {"change": "change-*.csv"}), Archive(tmp_path / "raw")
    archive.receive(feed, data)
    loads = {load.file_name: load for load in small.load(engine, archive, feed, "change")}

    named = loads.pop(broken.name)
    assert named.load_error is not None
    assert told in named.load_error
    assert (named.delivered_count, named.accepted_count) == (0, 0)
    assert [(load.load_error, load.accepted_count) for load in loads.values()] == [(None, 2)]
    assert engine.count("raw.change") == 2


def test_more_or_reordered_columns_are_no_fault(engine: DuckDBEngine, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "change-0.csv").write_bytes(as_bytes(tmp_path, [change("c0") | {"extra": "1"}], [*COLUMNS, "extra"]))
    (data / "change-1.csv").write_bytes(as_bytes(tmp_path, [change("c1", entity_name="丙")], COLUMNS[::-1]))
    (data / "change-2.csv").write_bytes(b"\xef\xbb\xbf" + as_bytes(tmp_path, [change("c2")]).replace(b"\n", b"\r\n"))
    (data / "change-3.csv").write_bytes(as_bytes(tmp_path, []))
    feed, archive = small.pack(tmp_path / "pack", {"change": "change-*.csv"}), Archive(tmp_path / "raw")
    archive.receive(feed, data)
    loads = small.load(engine, archive, feed, "change")
    assert [(load.load_error, load.accepted_count) for load in loads] == [(None, 1), (None, 1), (None, 1), (None, 0)]
    assert engine.rows("select entity_name from raw.change where change_id = 'c1'") == [("丙",)]


def test_a_truncated_parquet_is_named_and_the_others_go_on(engine: DuckDBEngine, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    for number in range(3):
        pl.DataFrame([change(f"c{number}") | {"event_date": date(2024, 1, 2)}]).write_parquet(
            data / f"{number}.parquet"
        )
    whole = (data / "1.parquet").read_bytes()
    (data / "1.parquet").write_bytes(whole[: len(whole) // 2])
    pl.DataFrame([change("c2")]).drop("entity_name").write_parquet(data / "2.parquet")
    feed = small.pack(tmp_path / "pack", {"change": "*.parquet"}, file_format="parquet")
    archive = Archive(tmp_path / "raw")
    archive.receive(feed, data)
    loads = small.load(engine, archive, feed, "change")
    assert [load.accepted_count for load in loads] == [1, 0, 0]
    assert [bool(load.load_error) for load in loads] == [False, True, True]
    assert "entity_name" in str(loads[2].load_error)


def test_the_same_file_delivered_twice_changes_nothing(engine: DuckDBEngine, tmp_path: Path) -> None:
    data = tmp_path / "data"
    small.write_csv(data / "change-0.csv", COLUMNS, GOOD)
    feed, archive = small.pack(tmp_path / "pack", {"change": "change-*.csv"}), Archive(tmp_path / "raw")
    assert [d.name for d in archive.receive(feed, data)] == ["change-0.csv"]
    first = small.load(engine, archive, feed, "change"), engine.rows("select * from raw.change order by all")
    assert archive.receive(feed, data) == []
    assert (small.load(engine, archive, feed, "change"), engine.rows("select * from raw.change order by all")) == first
    # under another name it is another delivery, and all its rows are repeats
    shutil.copy(data / "change-0.csv", data / "change-1.csv")
    assert [d.name for d in archive.receive(feed, data)] == ["change-1.csv"]
    loads = small.load(engine, archive, feed, "change")
    assert [(load.accepted_count, load.repeated_count) for load in loads] == [(2, 0), (0, 2)]


def test_two_sources_may_not_claim_one_file_for_one_table(engine: DuckDBEngine, tmp_path: Path) -> None:
    small.write_csv(tmp_path / "data" / "change-0.csv", COLUMNS, GOOD)
    feed, archive = small.pack(tmp_path / "pack", {"change": "change-*.csv"}), Archive(tmp_path / "raw")
    twin = feed.sources["change"].model_copy(update={"sql": "change.sql"})
    both = feed.model_copy(update={"sources": {**feed.sources, "twin": twin}})
    archive.receive(both, tmp_path / "data")
    with pytest.raises(FeedError, match=r"two sources of table change claim change-0\.csv"):
        small.load(engine, archive, both, "change")


def test_a_file_that_goes_back_to_what_it_was_is_delivered_again(engine: DuckDBEngine, tmp_path: Path) -> None:
    data = tmp_path / "data"
    feed, archive = small.pack(tmp_path / "pack", {"change": "change-*.csv"}), Archive(tmp_path / "raw")
    rows = "select change_kind from raw.change where superseded_at is null"
    for kind in ("name", "address", "name"):
        small.write_csv(data / "change-0.csv", COLUMNS, [change("c1", change_kind=kind)])
        assert len(archive.receive(feed, data)) == 1
        loads = small.load(engine, archive, feed, "change")
        assert engine.rows(rows) == [(kind,)]
    assert len({load.load_id for load in loads}) == 3
    assert len({archive.path(d) for d in archive.listed("pack")}) == 2


def test_the_archive_keeps_every_byte_and_says_what_it_misses(tmp_path: Path) -> None:
    data = tmp_path / "data"
    small.write_csv(data / "change-0.csv", COLUMNS, GOOD)
    feed, archive = small.pack(tmp_path / "pack", {"change": "change-*.csv"}), Archive(tmp_path / "raw")
    delivery = archive.receive(feed, data)[0]
    delivered = (data / "change-0.csv").read_bytes()
    (data / "change-0.csv").write_bytes(b"changed,later\n")
    assert archive.path(delivery).read_bytes() == delivered
    assert [d.sha256 for d in archive.receive(feed, data)] != [delivery.sha256]
    assert len(archive.listed("pack")) == 2
    with pytest.raises(FeedError, match="does not exist; name one with --data"):
        archive.receive(feed, tmp_path / "nowhere")
    (tmp_path / "bare").mkdir()
    with pytest.raises(FeedError, match=r"expected change-\*\.csv"):
        Archive(tmp_path / "other").receive(feed, tmp_path / "bare")


LOCAL = st.datetimes(datetime(1985, 1, 1), datetime(2026, 12, 31)).map(lambda t: t.replace(microsecond=0))


@small.few
@given(st.lists(LOCAL, min_size=1, max_size=20), st.sampled_from(["America/Chicago", "Asia/Shanghai"]))
def test_a_local_instant_becomes_utc(engine: DuckDBEngine, tmp_path: Path, locals_: list[datetime], zone: str) -> None:
    folder = tmp_path / "texts"
    shutil.rmtree(folder, ignore_errors=True)
    winter_and_summer = [datetime(2013, 3, 10, 1, 59, 59), datetime(2013, 3, 10, 3), datetime(2013, 11, 3, 2)]
    last_summer_of_china = [datetime(1991, 9, 14, 23), datetime(1991, 9, 15, 12), datetime(1991, 9, 16)]
    each_way = [t for t in (*winter_and_summer, *last_summer_of_china) for _ in range(3)]
    asked = [*each_way, *locals_]
    # an hour that a clock shows twice, or never, has no one instant; the rest must be exact
    clear = [t for t in asked if is_clear(t, ZoneInfo(zone))]
    rows = [
        {
            "text_id": str(n),
            "channel": "web",
            "body": "b",
            "published_at": written(t, zone, n),
            "event_date": t.date(),
        }
        for n, t in enumerate(clear)
    ]
    columns = [c.name for c in catalog.contracts("raw")["text_item"].columns if c.name not in ("load_no", "row_number")]
    feed = small.pack(folder / "pack", {"text_item": "*.csv"}, zone=zone)
    small.write_csv(folder / "data" / "t.csv", columns, rows)
    archive = Archive(folder / "raw")
    archive.receive(feed, folder / "data")
    small.load(engine, archive, feed, "text_item")
    found = dict(engine.rows("select text_id, published_at from raw.text_item"))
    assert found == {
        str(n): t.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None) for n, t in enumerate(clear)
    }
    days = dict(engine.rows("select text_id, known_at from raw.text_item"))
    midnight = {str(n): datetime.combine(t.date(), time(), ZoneInfo(zone)) for n, t in enumerate(clear)}
    assert days == {n: t.astimezone(UTC).replace(tzinfo=None) for n, t in midnight.items()}


def written(local: datetime, zone: str, n: int) -> str:
    """Every third as the clock shows it, every third with its offset, every third in UTC."""
    instant = local.replace(tzinfo=ZoneInfo(zone))
    return (f"{local:%Y-%m-%d %H:%M:%S}", instant.isoformat(), f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")[n % 3]


def is_clear(local: datetime, zone: ZoneInfo) -> bool:
    early, late = (local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    return early == late


def test_an_instant_with_its_zone_is_taken_as_it_is(engine: DuckDBEngine, tmp_path: Path) -> None:
    """A parquet instant in UTC is no local time; its day is the day in the zone of the feed."""
    data = tmp_path / "data"
    data.mkdir()
    columns = [c.name for c in catalog.contracts("raw")["text_item"].columns]
    instant = datetime(2024, 1, 1, 20, tzinfo=UTC)  # already 2 January in Shanghai
    row = dict.fromkeys(columns) | {"text_id": "t", "channel": "web", "body": "b"}
    row |= {"published_at": instant, "event_date": instant}
    frame = pl.DataFrame([row]).select(pl.exclude("load_no", "row_number", "superseded_at", "known_at"))
    frame.write_parquet(data / "t.parquet")
    feed = small.pack(tmp_path / "pack", {"text_item": "*.parquet"}, file_format="parquet")
    archive = Archive(tmp_path / "raw")
    archive.receive(feed, data)
    small.load(engine, archive, feed, "text_item")
    found = engine.rows("select published_at, event_date, known_at from raw.text_item")
    assert found == [(datetime(2024, 1, 1, 20), date(2024, 1, 2), datetime(2024, 1, 1, 16))]
