"""Days of the simulated window: legal days as day numbers since 1970, working days, and how departments write them.

Not here: time zones and parsing; the generator writes local (Asia/Shanghai) days and the loader reads them.
"""

from datetime import date, timedelta
from functools import cache

import numpy as np
import polars as pl

from models.casework.calendar import WorkCalendar
from pipelines.feeds.simulated.chance import Chance, Flags, Floats, Ints

_EPOCH = date(1970, 1, 1)


def number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH).days


FIRST = number(date(2021, 11, 1))
LAST = number(date(2026, 10, 31))
NEVER = number(date(2050, 1, 1))
_CALENDAR_END = number(date(2026, 12, 31))
_TEXT_FIRST = number(date(1980, 1, 1))
_TEXT_LAST = number(date(2049, 12, 31))
STYLES = ("%Y-%m-%d", "%Y/%-m/%-d", "%Y%m%d", "%Y年%-m月%-d日")


def year_of(day: Ints) -> Ints:
    """Calendar year of day numbers."""
    return day.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def month_of(day: Ints) -> Ints:
    """Calendar month 1–12 of day numbers."""
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12 + 1


def weekday_of(day: Ints) -> Ints:
    """0 Monday … 6 Sunday."""
    return (day + 3) % 7


@cache
def _workday_flags() -> Flags:
    """From 2015 to the end of 2028; beyond the published calendar every Monday to Friday counts."""
    notices = WorkCalendar(overlay={})
    flags = []
    for offset in range(number(date(2028, 12, 31)) - number(date(2015, 1, 1)) + 1):
        day = date(2015, 1, 1) + timedelta(days=offset)
        flags.append(notices.is_workday(day) if number(day) <= _CALENDAR_END else day.weekday() < 5)
    return np.array(flags)


@cache
def workdays() -> Ints:
    """Working days from 2015 to 2028, in order."""
    return np.flatnonzero(_workday_flags()) + number(date(2015, 1, 1))


def workday_index(day: Ints) -> Ints:
    """Position in `workdays` of the same or the next working day."""
    return np.searchsorted(workdays(), day).astype(np.int64)


def next_workday(day: Ints) -> Ints:
    """The day itself if worked, else the next working day; later than 2028 stays."""
    index = np.minimum(workday_index(day), len(workdays()) - 1)
    return np.maximum(day, workdays()[index])


def last_index(day: Ints) -> Ints:
    """Position in `workdays` of the same or the last working day before."""
    return np.searchsorted(workdays(), day, side="right").astype(np.int64) - 1


def is_workday(day: Ints) -> Flags:
    """Worked under the State Council calendar."""
    return np.asarray(next_workday(day) == day)


def office_instant(worked: Floats) -> Ints:
    """Local seconds since 1970 of a position in office time: whole part a working day, fraction of 09:00–17:00."""
    index = np.minimum(np.floor(worked).astype(np.int64), len(workdays()) - 1)
    inside = np.floor((worked - np.floor(worked)) * 8 * 3600).astype(np.int64)
    return workdays()[index] * 86400 + 9 * 3600 + inside


def spread(chance: Chance, stream: str, ids: Ints, first: Ints, last: Ints) -> Ints:
    """A day drawn evenly from first … last, both included."""
    return first + chance.below(stream, ids, np.maximum(last - first + 1, 1))


def reported(chance: Chance, stream: str, ids: Ints, day: Ints, late_share: float) -> Ints:
    """Day a department hands the row over: up to three days later, a late share two to ten weeks later."""
    late = chance.happens(f"{stream}.late", ids, late_share)
    return day + chance.below(f"{stream}.lag", ids, 4) + late * (14 + chance.below(f"{stream}.weeks", ids, 57))


@cache
def _texts() -> pl.Series:
    days = [_EPOCH + timedelta(days=n) for n in range(_TEXT_FIRST, _TEXT_LAST + 1)]
    return pl.Series([day.strftime(style) for style in STYLES for day in days])


def written(day: pl.Series, style: Ints) -> pl.Series:
    """Days as text, each in the style of its department; null stays null."""
    span = _TEXT_LAST - _TEXT_FIRST + 1
    index = day.to_physical().cast(pl.Int64) - _TEXT_FIRST + pl.Series(style) * span
    return _texts().gather(index)
