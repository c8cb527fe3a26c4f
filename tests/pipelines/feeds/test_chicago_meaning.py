"""What the Chicago pack makes of the known defects and of each delivered word, on the invented city.

Not here: the shape that every source must have (test_chicago_sql.py).
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from tests.fixtures.chicago_food import build as city
from warehouse.feed import load_feed

ROOT = Path(__file__).parents[3]
FEED = load_feed(ROOT / "pipelines" / "feeds" / "chicago_food")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the invented city."""
    target = tmp_path_factory.mktemp("chicago_food")
    city.build(target)
    return target


def rows(source_id: str, delivered: str, select: str) -> list[tuple[object, ...]]:
    """Run `select` (from mapped) over the source's SQL over the rows that the SQL `delivered` gives."""
    connection = duckdb.connect()
    connection.execute(
        f"create view delivered as select *, 1 as load_no, row_number() over () as row_number from ({delivered})"
    )
    connection.execute(f"create table mapped as {FEED.sql(source_id)}")
    return connection.execute(select).fetchall()


def changed(folder: Path, source_id: str, replace: str) -> str:
    """SQL of the first delivered row of a source with some columns replaced."""
    return f"select * replace ({replace}) from read_parquet('{folder / FEED.sources[source_id].files}') limit 1"


def whole(folder: Path, source_id: str) -> str:
    """SQL of all delivered rows of a source."""
    return f"select * from read_parquet('{folder / FEED.sources[source_id].files}')"


def test_the_invented_city_is_the_same_at_each_build(folder: Path, tmp_path: Path) -> None:
    city.build(tmp_path)
    for file in sorted(folder.glob("*.parquet")):
        first, again = (
            duckdb.sql(f"select * from read_parquet('{path}')").fetchall() for path in (file, tmp_path / file.name)
        )
        assert first == again


def test_no_source_reads_who_was_assigned() -> None:
    assert not [source for source in FEED.sources.values() if "assignment" in source.files]


@pytest.mark.parametrize(
    ("purpose", "cause"),
    [
        ("Canvass", "routine"),
        ("CANVAS", "routine"),
        ("Complaint", "complaint"),
        ("Short Form Complaint", "complaint"),
        ("Complaint-Fire", "complaint"),
        ("License", "licensing"),
        ("License-Task Force", "licensing"),
        ("Canvass Re-Inspection", "recheck"),
        ("Complaint Re-Inspection", "recheck"),
        ("Suspected Food Poisoning Re-inspection", "recheck"),
        ("1315 license reinspection", "recheck"),
        ("Suspected Food Poisoning", "incident"),
        ("SFP/COMPLAINT", "incident"),
        ("Consultation", "consultation"),
        ("Pre-License Consultation", "consultation"),
        ("Tag Removal", "other"),
        ("OUT OF BUSINESS", "other"),
    ],
)
def test_purpose_becomes_cause(folder: Path, purpose: str, cause: str) -> None:
    delivered = changed(folder, "visit", f"'{purpose}' as Inspection_Purpose")
    assert rows("visit", delivered, "select visit_cause from mapped") == [(cause,)]


@pytest.mark.parametrize(
    ("source_id", "replace", "column", "value"),
    [
        ("visit", "null as Inspection_Purpose", "visit_cause", None),
        ("inspection", "'Pass' as Results", "result", "pass"),
        ("inspection", "'Pass w/ Conditions' as Results", "result", "rectify"),
        ("inspection", "'Fail' as Results", "result", "fail"),
        ("inspection", "'Not Ready' as Results", "result", "Not Ready"),
        ("inspection", "'Task Force' as Inspection_Type", "inspection_kind", "Task Force"),
        ("inspection_register", "'Risk 1 (High)' as Risk", "hazard_level", "high"),
        ("inspection_register", "'Risk 2 (Medium)' as Risk", "hazard_level", "medium"),
        ("inspection_register", "'Risk 3 (Low)' as Risk", "hazard_level", "low"),
        ("inspection_register", "'All' as Risk", "hazard_level", "All"),
        ("licence", "'C_EXPA' as APPLICATION_TYPE", "application_kind", "change"),
        ("licence", "'C_SBA' as APPLICATION_TYPE", "application_kind", "C_SBA"),
        ("licence_register", "12 as WARD", "district_code", "ward-12"),
        ("complaint", "47.0 as Ward", "district_code", "ward-47"),
        ("complaint", "0.0 as Ward", "district_code", None),
        ("complaint", "null as Nature", "complaint_kind", "Sanitation Code Violation"),
        ("complaint", "'Other' as Nature", "complaint_kind", "Other"),
    ],
)
def test_a_word_is_mapped_or_left_for_quarantine(
    folder: Path, source_id: str, replace: str, column: str, value: str | None
) -> None:
    assert rows(source_id, changed(folder, source_id, replace), f"select {column} from mapped") == [(value,)]


def test_establishment_day_from_the_future_is_not_used(folder: Path) -> None:
    start = "timestamp '2012-05-16' as LICENSE_TERM_START_DATE"
    for first, expected in (("2012-05-16", datetime(2012, 5, 16)), ("2012-05-17", None)):
        delivered = changed(folder, "licence_register", f"{start}, timestamp '{first}' as FIRST_LICENSE_DATE")
        assert rows("licence_register", delivered, "select established_date from mapped") == [(expected,)]


def test_finding_is_named_by_inspection_and_number(folder: Path) -> None:
    delivered = changed(folder, "finding", "900001 as Inspection_ID, 33 as violation_no")
    assert rows("finding", delivered, "select finding_id, inspection_id, finding_code from mapped") == [
        ("900001-33", "900001", "33")
    ]


def test_visits_keep_the_licence_as_delivered(folder: Path) -> None:
    select = "select count(*) filter (where entity_code like 'CPS%'), count(*) - count(entity_code) from mapped"
    assert rows("visit", whole(folder, "visit"), select) == [(city.SCHOOL_VISITS, city.BLANK_VISITS)]


def test_visit_ids_tell_identical_visits_apart_and_ignore_the_order_of_delivery(folder: Path) -> None:
    select = "select visit_id from mapped order by all"
    ids = rows("visit", whole(folder, "visit"), select)
    assert len(set(ids)) == len(ids)
    assert sum(str(visit_id).endswith("-2") for (visit_id,) in ids) == city.TWIN_VISITS
    turned = f"{whole(folder, 'visit')} order by Inspection_Purpose desc, License"
    assert rows("visit", turned, select) == ids


def test_visit_id_of_a_blank_differs_from_a_shifted_value(folder: Path) -> None:
    blank_name = changed(folder, "visit", "'AMBER' as License, null as DBA")
    blank_licence = changed(folder, "visit", "null as License, 'AMBER' as DBA")
    ids = {rows("visit", delivered, "select visit_id from mapped")[0] for delivered in (blank_name, blank_licence)}
    assert len(ids) == 2


def test_requests_stamped_2000_stay_with_their_own_days(folder: Path) -> None:
    select = "select cast(event_date as date), cast(closed_date as date) from mapped where event_date < timestamp '2011-01-01'"
    assert (
        rows("complaint", whole(folder, "complaint"), select)
        == [(date(2000, 1, 3), date(2011, 3, 29))] * city.YEAR_2000
    )


def test_one_inspection_in_ten_has_no_licence_term_and_is_still_registered(folder: Path) -> None:
    inspected = rows("inspection_register", whole(folder, "inspection_register"), "select entity_code from mapped")
    licensed = set(rows("licence_register", whole(folder, "licence_register"), "select entity_code from mapped"))
    share = sum(code not in licensed for code in inspected) / len(inspected)
    assert 0.08 < share < 0.12
    assert set(rows("inspection", whole(folder, "inspection"), "select entity_code from mapped")) == set(inspected)


def test_the_invented_city_carries_the_signal(folder: Path) -> None:
    connection = duckdb.connect()
    connection.execute(f"create table visit as {whole(folder, 'visit')}")
    connection.execute(f"create table inspection as {whole(folder, 'inspection')}")
    rates = connection.execute(
        """
        with counted as (
            select criticalCount > 0 as is_critical, (
                select count(*) from visit v
                where v.License = cast(i.License as varchar) and v.Inspection_Purpose like '%Complaint'
                  and v.Inspection_Date < i.Inspection_Date and v.Inspection_Date >= i.Inspection_Date - interval 365 day
            ) as complaint_visits, (
                select count(*) from inspection p
                where p.License = i.License and p.Inspection_Date < i.Inspection_Date and p.criticalCount > 0
            ) as past_critical
            from inspection i
        )
        select avg(cast(is_critical as integer)) filter (where complaint_visits = 0 and past_critical = 0),
               avg(cast(is_critical as integer)) filter (where complaint_visits > 0 and past_critical = 0),
               avg(cast(is_critical as integer)) filter (where complaint_visits > 0 and past_critical > 0)
        from counted
        """
    ).fetchone()
    assert rates is not None
    calm, complained, both = rates
    assert calm + 0.1 < complained < both - 0.05
