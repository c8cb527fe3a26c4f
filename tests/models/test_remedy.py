"""The search for what would change a grade: never a day too early, never an act too many, found whenever there is one."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from models.scorecard.remedy import FULL_SEARCH, Act, Acts, GradeNos, first_remedy

NOW = date(2026, 10, 31)


def after(days: int) -> date:
    return NOW + timedelta(days=days)


def by_points(burden: dict[str, int], expires: dict[str, date], most: int) -> GradeNos:
    """Grade 2 while the burdens of records neither repaired nor expired exceed `most`, else 1."""

    def grade_nos(day: date, sets: Sequence[Acts]) -> list[int]:
        left = [sum(b for r, b in burden.items() if r not in acts and day < expires[r]) for acts in sets]
        return [2 if points > most else 1 for points in left]

    return grade_nos


records = st.dictionaries(
    st.sampled_from([f"r{n}" for n in range(FULL_SEARCH + 3)]),
    st.tuples(st.integers(1, 9), st.integers(1, 900), st.integers(-50, 900)),
    min_size=1,
)


@given(told=records, most=st.integers(0, 20))
def test_the_remedy_is_the_first_day_and_needs_every_act(told: dict[str, tuple[int, int, int]], most: int) -> None:
    burden = {name: points for name, (points, _, _) in told.items()}
    expires = {name: after(days) for name, (_, days, _) in told.items()}
    acts = [Act(name, after(days)) for name, (_, _, days) in told.items()]
    grade_nos = by_points(burden, expires, most)
    if grade_nos(NOW, [frozenset()])[0] == 1:
        return
    found = first_remedy(NOW, 2, acts, expires.values(), grade_nos)
    assert found is not None, "every record expires in the end"
    allowed = {act.act_id for act in acts if act.first_day <= found.day}
    assert set(found.act_ids) <= allowed
    assert found.grade_no == grade_nos(found.day, [frozenset(found.act_ids)])[0] == 1
    for n in range((found.day - NOW).days):  # no day before reaches it, whatever was done
        day = after(n)
        done = frozenset(act.act_id for act in acts if act.first_day <= day)
        assert grade_nos(day, [done])[0] == 2, day
    for left in found.act_ids:
        assert grade_nos(found.day, [frozenset(found.act_ids) - {left}])[0] == 2
    if len(allowed) <= FULL_SEARCH:
        fewer = [frozenset(c) for c in combinations(sorted(allowed), max(len(found.act_ids) - 1, 0))]
        assert not found.act_ids or all(no == 2 for no in grade_nos(found.day, fewer))


def test_what_cannot_be_reached_is_said() -> None:
    assert first_remedy(NOW, 2, [Act("a", NOW)], [after(9)], lambda _day, sets: [2] * len(sets)) is None


def test_waiting_is_a_remedy_without_acts() -> None:
    found = first_remedy(NOW, 2, [], [after(30)], by_points({"r": 5}, {"r": after(30)}, 3))
    assert found is not None
    assert (found.day, found.act_ids) == (after(30), ())


def test_a_day_between_two_turning_days_is_found() -> None:
    """Something that fades crosses its cut on a day on which nothing expires."""
    found = first_remedy(NOW, 2, [], [after(100)], lambda day, sets: [1 if day >= after(37) else 2] * len(sets))
    assert found is not None
    assert found.day == after(37)
