"""How numbers, days and instants are written on a page; a missing value is a dash.

No rounding that feeds another figure: text only.
"""

import math
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

MISSING = "—"
SHANGHAI = timezone(timedelta(hours=8))


def number(value: Any, digits: int = 0) -> str:
    """`1234.5` → `1,234.5`; trailing digits are kept, so columns align."""
    return MISSING if value is None or math.isnan(value) else f"{value:,.{digits}f}"


def percent(ratio: Any, digits: int = 1) -> str:
    """A ratio of 0–1 as a percentage."""
    return MISSING if ratio is None or math.isnan(ratio) else f"{100 * float(ratio):.{digits}f}%"


def day(value: date | None) -> str:
    """An ISO day."""
    return MISSING if value is None else f"{value:%Y-%m-%d}"


def instant(value: datetime | None) -> str:
    """An instant (UTC, aware or not) as Beijing time to the minute."""
    if value is None:
        return MISSING
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return f"{aware.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def today() -> date:
    """The legal day: that of Beijing."""
    return datetime.now(UTC).astimezone(SHANGHAI).date()


def unit_digits(unit: str) -> int:
    """Counts are whole, everything measured has one decimal."""
    return (
        0 if unit in {"户", "件", "次", "户次", "家", "个", "人", "条", "项", "起", "行", "份", "张", "组", "天"} else 1
    )
