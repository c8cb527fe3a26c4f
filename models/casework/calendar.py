"""Chinese working days: State Council notices where they are known, a dated overlay for the years they are not.

Plain dates only: no clock and no time zone. Not here: which limit of a rule counts working days.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate

import chinese_calendar
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from models.policy.loader import InForce, PolicyError

FIRST_DAY = date(2004, 1, 1)  # the notices that the library keeps begin here
_POLICY_ID = "casework.calendar"
_SATURDAY = 5


class CalendarError(ValueError):
    """A day of a year that neither the notices nor the overlay know."""


class OverlayYear(BaseModel):
    """A year laid down in the policy. `provisional`: the State Council has not announced it yet."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    provisional: bool
    holidays: dict[str, list[date]]
    make_up_days: list[date]

    def is_workday(self, day: date) -> bool:
        """Make-up days are worked, holidays and weekends are not."""
        if day in self.make_up_days:
            return True
        return day.weekday() < _SATURDAY and not any(day in days for days in self.holidays.values())


@dataclass(frozen=True)
class WorkCalendar:
    """Working days of every known year; the overlay goes before the notices, so an office can correct a year."""

    overlay: Mapping[int, OverlayYear]
    _counted: dict[int, list[int]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def from_policy(cls, in_force: InForce) -> "WorkCalendar":
        """The calendar with the overlay in force. Raises PolicyError for a day listed under another year."""
        origin = in_force.policy.origin[_POLICY_ID]
        try:
            overlay = TypeAdapter(dict[int, OverlayYear]).validate_python(in_force.value(_POLICY_ID))
        except ValidationError as error:
            raise PolicyError(f"{origin}: {error}") from error
        for year, days in overlay.items():
            listed = [day for group in (*days.holidays.values(), days.make_up_days) for day in group]
            if strays := [str(day) for day in listed if day.year != year]:
                raise PolicyError(f"{origin}: {', '.join(strays)} is not in {year}")
        return cls(overlay)

    def is_workday(self, day: date) -> bool:
        """True when offices work on `day`. Raises CalendarError for an unknown year."""
        laid_down = self.overlay.get(day.year)
        if laid_down is not None:
            return laid_down.is_workday(day)
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError as error:
            raise CalendarError(
                f"working days of {day.year} are unknown (asked for {day}); add the year to policy {_POLICY_ID}"
            ) from error

    def after(self, day: date, workdays: int) -> date:
        """The day on which so many working days have passed since `day`, which does not count; before it if negative.

        Raises CalendarError for an unknown year.
        """
        step, left = (1 if workdays >= 0 else -1), abs(workdays)
        while left:
            day += timedelta(days=step)
            left -= self.is_workday(day)
        return day

    def is_provisional(self, day: date) -> bool:
        """True when the year of `day` rests on an overlay that awaits the State Council notice."""
        laid_down = self.overlay.get(day.year)
        return laid_down is not None and laid_down.provisional

    def workdays(self, after: date, until: date) -> int:
        """Working days after `after` up to and including `until`; 0 when there is none. Raises CalendarError."""
        if until <= after:
            return 0
        if after.year == until.year:
            numbers = self._numbers(after.year)
            return numbers[until.timetuple().tm_yday] - numbers[after.timetuple().tm_yday]
        years = sum(self._numbers(year)[-1] for year in range(after.year + 1, until.year))
        own = self._numbers(after.year)
        return own[-1] - own[after.timetuple().tm_yday] + years + self._numbers(until.year)[until.timetuple().tm_yday]

    def _numbers(self, year: int) -> list[int]:
        """Working days of a year up to each of its days; the first entry is the end of the year before."""
        if year not in self._counted:
            days = (date(year + 1, 1, 1) - date(year, 1, 1)).days
            works = (self.is_workday(date(year, 1, 1) + timedelta(days=offset)) for offset in range(days))
            self._counted[year] = [0, *accumulate(works)]
        return self._counted[year]

    def rows(self, first: date, last: date) -> Iterator[tuple[date, bool, int]]:
        """(day, is_workday, workday_no) from `first` to `last`, both included.

        `workday_no` counts the working days from `first` to the day itself, so that the working days after day a up to
        and including day b are workday_no(b) − workday_no(a). Raises CalendarError for an unknown year.
        """
        number = 0
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            works = self.is_workday(day)
            number += works
            yield day, works, number
