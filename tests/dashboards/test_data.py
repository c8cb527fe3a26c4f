"""Named queries: scope of the viewer, agreement between figures, and the cache of a snapshot."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from dashboards import data
from dashboards.door import Door
from models.access.viewer import Viewer
from tests.dashboards.snapshot import ENTITIES, entity_id, publish

YANTA = "610113"


def test_matrix_counts_every_entity_once(door: Door) -> None:
    assert data.credit_risk(door)["entity_count"].sum() == ENTITIES


def test_viewer_of_one_district_sees_that_district_only(home: Path, door: Door) -> None:
    narrow = Door.open(home, Viewer(districts=frozenset({YANTA})))
    assert data.districts(narrow)["district_code"].to_list() == [YANTA]
    assert data.hotline_heat(narrow)["district_code"].unique().to_list() == [YANTA]
    mine = data.districts(door).filter(data.districts(door)["district_code"] == YANTA)["entity_count"].item()
    assert data.credit_risk(narrow)["entity_count"].sum() == mine < ENTITIES
    assert set(data.approval_open(narrow)["district_name"]) == {"雁塔区"}


def test_viewer_without_districts_sees_no_row(home: Path) -> None:
    nobody = Door.open(home, Viewer(districts=frozenset()))
    assert data.districts(nobody).is_empty()
    assert data.credit_risk(nobody).is_empty()
    assert data.entity(nobody, str(entity_id(0))) is None


def test_entity_is_found_by_its_whole_id(door: Door) -> None:
    row = data.entity(door, str(entity_id(3)))
    assert row is not None
    assert row["entity_id"] == entity_id(3)
    assert data.entity(door, str(entity_id(3) + 1)) is None


@pytest.mark.parametrize("text", ["", "abc", "-1", "1 or 1=1", "９", "9" * 30])
def test_an_id_that_is_none_finds_nothing(door: Door, text: str) -> None:
    assert data.entity(door, text) is None


@pytest.mark.parametrize("number", [0, 1, 57, ENTITIES - 1])
def test_contributions_add_up_to_the_score_to_the_last_digit(door: Door, number: int) -> None:
    grades, parts = data.entity_grade(door, entity_id(number)), data.entity_contributions(door, entity_id(number))
    assert grades is not None
    for pack in ("credit", "risk"):
        total = sum((Decimal(v) for p, v in parts.select("pack_id", "contribution").rows() if p == pack), Decimal(0))
        assert total == grades[f"{pack}_score"]


def test_events_are_newest_first_and_of_the_viewers_departments(home: Path, door: Door) -> None:
    events = data.entity_events(door, entity_id(1))
    days: list[date] = events["event_date"].to_list()
    assert days == sorted(days, reverse=True)
    assert set(events["event_kind"]) >= {"licence", "penalty", "complaint", "abnormal_list", "change", "annual_report"}
    other = Door.open(home, Viewer(departments=frozenset({"D02"})))
    assert data.entity_events(other, entity_id(1)).is_empty()


def test_months_are_the_last_ones_in_order(door: Door) -> None:
    months = data.inspection_months(door, 5)["month"].to_list()
    assert months == [date(2026, month, 1) for month in (7, 8, 9, 10, 11)]


def test_answers_are_cached_until_the_next_snapshot(tmp_path: Path) -> None:
    publish(tmp_path, run_id="one")
    door = Door.open(tmp_path)
    first = data.run_info(door)
    assert data.credit_risk(door) is data.credit_risk(door)
    before = data.credit_risk(door)
    publish(tmp_path, run_id="two")
    second = data.run_info(door)
    assert first is not None
    assert second is not None
    assert (first["run_id"], second["run_id"]) == ("one", "two")
    assert data.credit_risk(door) is not before


def test_without_a_snapshot_there_is_none_to_name(tmp_path: Path) -> None:
    assert Door.open(tmp_path).snapshot() is None
