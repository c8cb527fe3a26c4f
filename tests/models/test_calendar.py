"""Working days: notices of the State Council, the overlay of years without one, and what nobody knows.

Not here: the clocks of cases.
"""

import csv
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from models.casework.calendar import CalendarError, WorkCalendar
from models.policy import Policy, PolicyError
from models.policy.loader import BUILT_IN

DAY = date(2026, 11, 20)
CALENDAR = WorkCalendar.from_policy(Policy.load().at(DAY))
REFERENCE = Path(__file__).parents[3] / "shared/data/reference/cn_workday_calendar_2004_2026.csv"


@pytest.fixture(params=["Asia/Shanghai", "UTC", "America/Los_Angeles"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def test_the_new_year_of_2027_is_crossed(zone: str) -> None:
    rows = list(CALENDAR.rows(date(2026, 12, 30), date(2027, 1, 5)))
    assert [(day.day, works) for day, works, _ in rows] == [
        (30, True), (31, True), (1, False), (2, False), (3, False), (4, True), (5, True),
    ]  # fmt: skip
    assert [number for _, _, number in rows] == [1, 2, 2, 2, 2, 3, 4]


def test_twenty_working_days_across_the_new_year(zone: str) -> None:
    numbers = {day: number for day, _, number in CALENDAR.rows(date(2026, 12, 14), date(2027, 1, 31))}
    accepted = date(2026, 12, 14)
    due = min(day for day, number in numbers.items() if number - numbers[accepted] == 20)
    assert due == date(2027, 1, 12)


def test_make_up_days_of_the_spring_festival_of_2026() -> None:
    works = {day: is_workday for day, is_workday, _ in CALENDAR.rows(date(2026, 2, 13), date(2026, 3, 1))}
    saturdays = [date(2026, 2, 14), date(2026, 2, 28)]
    assert all(works[day] and day.weekday() == 5 for day in saturdays)
    assert not any(works[date(2026, 2, 15) + timedelta(days=offset)] for offset in range(9))
    assert works[date(2026, 2, 24)]


def test_the_statutory_holidays_of_2027_are_thirteen_and_marked_provisional() -> None:
    year = CALENDAR.overlay[2027]
    assert sum(len(days) for days in year.holidays.values()) == 13
    assert not CALENDAR.is_workday(date(2027, 2, 8))
    assert CALENDAR.is_provisional(date(2027, 2, 8))
    assert not CALENDAR.is_provisional(date(2026, 2, 17))


@pytest.mark.parametrize("day", [date(2003, 12, 31), date(2028, 1, 1)])
def test_an_unknown_year_is_a_clear_error(day: date) -> None:
    with pytest.raises(CalendarError, match=rf"{day.year} are unknown.*casework\.calendar"):
        list(CALENDAR.rows(day, day))


def test_numbers_rise_by_one_on_working_days_only() -> None:
    before = 0
    for _, works, number in CALENDAR.rows(date(2004, 1, 1), date(2027, 12, 31)):
        assert number == before + works
        before = number
    assert 240 * 24 < before < 255 * 24


def overlay(tmp_path: Path, old: str, new: str) -> WorkCalendar:
    (tmp_path / "casework").mkdir()
    text = (BUILT_IN / "casework/calendar.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "casework/calendar.yaml").write_text(text.replace(old, new), encoding="utf-8")
    return WorkCalendar.from_policy(Policy.load(tmp_path).at(DAY))


def test_an_office_can_lay_down_the_announced_year(tmp_path: Path) -> None:
    calendar = overlay(tmp_path, "make_up_days: []", "make_up_days: [2027-02-20]")
    assert calendar.is_workday(date(2027, 2, 20))


def test_a_day_listed_under_another_year_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"calendar\.yaml: 2028-02-20 is not in 2027"):
        overlay(tmp_path, "make_up_days: []", "make_up_days: [2028-02-20]")


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference calendar ../shared/data/reference is not here")
def test_agrees_with_the_reference_calendar_day_by_day() -> None:
    with REFERENCE.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    different = [row["date"] for row in rows if CALENDAR.is_workday(date.fromisoformat(row["date"])) != is_true(row)]
    assert len(rows) > 8000
    assert different == []


def is_true(row: dict[str, str]) -> bool:
    return row["is_workday"] in {"1", "True", "true"}
