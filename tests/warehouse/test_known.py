"""Two times: as of D, known by K, nothing later may show, and nothing later may change what shows."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.policy.loader import Policy
from pipelines.definitions import build_defs
from pipelines.tables import key
from tests.conftest import AS_OF
from tests.warehouse import small
from warehouse import catalog, parameters
from warehouse.engine import DuckDBEngine
from warehouse.known import known_view
from warehouse.linking import candidates

D = date(2024, 6, 30)
K = datetime(2024, 6, 30, 16)  # the end of D in Shanghai
DAYS = st.sampled_from(
    [D - timedelta(days=400), D - timedelta(days=1), D, D + timedelta(days=1), D + timedelta(days=90)]
)
INSTANTS = st.sampled_from(
    [K - timedelta(days=300), K - timedelta(seconds=1), K, K + timedelta(seconds=1), K + timedelta(days=9)]
)


@pytest.fixture(scope="module")
def engine() -> Any:
    with small.opened() as opened:
        yield opened


# on either side of each cut, and mostly visible, so that there is something to see
VERSION = {
    "event_date": st.sampled_from([D - timedelta(days=400), D - timedelta(days=1), D, D, D + timedelta(days=1)]),
    "known_at": st.sampled_from([K - timedelta(days=300), K - timedelta(seconds=1), K - timedelta(seconds=1), K]),
    "superseded_at": st.sampled_from([None, None, K - timedelta(seconds=1), K, K + timedelta(seconds=1)]),
    "closed_date": st.none() | DAYS,
    "closed_at": st.none() | INSTANTS,
    "outcome": st.sampled_from(["granted", "refused"]),
    "rating": st.integers(1, 5),
    "is_supervised": st.booleans(),
    "is_upheld": st.booleans(),
    "ended_at": st.none() | INSTANTS,
    "extended_at": st.none() | INSTANTS,
}


@small.few
@given(st.lists(st.fixed_dictionaries(VERSION), max_size=30))
def test_a_known_view_shows_what_was_in_force_and_known(engine: DuckDBEngine, rows: list[dict[str, Any]]) -> None:
    for name in ("complaint", "service_case", "service_step", "penalty"):
        fact = catalog.contracts("fact")[name]
        own = fact.key[1]
        small.fill(engine, fact.qualified, [row | {own: f"{n:03}", "feed_id": "f"} for n, row in enumerate(rows)])
        view = engine.frame(f"{known_view(fact, D, K)} order by {own}").to_dicts()
        expected = [
            n
            for n, row in enumerate(rows)
            if row["event_date"] <= D
            and row["known_at"] < K
            and (row["superseded_at"] is None or row["superseded_at"] >= K)
        ]
        assert [int(row[own]) for row in view] == expected
        for shown in view:
            assert "superseded_at" not in shown
            told = rows[int(shown[own])]
            for marker, hidden in fact.visible_on.items():
                happened = told[marker] is not None and (
                    told[marker] <= D if fact.column(marker).type == "DATE" else told[marker] < K
                )
                for column in hidden:
                    assert shown[column] == (told[column] if happened else None), column


def test_what_only_comes_true_later_is_declared() -> None:
    """Every column that tells how an open matter ended names the day from which it may be seen."""
    endings = {"closed_date", "closed_at", "ended_at", "outcome", "rating", "is_upheld", "is_supervised"}
    endings |= {"extended_at", "accepted_at", "returned_at", "rated_at", "submitted_at"}
    for fact in catalog.contracts("fact").values():
        hidden = {column for columns in fact.visible_on.values() for column in columns}
        assert {c.name for c in fact.columns} & endings == hidden, fact.name


CODES, NAMES = ["E1", "E2", "E3"], ["甲 公司", "甲公司", "乙公司", "丙公司"]
REGISTERED = st.fixed_dictionaries(
    {
        "entity_code": st.sampled_from(CODES),
        "name": st.sampled_from(NAMES),
        "district_code": st.sampled_from([None, "610102", "610103"]),
        "status": st.sampled_from(["active", "revoked"]),
        "event_date": DAYS,
        "known_at": INSTANTS,
    }
)
INSPECTED = st.fixed_dictionaries(
    {
        "entity_code": st.sampled_from([*CODES, "E9"]),
        "entity_name": st.sampled_from(NAMES),
        "event_date": DAYS,
        "known_at": INSTANTS,
    }
)


def seen_as(code: str, name: str, *, late: bool = False) -> dict[str, Any]:
    """One observation of a register before D, known before K or, when `late`, after it."""
    known = K + timedelta(days=9) if late else K - timedelta(days=300)
    whole = {"entity_code": code, "name": name, "district_code": None, "status": "active", "event_date": D}
    return whole | {"known_at": known}


def inspected_as(code: str, name: str) -> dict[str, Any]:
    return {"entity_code": code, "entity_name": name, "event_date": D, "known_at": K - timedelta(days=1)}


@pytest.mark.slow
@small.few
@given(st.lists(REGISTERED, max_size=8), st.lists(INSPECTED, max_size=6))
@example(
    [seen_as("E1", "乙公司"), seen_as("E2", "甲公司"), seen_as("E1", "甲公司", late=True)],
    [inspected_as("E9", "甲公司")],
)
def test_what_comes_later_changes_neither_entities_nor_links(
    engine: DuckDBEngine, registered: list[dict[str, Any]], inspected: list[dict[str, Any]]
) -> None:
    """Rows later than D, or known later than K, may be absent or present: the entity and its facts stay the same."""
    small.fill(engine, "run.info", [{"as_of": D, "known_by": K}])
    small.fill(engine, "run.feed", [{"feed_id": "f", "code_system": "licence_number", "zone": "Asia/Shanghai"}])
    for table in [*catalog.contracts("raw").values(), *catalog.contracts("entity").values()]:
        if table.qualified not in catalog.sql_tables():
            small.fill(engine, table.qualified, [])
    parameters.write_policy(engine, Policy.load(), D)
    wanted = ("known.entity", "fact.inspection")

    def seen(keep: Callable[[dict[str, Any]], bool]) -> list[Any]:
        for name, rows in (("registration", registered), ("inspection", inspected)):
            numbered = [
                row | {"row_number": n, "inspection_id": f"{n:03}", "feed_id": "f", "source_id": name}
                for n, row in enumerate(rows)
            ]
            small.fill(engine, f"raw.{name}", [row for row in numbered if keep(row)])
        for name in build_order(wanted):
            if name == "entity.candidate":
                candidates.write_candidates(engine, Policy.load().at(D))
            elif name in catalog.sql_tables():
                small.sql_table(engine, name)
        facts = f"select * from ({known_view(catalog.contracts('fact')['inspection'], D, K)}) order by inspection_id"
        return [engine.rows("select * from known.entity order by entity_id"), engine.rows(facts)]

    assert seen(lambda _: True) == seen(lambda row: row["event_date"] <= D and row["known_at"] < K)


@cache
def build_order(wanted: tuple[str, ...]) -> list[str]:
    """Some tables and what stands behind them, each after what it is made of."""
    graph = build_defs().resolve_asset_graph()
    keys = {key(name) for name in wanted}
    behind = keys.union(*(graph.get_ancestor_asset_keys(k) for k in keys))
    return [".".join(k.path) for k in graph.toposorted_asset_keys if k in behind]


@pytest.mark.parametrize(("days", "severity"), [(0, None), (1, "minor"), (8, "minor"), (9, "critical")])
def test_a_corrected_finding_shows_once_the_correction_is_known(
    engine: DuckDBEngine, days: int, severity: str | None
) -> None:
    """The inspection is known on the first day, its finding is corrected on the eighth."""
    known = datetime(2024, 3, 1)
    later = known + timedelta(days=8)
    inspected = {
        "inspection_id": "I1",
        "feed_id": "f",
        "entity_id": 7,
        "department_id": "D1",
        "event_date": known.date(),
    }
    small.fill(engine, "fact.inspection", [inspected | {"known_at": known}])
    found = {"finding_id": "F1", "inspection_id": "I1", "feed_id": "f", "finding_code": "x"}
    versions = [
        found | {"severity": "minor", "known_at": None, "superseded_at": later},
        found | {"severity": "critical", "known_at": later},
    ]
    small.fill(engine, "raw.finding", versions)
    small.sql_table(engine, "fact.finding")
    view = known_view(catalog.contracts("fact")["finding"], known.date(), known + timedelta(days=days))
    assert engine.rows(f"select severity from ({view})") == ([(severity,)] if severity else [])


DAY_COLUMNS = {
    "inspections": "Inspection_Date",
    "licences": "LICENSE_TERM_START_DATE",
    "complaints_311_sanitation": "Creation_Date",
    "inspector_visits": "Inspection_Date",
}


def drop(frame: pl.DataFrame, later: pl.Series) -> pl.DataFrame:
    return frame.filter(~later)


def shift(frame: pl.DataFrame, later: pl.Series) -> pl.DataFrame:
    """Every later row moves further away and says the worst."""
    days = [c for c in frame.columns if frame[c].dtype == pl.Datetime]
    changed = {
        **{c: pl.col(c) + pl.duration(days=40) for c in days},
        **{c: pl.lit(9, frame[c].dtype) for c in ("criticalCount", "seriousCount") if c in frame.columns},
        **{c: pl.lit("Fail") for c in ("Results",) if c in frame.columns},
    }
    return frame.with_columns([pl.when(later).then(to).otherwise(pl.col(c)).alias(c) for c, to in changed.items()])


def rename(frame: pl.DataFrame, later: pl.Series) -> pl.DataFrame:
    """Every later row bears the name of another establishment, so that names are no longer unique."""
    names = [c for c in ("DBA_Name", "DBA", "DOING_BUSINESS_AS_NAME") if c in frame.columns]
    first = [frame[c].drop_nulls()[0] for c in names]
    return frame.with_columns(
        [pl.when(later).then(pl.lit(to)).otherwise(pl.col(c)).alias(c) for c, to in zip(names, first, strict=True)]
    )


@pytest.mark.parametrize("change", [drop, shift, rename])
def test_no_grade_knows_the_future(tmp_path: Path, chicago_data: Path, change: Callable[..., pl.DataFrame]) -> None:
    data = tmp_path / "data"
    shutil.copytree(chicago_data, data)
    changed = 0
    for table, column in DAY_COLUMNS.items():
        frame = pl.read_parquet(data / f"{table}.parquet")
        later = frame[column].dt.date() > AS_OF
        changed += later.sum()
        change(frame, later).write_parquet(data / f"{table}.parquet")
    assert changed > 500
    assert figures(tmp_path / "changed", data) == figures(tmp_path / "delivered", chicago_data)


def figures(folder: Path, data: Path) -> Sequence[Any]:
    """Grades, indicators and drawn list of the city as of 2013-09-30."""
    with small.opened() as engine:
        small.chicago(engine, folder, data, AS_OF)
        drawn = "select entity_code, ticket from plan.drawn order by 1"
        return [engine.rows(sql) for sql in (small.GRADES, small.INDICATORS, drawn)]
