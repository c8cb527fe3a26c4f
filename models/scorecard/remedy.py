"""What would change a grade: the first day on which lawful acts reach a better one, and the fewest acts that do.

Pure search; what a set of acts does to the values, and so to the grade, is the caller's to say (warehouse/whatif).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

Acts = frozenset[str]
# The number of the grade (1 is the best) that each of the sets of acts leads to on a day.
GradeNos = Callable[[date, Sequence[Acts]], Sequence[int]]

TRIED_AT_ONCE = 64
FULL_SEARCH = 8  # up to so many acts every set is tried, beyond it acts are left out one by one


@dataclass(frozen=True)
class Act:
    """Something that may be done, and the first day on which the law allows it."""

    act_id: str
    first_day: date


@dataclass(frozen=True)
class Remedy:
    """On `day` the acts `act_ids` lead to grade `grade_no`; on the day before, unless it is past, they do not."""

    day: date
    act_ids: tuple[str, ...]
    grade_no: int


def first_remedy(
    now: date, grade_no: int, acts: Sequence[Act], turning_days: Iterable[date], grade_nos: GradeNos
) -> Remedy | None:
    """The earliest better grade by doing whatever the law allows by then, with no act more than it needs.

    `turning_days` are the days on which something expires. To do more is taken never to make a grade worse (a property
    of the scorecards, tested there). None when no day reaches a better grade.
    """
    days = sorted({now, *(max(now, act.first_day) for act in acts), *(day for day in turning_days if day > now)})
    before = None
    for day in days:
        allowed = _allowed(acts, day)
        if grade_nos(day, [allowed])[0] < grade_no:
            first = day if before is None else _first_day(before, day, grade_no, acts, grade_nos)
            needed = _fewest(first, grade_no, sorted(_allowed(acts, first)), grade_nos)
            return Remedy(first, tuple(sorted(needed)), grade_nos(first, [needed])[0])
        before = day
    return None


def _allowed(acts: Sequence[Act], day: date) -> Acts:
    return frozenset(act.act_id for act in acts if act.first_day <= day)


def _first_day(before: date, day: date, grade_no: int, acts: Sequence[Act], grade_nos: GradeNos) -> date:
    """A day after `before`, up to `day`, that reaches a better grade while the day before it does not."""
    while (day - before).days > 1:
        middle = before + timedelta(days=(day - before).days // 2)
        if grade_nos(middle, [_allowed(acts, middle)])[0] < grade_no:
            day = middle
        else:
            before = middle
    return day


def _fewest(day: date, grade_no: int, act_ids: list[str], grade_nos: GradeNos) -> Acts:
    """The smallest of the sets that reach a better grade on `day`; of many acts, one that needs each of them."""
    if len(act_ids) > FULL_SEARCH:
        return _without_needless(day, grade_no, act_ids, grade_nos)
    for size in range(len(act_ids) + 1):
        sets = [frozenset(chosen) for chosen in combinations(act_ids, size)]
        for start in range(0, len(sets), TRIED_AT_ONCE):
            tried = sets[start : start + TRIED_AT_ONCE]
            for chosen, reached in zip(tried, grade_nos(day, tried), strict=True):
                if reached < grade_no:
                    return chosen
    raise AssertionError("the whole set was found to reach a better grade before")


def _without_needless(day: date, grade_no: int, act_ids: list[str], grade_nos: GradeNos) -> Acts:
    kept = frozenset(act_ids)
    for act_id in act_ids:
        if grade_nos(day, [kept - {act_id}])[0] < grade_no:
            kept -= {act_id}
    return kept
