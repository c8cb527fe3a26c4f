"""Clocks of cases: sentences of the rules, and a second, day-by-day computation that must give the same.

Not here: the clocks in SQL (tests/warehouse/test_clock_sql.py).
"""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from random import Random
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest

from models.casework.calendar import CalendarError, WorkCalendar
from models.casework.clock import Clock, Pause
from models.casework.pack import ClockRule, packs, vocabulary
from models.policy.loader import Policy, PolicyError

POLICY = Policy.load()
DAY = date(2026, 11, 20)
CALENDAR = WorkCalendar.from_policy(POLICY.at(DAY))
XIAN = ZoneInfo("Asia/Shanghai")
PACKS = packs(POLICY.at(DAY))


def at(text: str) -> datetime:
    """A local time of Xi'an as naive UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=XIAN).astimezone(UTC).replace(tzinfo=None)


def clock(kind: str, clock_id: str = "whole") -> Clock:
    return Clock(PACKS[kind].clocks[clock_id], CALENDAR, XIAN)


def test_the_day_of_acceptance_does_not_count_and_the_new_year_of_2027_is_crossed() -> None:
    approval = clock("approval")
    assert approval.used(at("2026-12-31 09:00"), at("2027-01-04 10:00")) == 1
    assert approval.due_on(at("2026-12-14 09:00"), 20) == date(2027, 1, 12)


def test_twenty_days_by_law_and_ten_more_where_approved() -> None:
    assert clock("approval").limits() == (20, None)
    assert clock("approval").limits(is_extended=True) == (30, None)
    assert clock("approval").limits(is_extended=True, statutory=15, promised=3) == (25, 3)
    assert clock("project", "design").limits() == (45, 20)
    assert clock("project", "design").limits(is_extended=True) == (60, 20)
    assert [clock("complaint", name).limits()[0] for name in ("accept", "mediate", "verify")] == [7, 45, 15]
    assert clock("complaint", "verify").limits(is_extended=True) == (30, None)
    assert clock("hotline", "sign").limits() == (None, 24 * 60)


def test_a_correction_by_the_applicant_is_not_counted_and_overlapping_pauses_count_once() -> None:
    first, last = at("2026-03-02 10:00"), at("2026-03-20 16:00")
    correction = Pause("correction", at("2026-03-04 11:00"), at("2026-03-10 09:00"))  # 5, 6, 9, 10 March
    hearing = Pause("hearing", at("2026-03-09 09:00"), at("2026-03-12 17:00"))  # 10, 11, 12, of which 10 is counted
    assert clock("approval").used(first, last) == 14
    assert clock("approval").used(first, last, [correction]) == 10
    assert clock("approval").used(first, last, [hearing, correction]) == 8
    assert clock("approval").used(first, last, [Pause("lunch", first, last)]) == 14
    assert clock("approval").used(first, last, [Pause("testing", at("2026-03-16 09:00"), None)]) == 10
    assert clock("approval").due_on(first, 10, [correction]) == date(2026, 3, 20)


def test_hours_are_counted_as_they_pass_and_days_of_the_ledger_by_the_calendar() -> None:
    assert clock("hotline", "sign").used(at("2026-10-01 23:30"), at("2026-10-02 01:00:59")) == 90
    assert clock("issue", "answer").used(at("2026-10-01 23:30"), at("2026-10-06 00:10")) == 5


def test_a_year_that_nobody_knows_is_said_so() -> None:
    with pytest.raises(CalendarError, match="working days of 2028 are unknown"):
        clock("approval").due_on(at("2027-12-20 09:00"), 20)
    with pytest.raises(ValueError, match="counts minutes"):
        clock("hotline", "sign").due_on(at("2026-01-05 09:00"), 1)


def test_a_pack_that_does_not_hold_together_names_its_file() -> None:
    rule = POLICY.files["case_pack.issue"]
    for word, wrong, told in (
        ("clocks", {"whole": {"name": "x", "unit": "day", "from": "opened", "to": "nowhere.ended"}}, "unknown marks"),
        ("clocks", {"whole": {"name": "x", "unit": "hour", "from": "opened", "to": "closed"}}, "main one"),
        ("clocks", {"whole": {"name": "x", "unit": "day", "from": "opened", "to": "closed", "pauses": ["tea"]}}, "tea"),
    ):  # fmt: skip
        first = rule.first_days[0]
        broken = rule.model_copy(update={"values": {first: rule.values[first] | {word: wrong}}})
        policy = Policy({**POLICY.files, rule.id: broken}, POLICY.basis, POLICY.origin)
        with pytest.raises(PolicyError, match=told) as raised:
            packs(policy.at(DAY))
        assert "issue.yaml" in str(raised.value)


def test_every_word_of_a_pack_in_force_is_in_the_vocabulary() -> None:
    words = vocabulary()
    assert set(words["case_kind"]) == set(PACKS)
    for pack in PACKS.values():
        assert set(pack.steps) <= set(words["step_kind"])
        assert set(pack.outcomes) <= set(words["outcome"])
        assert set(pack.pauses) <= set(words["pause_kind"])


HOLIDAYS_2027 = {
    date(2027, *day)
    for day in ((1, 1), (2, 5), (2, 6), (2, 7), (2, 8), (4, 5), (5, 1), (5, 2), (6, 9), (9, 15), (10, 1), (10, 2), (10, 3))
}  # fmt: skip


def works(day: date) -> bool:
    """Written apart from the kernel: the library up to 2026, weekends and the listed holidays in 2027."""
    if day.year < 2027:
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5 and day not in HOLIDAYS_2027


def day_by_day(unit: str, started: datetime, stopped: datetime, pauses: list[tuple[datetime, datetime]]) -> int:
    """Walk from mark to mark, one day or one minute at a time, in local time (Xi'an has no summer time)."""
    local = timedelta(hours=8)
    if unit in ("hour", "minute"):
        seconds = bytearray(int((stopped - started).total_seconds()))
        for since, until in pauses:
            low, high = (min(len(seconds), max(0, int((mark - started).total_seconds()))) for mark in (since, until))
            seconds[low:high] = b"\1" * (high - low)
        return seconds.count(0) // 60
    used, day = 0, (started + local).date()
    while day < (stopped + local).date():
        day += timedelta(days=1)
        is_paused = any((since + local).date() < day <= (until + local).date() for since, until in pauses)
        used += not is_paused and (unit == "day" or works(day))
    return used


def hold(count: int, seed: int) -> None:
    chance = Random(seed)
    units = ("workday", "day", "hour", "minute")
    rules = {unit: ClockRule(name=unit, unit=unit, starts="opened", stops="closed", pauses=("p",)) for unit in units}
    clocks = {unit: Clock(rule, CALENDAR, XIAN) for unit, rule in rules.items()}
    low = datetime(2004, 1, 2)
    span = int((datetime(2027, 10, 1) - low).total_seconds())
    for _ in range(count):
        unit = chance.choice(units)
        longest = 90 * 86400 if unit in ("workday", "day") else 3 * 86400
        started = low + timedelta(seconds=chance.randrange(span))
        stopped = started + timedelta(seconds=chance.randrange(longest))
        pauses = []
        for _ in range(chance.choice((0, 0, 1, 2, 3))):
            since = started + timedelta(seconds=chance.randrange(-longest // 8, longest))
            pauses.append((since, since + timedelta(seconds=chance.randrange(longest // 3))))
        given = [Pause("p", *pause) for pause in pauses]
        chance.shuffle(given)
        assert clocks[unit].used(started, stopped, given) == day_by_day(unit, started, stopped, pauses), (
            unit,
            started,
            stopped,
            pauses,
        )


def test_clocks_equal_a_walk_from_day_to_day() -> None:
    hold(2_000, 7)


@pytest.mark.slow
def test_clocks_equal_a_walk_from_day_to_day_for_a_hundred_thousand_cases() -> None:
    hold(100_000, 1)


def test_working_days_between_any_two_days_are_counted_alike() -> None:
    chance = Random(3)
    days = [date(2004, 1, 1) + timedelta(days=chance.randrange(8_700)) for _ in range(40)]
    first, counted = min(days), [0]  # working days after the first, up to each day since
    while len(counted) <= (max(days) - first).days:
        counted.append(counted[-1] + works(first + timedelta(days=len(counted))))
    for after, until in product(days, days):
        slow = counted[(until - first).days] - counted[(after - first).days] if after < until else 0
        assert CALENDAR.workdays(after, until) == slow
