"""The clock of a case: working days, days or minutes from one mark to another, without what is paused.

Twin of warehouse/sql/known/clock.sql (tested equal). Not here: which clock a case has (pack.py), what a working day is.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from models.casework.calendar import WorkCalendar
from models.casework.pack import ClockRule

_T = TypeVar("_T", date, datetime)
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_LONGEST = timedelta(days=3660)  # no limit of ours is that long


@dataclass(frozen=True)
class Pause:
    """A pause of a case; instants are naive UTC, None while it lasts."""

    kind: str
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Clock:
    """A rule with the calendar and the zone in which its days are counted."""

    rule: ClockRule
    calendar: WorkCalendar
    zone: ZoneInfo

    def used(self, started_at: datetime, stopped_at: datetime, pauses: Sequence[Pause] = ()) -> int:
        """Ticks (working days, days or whole minutes) used between two instants (naive UTC).

        The day on which the clock or a pause begins does not count towards it, the day on which it ends does; minutes
        are counted as they pass and cut to whole ones. Pauses that overlap count once, and only within the clock.
        Raises CalendarError when working days of an unknown year are asked for.
        """
        paused = [(p.started_at, p.ended_at or stopped_at) for p in pauses if p.kind in self.rule.pauses]
        if self.rule.tick == "minute":
            total = stopped_at - started_at
            rest = sum((until - since for since, until in _within(paused, started_at, stopped_at)), timedelta())
            return (total - rest) // _MINUTE
        first, last = self._day(started_at), self._day(stopped_at)
        spans = [(self._day(since), self._day(until)) for since, until in paused]
        return self._days(first, last) - sum(self._days(*span) for span in _within(spans, first, last))

    def limits(
        self, *, is_extended: bool = False, statutory: int | None = None, promised: int | None = None
    ) -> tuple[int | None, int | None]:
        """Statutory and promised limit in ticks; `statutory` and `promised` are the case's own, in the clock's unit."""
        rule = self.rule
        own = (statutory, promised) if rule.own_limits else (None, None)
        by_law = rule.ticks(rule.statutory if own[0] is None else own[0])
        extension = (rule.ticks(rule.extension) or 0) if is_extended else 0
        return None if by_law is None else by_law + extension, rule.ticks(rule.promised if own[1] is None else own[1])

    def due_on(self, started_at: datetime, limit: int, pauses: Sequence[Pause] = ()) -> date:
        """The local day on which a clock of days reaches `limit` ticks: closed by its end is in time.

        A pause that lasts is taken as ended. Raises ValueError for a clock of minutes, CalendarError when the days of
        an unknown year are needed.
        """
        if self.rule.tick == "minute":
            raise ValueError(f"clock {self.rule.name} counts minutes and has no due day")
        first = self._day(started_at)
        paused = {
            day
            for p in pauses
            if p.kind in self.rule.pauses and p.ended_at is not None
            for day in _days_after(self._day(p.started_at), self._day(p.ended_at))
        }
        left, day = limit, first
        while left > 0 and day - first < _LONGEST:
            day += _DAY
            left -= day not in paused and (self.rule.tick == "day" or self.calendar.is_workday(day))
        return day

    def _day(self, instant: datetime) -> date:
        return instant.replace(tzinfo=UTC).astimezone(self.zone).date()

    def _days(self, after: date, until: date) -> int:
        if self.rule.tick == "day":
            return (until - after).days
        return self.calendar.workdays(after, until)


def _within(spans: Iterable[tuple[_T, _T]], first: _T, last: _T) -> Iterator[tuple[_T, _T]]:
    """The spans cut to first … last and to what no earlier one covers."""
    covered = first
    for since, until in sorted(spans):
        first_open, end = max(since, covered), min(until, last)
        if end > first_open:
            yield first_open, end
            covered = end


def _days_after(since: date, until: date) -> Iterator[date]:
    return (since + offset * _DAY for offset in range(1, (until - since).days + 1))
