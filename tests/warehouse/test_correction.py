"""A corrected row is as good as one that was right from the start; what was delivered stays visible, and loads add up."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.warehouse import small
from warehouse import catalog
from warehouse.correction import Correction, CorrectionError, correct, corrections, listed
from warehouse.deliveries import Archive
from warehouse.engine import DuckDBEngine
from warehouse.home import Home
from warehouse.ingest import Load, ingest
from warehouse.state import State

COLUMNS = ["change_id", "entity_code", "entity_name", "department_id", "change_kind", "event_date"]
CHANGE = catalog.contracts("raw")["change"]
RAW = "select * exclude (load_no) from raw.change order by all"
Row = dict[str, Any]

ROW = st.fixed_dictionaries(
    {
        "change_id": st.sampled_from(["c1", "c2", "c3"]),
        "entity_code": st.sampled_from(["E1", "E2"]),
        "entity_name": st.sampled_from(["甲公司", "A, B", 'said "so"', "two\nlines", ""]),
        "department_id": st.sampled_from(["D1", "D2"]),
        "change_kind": st.sampled_from(["name", "address"]),
        "event_date": st.sampled_from(["2024-01-02", "2024/01/03", "2024年01月04日"]),
    }
)
BAD = st.sampled_from(
    [{"event_date": "soon"}, {"event_date": "1850-01-01"}, {"change_kind": "nonsense"}, {"change_id": ""}]
)
FILES = st.lists(
    st.lists(st.tuples(ROW, st.none() | BAD), min_size=1, max_size=6), min_size=1, max_size=3
)  # right rows, and what of them is delivered wrong


@pytest.fixture(scope="module")
def engine() -> Any:
    with small.opened() as opened:
        yield opened


def load(
    engine: DuckDBEngine, folder: Path, files: Sequence[Sequence[Row]], made: Sequence[Correction] = ()
) -> list[Load]:
    """Deliver each list of rows as a file of its own and load them."""
    shutil.rmtree(folder, ignore_errors=True)
    feed = small.pack(folder / "pack", {"change": "change-*.csv"})
    for number, rows in enumerate(files):
        small.write_csv(folder / "data" / f"change-{number}.csv", COLUMNS, rows)
    archive = Archive(folder / "raw")
    archive.receive(feed, folder / "data")
    return ingest(engine, archive, [feed], CHANGE, made)


def counts(load: Load) -> tuple[int, int, int, int]:
    return load.delivered_count, load.accepted_count, load.quarantined_count, load.repeated_count


def made_of(load_id: str, row_number: int, values: Row) -> Correction:
    return Correction(load_id, row_number, values, "数据专员", "2026-01-02T03:04:05", "来源单位确认")


@small.few
@given(FILES)
def test_corrected_is_as_good_as_right_from_the_start(
    engine: DuckDBEngine, tmp_path: Path, files: list[list[tuple[Row, Row | None]]]
) -> None:
    right = load(engine, tmp_path / "pack", [[row for row, _ in rows] for rows in files])
    expected, expected_counts = engine.rows(RAW), [counts(one) for one in right]

    delivered = [[row | (wrong or {}) for row, wrong in rows] for rows in files]
    first = load(engine, tmp_path / "pack", delivered)
    made = [
        made_of(one.load_id, number, {name: row[name] for name in wrong})
        for one, rows in zip(first, files, strict=True)
        for number, (row, wrong) in enumerate(rows, start=1)
        if wrong
    ]
    assert sum(one.quarantined_count for one in first) == len(made)
    again = load(engine, tmp_path / "pack", delivered, made)

    assert engine.rows(RAW) == expected
    assert [counts(one) for one in again] == expected_counts
    assert [one.load_id for one in again] == [one.load_id for one in first]
    assert engine.rows("select * from quarantine.row") == []
    kept = engine.rows("select load_id, row_number, original, is_usable from quarantine.correction order by 1, 2")
    assert [(i, n, usable) for i, n, _, usable in kept] == sorted((m.load_id, m.row_number, True) for m in made)
    texts = {(m.load_id, m.row_number): m.values for m in made}
    for load_id, number, original, _ in kept:
        assert all(json.loads(original)[name] != right for name, right in texts[load_id, number].items())


def test_a_correction_that_does_not_help_leaves_the_row_in_quarantine(engine: DuckDBEngine, tmp_path: Path) -> None:
    row = {"change_id": "c1", "entity_code": "E1", "department_id": "D1", "change_kind": "x", "event_date": "soon"}
    (first,) = load(engine, tmp_path / "pack", [[row]])
    (again,) = load(engine, tmp_path / "pack", [[row]], [made_of(first.load_id, 1, {"change_kind": "name"})])
    assert counts(first) == counts(again) == (1, 0, 1, 0)
    ((code, column, original),) = engine.rows("select reason_code, reason_column, original from quarantine.row")
    assert (code, column, json.loads(original)["change_kind"]) == ("unreadable", "event_date", "x")
    assert engine.rows("select reason_column, is_usable from quarantine.correction") == [("change_kind", False)]


def test_a_correction_of_a_usable_row_changes_nothing(engine: DuckDBEngine, tmp_path: Path) -> None:
    row = {
        "change_id": "c1",
        "entity_code": "E1",
        "department_id": "D1",
        "change_kind": "name",
        "event_date": "2024-01-02",
    }
    (first,) = load(engine, tmp_path / "pack", [[row]])
    before = engine.rows(RAW)
    load(engine, tmp_path / "pack", [[row]], [made_of(first.load_id, 1, {"entity_code": "E9"})])
    assert engine.rows(RAW) == before
    assert engine.rows("select * from quarantine.correction") == []


def test_typed_columns_of_parquet_keep_their_types(engine: DuckDBEngine, tmp_path: Path) -> None:
    def deliver(ids: list[str | None], made: Sequence[Correction] = ()) -> list[Load]:
        folder = tmp_path / "typed"
        shutil.rmtree(folder, ignore_errors=True)
        feed = small.pack(folder / "pack", {"annual_report": "r.parquet"}, file_format="parquet")
        table = pa.table(
            {
                "report_id": pa.array(ids),
                "entity_code": ["E1", "E2"],
                "entity_name": ["甲", "乙"],
                "department_id": ["D1", "D1"],
                "report_year": pa.array([2023, 2024], pa.int32()),
                "employee_count": pa.array([3, None], pa.int64()),
                "revenue_cny": pa.array([85068.79, 1e15 + 0.25]),
                "event_date": ["2024-01-09", "2025-02-03"],
            }
        )
        (folder / "data").mkdir(parents=True)
        small_sql = (folder / "pack" / "annual_report.sql").read_text()
        assert "row_number" in small_sql
        pq.write_table(table, folder / "data" / "r.parquet")
        archive = Archive(folder / "raw")
        archive.receive(feed, folder / "data")
        return ingest(engine, archive, [feed], catalog.contracts("raw")["annual_report"], made)

    rows = "select * exclude (load_no) from raw.annual_report order by report_id"
    deliver(["r1", "r2"])
    expected = engine.rows(rows)
    (bad,) = deliver(["r1", None])
    deliver(["r1", None], [made_of(bad.load_id, 2, {"report_id": "r2"})])
    assert engine.rows(rows) == expected


def test_later_decisions_add_to_earlier_ones(tmp_path: Path) -> None:
    state = State(tmp_path / "state.sqlite")
    state.record("correction", "l1:7", "甲", "电话核实", {"values": {"a": "1", "b": "2"}})
    state.record("correction", "l2:1", "乙", "来函", {"values": {"c": None}})
    state.record("correction", "l1:7", "丙", "更正", {"values": {"b": "3"}})
    assert [(c.load_id, c.row_number, dict(c.values), c.actor) for c in corrections(state)] == [
        ("l1", 7, {"a": "1", "b": "3"}, "丙"),
        ("l2", 1, {"c": None}, "乙"),
    ]


def test_only_a_quarantined_row_and_its_columns_can_be_corrected(tmp_path: Path) -> None:
    home = Home.at(tmp_path / "home")
    with pytest.raises(CorrectionError, match="nothing is loaded"):
        listed(home)
    row = {
        "change_id": "c1",
        "entity_code": "E1",
        "department_id": "D1",
        "change_kind": "x",
        "event_date": "2024-01-02",
    }
    with small.opened(home.warehouse) as engine:
        (first,) = load(engine, tmp_path / "pack", [[row, row | {"change_kind": "name"}]])
    (found,) = listed(home)
    assert (found["row_number"], found["reason_code"], found["reason_column"]) == (1, "not_allowed", "change_kind")
    assert json.loads(found["original"])["change_kind"] == "x"
    for number, values, told in (
        (2, {"change_kind": "name"}, "no row 2"),
        (1, {"kind": "name"}, "no delivered column kind"),
        (1, {}, "say which columns"),
        (1, {"change_kind": 3}, "text or null"),
    ):
        with pytest.raises(CorrectionError, match=told):
            correct(home, first.load_id, number, values, "甲", "核实")
    with pytest.raises(ValueError, match="who and why"):
        correct(home, first.load_id, 1, {"change_kind": "name"}, "", "核实")
    assert correct(home, first.load_id, 1, {"change_kind": "name"}, "甲", "核实") == 1
    assert corrections(State(home.state))[0].values == {"change_kind": "name"}
