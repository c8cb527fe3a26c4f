"""Decisions of people about an entity: what they need, when they count, how they end, and that they edit nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.warehouse import small
from warehouse import decisions
from warehouse.engine import DuckDBEngine
from warehouse.state import State

DAY = date(2026, 5, 1)
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
ABOUT = {"record_kind": "penalty", "record_id": "P1"}
GRADE = {"pack_id": "credit", "grade": "B"}


class Clock:
    """A clock that a test sets; each look at it takes one minute."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path / "state.sqlite", Clock())


@pytest.mark.parametrize(
    ("kind", "until", "about", "told"),
    [
        ("pardon", None, {}, "one of"),
        ("override", None, GRADE, "until when"),
        ("override", DAY - timedelta(days=1), GRADE, "before it begins"),
        ("override", DAY, {"pack_id": "credit"}, "the grade"),
        ("repair", None, {"record_kind": "complaint", "record_id": "1"}, "penalty or abnormal_list"),
        ("repair", None, {"record_kind": "penalty"}, "its id"),
    ],
)
def test_a_decision_that_says_too_little_is_refused(
    state: State, kind: str, until: date | None, about: dict[str, str], told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        decisions.record(state, kind, 7, "甲", "文号", DAY, until, about)
    assert decisions.listed(state) == []


def test_a_decision_is_listed_with_who_why_and_until_when(state: State) -> None:
    number = decisions.record(state, "override", 7, "科长", "纪要 3 号", DAY, DAY, GRADE)
    (made,) = decisions.listed(state)
    assert (made.decision_no, made.entity_id, made.actor, made.reason) == (number, 7, "科长", "纪要 3 号")
    assert (made.pack_id, made.grade, made.valid_from, made.valid_to) == ("credit", "B", DAY, DAY)
    assert [made.is_valid_on(DAY + timedelta(days=n)) for n in (-1, 0, 1)] == [False, True, False]


def test_a_request_is_answered_once_and_by_somebody_else(state: State) -> None:
    asked = decisions.record(state, "objection", 7, "窗口", "称处罚已撤销", DAY, about=ABOUT)
    other = decisions.record(state, "repair", 7, "窗口", "修复决定", DAY, about=ABOUT)
    for number, outcome, actor, told in [
        (asked, "refused", "窗口", "somebody else"),
        (asked, "maybe", "法制", "one of"),
        (other, "granted", "法制", "waits for no answer"),
        (other + 9, "granted", "法制", "no decision"),
    ]:
        with pytest.raises(ValueError, match=told):
            decisions.answer(state, number, outcome, actor, "核查")
    decisions.answer(state, asked, "refused", "法制", "处罚未撤销")
    with pytest.raises(ValueError, match="was answered"):
        decisions.answer(state, asked, "granted", "法制", "再议")
    found = decisions.listed(state)[0]
    assert (found.outcome, found.answered_by, found.answer) == ("refused", "法制", "处罚未撤销")


def test_a_withdrawn_decision_still_counts_for_what_was_known_before(state: State) -> None:
    number = decisions.record(state, "repair", 7, "甲", "修复决定", DAY, about=ABOUT)
    before = decisions.listed(state)[0].decided_at + timedelta(seconds=1)
    decisions.withdraw(state, number, "乙", "修复决定被撤销")
    assert decisions.listed(state, before)[0].withdrawn_at is None
    assert decisions.listed(state)[0].withdrawn_at is not None
    with pytest.raises(ValueError, match="no decision"):
        decisions.withdraw(state, number, "乙", "再次撤回")


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    with small.opened() as opened:
        yield opened


def repaired(engine: DuckDBEngine, state: State, as_of: date, known_by: datetime) -> list[tuple[object, ...]]:
    """The rows of `known.repair` of a run."""
    small.fill(engine, "run.info", [{"as_of": as_of, "known_by": known_by}])
    decisions.write_decisions(engine, decisions.listed(state, known_by))
    small.sql_table(engine, "known.repair")
    return engine.rows("select entity_id, record_kind, record_id, repaired_on from known.repair order by all")


def test_a_repair_counts_from_its_day_once_it_is_known(engine: DuckDBEngine, state: State) -> None:
    decisions.record(state, "repair", 7, "甲", "修复决定", DAY, about=ABOUT)
    found = [("penalty", "P1", DAY)]
    late = datetime(2030, 1, 1)
    assert repaired(engine, state, DAY - timedelta(days=1), late) == []
    assert [row[1:] for row in repaired(engine, state, DAY, late)] == found
    assert repaired(engine, state, DAY, NOON.replace(tzinfo=None)) == []


def test_of_two_repairs_the_earlier_holds(engine: DuckDBEngine, state: State) -> None:
    for days in (5, 2):
        decisions.record(state, "repair", 7, "甲", "修复决定", DAY + timedelta(days=days), about=ABOUT)
    rows = repaired(engine, state, DAY + timedelta(days=9), datetime(2030, 1, 1))
    assert rows == [(7, "penalty", "P1", DAY + timedelta(days=2))]


@given(cut=st.integers(0, 12), steps=st.lists(st.sampled_from(["repair", "override", "withdraw"]), max_size=6))
def test_what_is_decided_later_never_changes_what_was_known(
    cut: int, steps: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The list as of an instant is the same however many decisions follow."""
    state = State(tmp_path_factory.mktemp("state") / "state.sqlite", Clock())
    instant = NOON.replace(tzinfo=None) + timedelta(minutes=cut, seconds=30)
    seen = None
    for number, step in enumerate(steps):
        standing = [d for d in decisions.listed(state) if d.withdrawn_at is None]
        if step == "withdraw" and standing:
            decisions.withdraw(state, standing[0].decision_no, "乙", "撤回")
        elif step == "override":
            decisions.record(state, "override", number, "甲", "纪要", DAY, DAY, GRADE)
        else:
            decisions.record(state, "repair", number, "甲", "决定", DAY, about=ABOUT)
        if number + 1 >= cut and seen is None:
            seen = decisions.listed(state, instant)
    if seen is not None:
        assert decisions.listed(state, instant) == seen
