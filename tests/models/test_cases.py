"""Runs every case of tests/cases: a sentence of a rule, its input, its outcome.

Not here: the cases themselves; people who know the rules write those.
"""

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from models.policy import InForce, Policy
from models.policy.exact_yaml import read_yaml
from models.sampling.draw import stratum_size
from models.sampling.eligibility import Request, Roster
from models.sampling.ratio import ratios_ppm
from models.scorecard.card import Scorecard
from models.scorecard.fixed_point import micro
from tests.models import plans

CASES = Path(__file__).parents[1] / "cases"
FEEDS = Path(__file__).parents[2] / "pipelines" / "feeds"
USUAL_DAY = date(2026, 11, 20)


def cases(folder: str) -> list[Any]:
    """The cases below a folder, each named by its file and rule."""
    return [
        pytest.param(case, id=f"{path.stem}: {case['rule']}")
        for path in sorted((CASES / folder).glob("*.yaml"))
        for case in read_yaml(path)
    ]


@cache
def in_force(day: date, feed: str = "") -> InForce:
    return Policy.load(FEEDS / feed / "policy" if feed else None).at(day)


def outcome_of_scorecard(pack_id: str, case: dict[str, Any], feed: str = "") -> dict[str, Any]:
    card = Scorecard.from_policy(in_force(case.get("day", USUAL_DAY), feed), pack_id)
    scored = card.score({name: micro(value) for name, value in case["input"].items()})
    asked = case["outcome"].get("points", {})
    return {
        "score": Decimal(scored.score_micro) / 1_000_000,
        "grade": scored.grade,
        "grade_without_text": scored.grade_without_text,
        "vetoes": [veto.veto_id for veto in scored.vetoes],
        "points": {
            part.indicator_id: Decimal(part.points_micro) / 1_000_000
            for part in scored.contributions
            if part.indicator_id in asked
        },
    }


def check(case: dict[str, Any], outcome: dict[str, Any]) -> None:
    """The outcome holds what the case says; what it does not speak of is not compared."""
    assert case["outcome"]
    assert {name: outcome[name] for name in case["outcome"]} == case["outcome"]


@pytest.mark.parametrize("case", cases("credit"))
def test_credit(case: dict[str, Any]) -> None:
    check(case, outcome_of_scorecard("credit", case))


@pytest.mark.parametrize("case", cases("risk"))
def test_risk(case: dict[str, Any]) -> None:
    check(case, outcome_of_scorecard("risk", case))


@pytest.mark.parametrize("case", cases("chicago_food"))
def test_fitted_risk_of_chicago(case: dict[str, Any]) -> None:
    """An adopted scorecard is a rule like any other: what it gives is said in words."""
    check(case, outcome_of_scorecard("risk", case, "chicago_food"))


def test_every_indicator_of_an_adopted_scorecard_has_a_case() -> None:
    tried = {name for case in read_yaml(CASES / "chicago_food" / "risk.yaml") for name in case["input"]}
    for day in (date(2014, 1, 1), date(2014, 5, 1)):
        card = Scorecard.from_policy(in_force(day, "chicago_food"), "risk")
        assert {part.indicator_id for part in card.indicators} <= tried


@pytest.mark.parametrize("case", cases("sampling"))
def test_sampling(case: dict[str, Any]) -> None:
    asked = case["input"]
    ppm = ratios_ppm(in_force(case.get("day", USUAL_DAY)))[asked["credit"], asked["risk"]]
    check(case, {"ratio": Decimal(ppm) / 1_000_000, "drawn": stratum_size(asked["population"], ppm)})


@pytest.mark.parametrize("case", cases("team"))
def test_team(case: dict[str, Any]) -> None:
    """Why the only inspector of a department is passed over for the only entity; empty for one who may go."""
    asked = case["input"]
    inspector = (
        "I1",
        "D1",
        asked.get("districts", ""),
        asked.get("skills", ""),
        asked.get("certificate_until", plans.LAST),
    )
    plan = plans.plan(
        [("T1", "E1", "S", 1, asked.get("district", ""))],
        {("T1", "S"): 0},
        inspectors=[inspector],
        leaves=[("I1", first, last) for first, last in asked.get("leaves", [])],
        recusals=[("I1", "E1", asked["recusal"])] if "recusal" in asked else [],
    )
    roster, request = Roster(plan), Request(("D1",), asked.get("asked", ""), asked.get("district", ""))
    left, recused = roster.left(request, "E1")
    causes = [cause for cause, count in (roster.pool(request).skipped | {"recused": recused}).items() if count]
    assert len(causes) + len(left) == 1
    check(case, {"cause": "".join(causes)})


@pytest.mark.parametrize("pack_id", ["credit", "risk"])
def test_every_indicator_and_every_veto_of_a_scorecard_has_a_case(pack_id: str) -> None:
    written = [case for path in (CASES / pack_id).glob("*.yaml") for case in read_yaml(path)]
    card = Scorecard.from_policy(in_force(USUAL_DAY), pack_id)
    pointed = {name for case in written for name in case["outcome"].get("points", {}) if name in case["input"]}
    assert pointed == {part.indicator_id for part in card.indicators}
    assert {name for case in written for name in case["outcome"].get("vetoes", [])} == {
        veto.veto_id for veto in card.vetoes
    }


def test_every_credit_grade_has_a_sampling_case() -> None:
    drawn = {case.values[0]["input"]["credit"] for case in cases("sampling")}
    assert drawn == {credit for credit, _ in ratios_ppm(in_force(USUAL_DAY))}
