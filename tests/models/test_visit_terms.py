"""Clocks around a visit: every sentence of tests/cases/visit, and what the documents of a visit must say."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.casework.visit_terms import VisitTerms
from models.policy.exact_yaml import read_yaml
from models.policy.loader import BUILT_IN, InForce, Policy, PolicyError
from models.sampling.plan_rules import PlanRules, visit_causes
from models.sampling.visit_document import VisitResult, schema

ROOT = Path(__file__).parents[2]
CASES = [case for path in sorted((ROOT / "tests" / "cases" / "visit").glob("*.yaml")) for case in read_yaml(path)]
POLICY = Policy.load()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["rule"])
def test_a_clock_runs_as_its_sentence_says(case: dict[str, Any]) -> None:
    terms = VisitTerms.from_policy(POLICY.at(case["input"]["day"]))
    day, kind = case["input"]["day"], case["input"]["kind"]
    clocks = {"notice": terms.give_notice_by, "result": terms.result_due, "recheck": terms.recheck_due}
    assert (clocks[kind](day) if kind in clocks else terms.publish_by(kind, day)) == case["outcome"]["due"]


def test_every_clock_has_a_case() -> None:
    told = {case["input"]["kind"] for case in CASES}
    terms = POLICY.at(date(2026, 11, 20))
    assert told == set(terms.value("casework.publication_terms")) | {"notice", "result", "recheck"}


@given(st.dates(date(2016, 1, 1), date(2027, 6, 1)), st.integers(-30, 30))
def test_working_days_are_counted_one_by_one(day: date, count: int) -> None:
    calendar = VisitTerms.from_policy(POLICY.at(date(2026, 11, 20)))._calendar
    end = calendar.after(day, count)
    first, last = (day, end) if count >= 0 else (end, day)
    passed = [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
    passed.remove(day)
    assert sum(map(calendar.is_workday, passed)) == abs(count)
    assert count == 0 or calendar.is_workday(end)


@pytest.mark.parametrize(
    ("file", "before", "after", "told"),
    [
        ("casework/visit_terms.yaml", "recheck: 20", "recheck: 0", "visit_terms.yaml"),
        ("casework/publication_terms.yaml", "penalty: 7", "penalties: 7", "publication_terms.yaml"),
        ("sampling/visit_cap.yaml", "A: {department: 2", "E: {department: 2", "visit_cap.yaml: credit grades"),
        ("sampling/visit_cap.yaml", "total: 8", "total: 0", "visit_cap.yaml"),
        ("sampling/frequency_by_credit_risk.yaml", "A: {Ⅰ: 1", "A: {Ⅰ: 0", "needs a frequency of at least 1"),
        (
            "sampling/visit_cause.yaml",
            "inspection: [special]",
            "inspection: [random]",
            "random stands under two causes",
        ),
        ("sampling/capacity.yaml", "share_of_days: 0.5", "share_of_days: 1.5", "capacity.yaml"),
    ],
)
def test_rules_that_are_wrong_name_their_file(tmp_path: Path, file: str, before: str, after: str, told: str) -> None:
    text = (BUILT_IN / file).read_text(encoding="utf-8")
    assert before in text
    (tmp_path / file).parent.mkdir()
    (tmp_path / file).write_text(text.replace(before, after), encoding="utf-8")
    in_force = Policy.load(tmp_path).at(date(2026, 11, 20))
    with pytest.raises(PolicyError, match=told):
        _read_all(in_force)


def _read_all(in_force: InForce) -> None:
    VisitTerms.from_policy(in_force)
    PlanRules.from_policy(in_force)
    visit_causes(in_force)


def test_ten_causes_do_not_count() -> None:
    causes = visit_causes(POLICY.at(date(2026, 11, 20)))
    assert sum(not cause.counts for cause in causes.values()) == 10


def test_the_schema_is_as_documented() -> None:
    """Renew with: python -c "import json; from models.sampling.visit_document import schema; print(json.dumps(...))"."""
    told = json.loads((ROOT / "docs" / "visit_interface.schema.json").read_text(encoding="utf-8"))
    assert told == json.loads(json.dumps(schema(), ensure_ascii=False))


def test_the_examples_of_the_document_are_what_they_say() -> None:
    text = (ROOT / "docs" / "visit_interface.md").read_text(encoding="utf-8")
    examples = [part.split("```")[0] for part in text.split("```json\n")[1:]]
    assert examples
    for example in examples:
        for row in json.loads(example):
            assert VisitResult.model_validate(row).format == "mingcha-visit-result-1"
    names = set(VisitResult.model_fields) | {"packages", "notices"}
    assert all(f"`{name}`" in text for name in names)


@pytest.mark.parametrize(
    "said",
    [
        {"result": "pass", "minor_count": 1},
        {"result": "no_entry", "critical_count": 1},
        {"result": "fail"},
        {"inspector_ids": []},
        {"note": "x"},
    ],
)
def test_a_result_that_contradicts_itself_is_none(said: dict[str, Any]) -> None:
    good = {
        "visit_id": "p:E1", "check_item_id": "D01-001", "visited_on": "2026-11-12", "inspector_ids": ["a", "b"],
        "result": "pass", "critical_count": 0, "serious_count": 0, "minor_count": 0,
    }  # fmt: skip
    assert VisitResult.model_validate(good).key == ("p:E1", "D01-001", False)
    with pytest.raises(ValidationError):
        VisitResult.model_validate(good | said)
