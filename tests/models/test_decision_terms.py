"""Terms of decisions: how long an override may hold, and by when a request has to be answered."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.casework.decision_terms import DecisionTerms
from models.policy.loader import BUILT_IN, Policy, PolicyError

TERMS = DecisionTerms.from_policy(Policy.load().at(date(2026, 11, 20)))


def test_an_override_ends_on_its_last_day() -> None:
    assert TERMS.last_override_day(date(2026, 1, 1)) == date(2026, 6, 29)  # 180 days, the first one counted


def test_an_objection_is_due_on_the_fifth_working_day_over_a_holiday() -> None:
    """2026-09-30 is a Wednesday before the national holiday; work resumes on Thursday the 8th."""
    assert TERMS.answer_due("objection", date(2026, 9, 30)) == date(2026, 10, 13)
    assert TERMS.answer_due("repair", date(2026, 9, 30)) is None


@given(asked=st.dates(date(2015, 1, 1), date(2026, 10, 1)), kind=st.sampled_from(sorted(TERMS.answer_workdays)))
def test_exactly_the_allowed_working_days_lie_before_the_due_day(asked: date, kind: str) -> None:
    due = TERMS.answer_due(kind, asked)
    assert due is not None
    worked = [asked + timedelta(days=n) for n in range(1, (due - asked).days + 1)]
    assert sum(map(TERMS.calendar.is_workday, worked)) == TERMS.answer_workdays[kind]
    assert TERMS.calendar.is_workday(due)


def test_terms_that_are_wrong_name_their_file(tmp_path: Path) -> None:
    (tmp_path / "casework").mkdir()
    text = (BUILT_IN / "casework/decision_terms.yaml").read_text(encoding="utf-8").replace("180", "0")
    (tmp_path / "casework/decision_terms.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError, match=r"decision_terms\.yaml"):
        DecisionTerms.from_policy(Policy.load(tmp_path).at(date(2026, 11, 20)))
