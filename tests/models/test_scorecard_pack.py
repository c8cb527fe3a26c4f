"""A scorecard that does not hold together is refused with the file and the reason.

Not here: the scorecards shipped.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import yaml

from models.policy import Policy, PolicyError
from models.scorecard.card import Scorecard
from models.scorecard.fixed_point import MICRO
from models.scorecard.grade_scale import Direction, GradeScale
from models.scorecard.panel import MISSING, score_panel
from models.scorecard.scored import Scored
from models.scorecard.segment import line_segments

DAY = date(2026, 11, 20)
PACK = {
    "method": "weighted_sum_v1",
    "direction": "higher_is_worse",
    "grades": {"best_first": ["low", "mid", "high"], "cuts": [10, 20], "on_cut": "better"},
    "groups": {"plain": "一般", "text": "舆情"},
    "indicators": {
        "penalty.count": {"group": "plain", "weight": 0.6, "missing": 0, "brackets": [[0, 0], [1, 100]]},
        "text.count": {"group": "text", "weight": 0.4, "missing": 0, "line": [[0, 0], [100, 100]]},
    },
    "vetoes": [],
}


def card(tmp_path: Path, **changes: object) -> Scorecard:
    rule = {"id": "scorecard.demo", "title": "示例", "unit": "分", "basis": ["local-default"]}
    (tmp_path / "scorecard").mkdir()
    text = yaml.safe_dump(rule | {"values": {date(2010, 1, 1): PACK | changes}}, allow_unicode=True)
    (tmp_path / "scorecard/demo.yaml").write_text(text, encoding="utf-8")
    return Scorecard.from_policy(Policy.load(tmp_path).at(DAY), "demo")


def scored(graded: Scorecard, values: dict[str, int]) -> Scored:
    """Score one entity, and hold the kernel of whole arrays to the same."""
    one = graded.score(values)
    columns = {part.indicator_id: np.array([values.get(part.indicator_id, MISSING)]) for part in graded.indicators}
    many = score_panel([graded], columns, 1)["demo"]
    grades = (graded.name(int(many.grade_no[0])), graded.name(int(many.grade_no_without_text[0])))
    assert (int(many.score[0]), *grades) == (one.score_micro, one.grade, one.grade_without_text)
    assert many.contributions[:, 0].tolist() == [part.contribution_micro for part in one.contributions]
    return one


def indicator(name: str, **changes: object) -> dict[str, object]:
    indicators = PACK["indicators"]
    assert isinstance(indicators, dict)
    return indicators | {name: indicators["penalty.count"] | changes}


def axis(groups: list[str]) -> dict[str, object]:
    return {"groups": groups, "levels": ["calm", "loud"], "cuts": [10], "on_cut": "worse"}


def matrix(grades: list[list[str]], row: list[str] | None = None, column: list[str] | None = None) -> dict[str, object]:
    """What makes PACK grade by a matrix of two levels each."""
    axes = {"row": axis(row or ["plain"]), "column": axis(column or ["text"])}
    return {
        "method": "matrix_v1",
        "grades": {"best_first": ["low", "mid", "high"], "matrix": axes | {"grades": grades}},
    }


def test_a_matrix_grades_by_both_sums(tmp_path: Path) -> None:
    graded = card(tmp_path, **matrix([["low", "mid"], ["mid", "high"]]))
    plain = {"penalty.count": MICRO}
    assert scored(graded, {}).grade == "low"
    assert scored(graded, plain).grade == "mid"
    assert scored(graded, plain | {"text.count": 100 * MICRO}).grade == "high"
    assert scored(graded, plain | {"text.count": 25 * MICRO - 10}).grade == "mid"
    assert scored(graded, plain | {"text.count": 25 * MICRO}).grade == "high"  # 10 points lie on the cut: worse


def test_a_group_is_held_within_floor_and_cap(tmp_path: Path) -> None:
    """What a floor or cap adds is a part of the score like any other."""
    limited = card(tmp_path, groups={"plain": {"title": "一般", "floor": 5, "cap": 50}, "text": "舆情"})
    best, worst = scored(limited, {"penalty.count": 0}), scored(limited, {"penalty.count": MICRO})
    assert (best.score_micro, worst.score_micro) == (5 * MICRO, 50 * MICRO)
    assert [
        (part.indicator_id, part.contribution_micro) for part in (best.contributions[-1], worst.contributions[-1])
    ] == [
        ("limit.demo_plain", 5 * MICRO),
        ("limit.demo_plain", -10 * MICRO),
    ]


def test_texts_alone_move_one_grade_of_two(tmp_path: Path) -> None:
    loud = scored(card(tmp_path), {"text.count": 100_000_000})
    assert (loud.score_micro, loud.grade_without_text, loud.grade) == (40_000_000, "low", "mid")


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"indicators": indicator("penalty.count", weight=0.5)}, "sum to 0.9"),
        ({"indicators": indicator("penalty.count", group="nowhere")}, "unknown group nowhere"),
        ({"indicators": indicator("penalty.count", brackets=[[1, 0], [2, 100]])}, "begin at 0"),
        ({"indicators": indicator("penalty.count", brackets=[[0, 0], [1, 101]])}, "within 0–100"),
        ({"indicators": indicator("penalty.count", brackets=[[0, 10], [1, 100]])}, "missing value would be better"),
        ({"indicators": indicator("penalty.count", line=[[0, 0], [1, 1]])}, "either brackets or a line"),
        ({"indicators": {"beauty.count": indicator("x")["penalty.count"] | {"weight": 1}}}, "not registered"),  # type: ignore[operator]
        ({"grades": {"best_first": ["a", "b"], "cuts": [20, 10], "on_cut": "better"}}, "need 3 different grades"),
        ({"grades": {"best_first": ["a", "b", "c"], "cuts": [20, 10], "on_cut": "better"}}, "run from best"),
        ({"grades": {"best_first": ["a", "b", "c"], "cuts": [10, 101], "on_cut": "better"}}, "above 100"),
        (
            {
                "vetoes": [
                    {
                        "id": "v",
                        "indicator": "text.count",
                        "at_least": 1,
                        "grade": "high",
                        "reason": "r",
                        "basis": ["x"],
                    }
                ]
            },
            "a text may not veto",
        ),
        (
            {
                "vetoes": [
                    {
                        "id": "v",
                        "indicator": "penalty.count",
                        "at_least": 1,
                        "grade": "high",
                        "reason": "r",
                        "basis": ["x"],
                    }
                ]
            },
            "basis x",
        ),
        (
            {
                "vetoes": [
                    {
                        "id": "v",
                        "indicator": "penalty.count",
                        "at_least": 1,
                        "grade": "Z",
                        "reason": "r",
                        "basis": ["x"],
                    }
                ]
            },
            "'Z' is not one of",
        ),
        ({"method": "weighted_sum_v2"}, "weighted_sum_v1"),
        ({"method": "matrix_v1"}, "does not grade by cuts"),
        ({"grades": {"best_first": ["low", "mid", "high"], "cuts": [10, 20]}}, "either cuts with on_cut, or a matrix"),
        ({"groups": {"plain": {"title": "一般", "floor": 30, "cap": 20}, "text": "舆情"}}, "must lie in order"),
        ({"groups": {"plain": {"title": "一般", "cap": 61}, "text": "舆情"}}, "within 0–60"),
        (matrix([["low", "mid"], ["high", "mid"]]), "only get worse"),
        (matrix([["low", "mid"]]), "2 rows of 2 grades"),
        (matrix([["low", "mid"], ["mid", "worst"]]), "worst of the matrix"),
        (matrix([["low", "mid"], ["mid", "high"]], row=["plain", "text"]), "stands on both axes"),
        (matrix([["low", "mid"], ["mid", "high"]], column=["plain"]), "text stands on no axis"),
    ],
)
def test_refused(tmp_path: Path, changes: dict[str, object], complaint: str) -> None:
    with pytest.raises(PolicyError, match=r"demo\.yaml") as error:
        card(tmp_path, **changes)
    assert complaint in str(error.value)


@pytest.mark.parametrize(
    ("direction", "on_cut", "at_below_above"),
    [
        ("higher_is_better", "better", [1, 2, 1]),
        ("higher_is_better", "worse", [2, 2, 1]),
        ("higher_is_worse", "better", [1, 1, 2]),
        ("higher_is_worse", "worse", [2, 1, 2]),
    ],
)
def test_the_side_of_a_score_on_the_cut(
    direction: Direction, on_cut: Literal["better", "worse"], at_below_above: list[int]
) -> None:
    scale = GradeScale.build(direction, ["good", "bad"], [60], on_cut)
    assert [scale.grade_no(score) for score in (60, 59, 61)] == at_below_above


def test_a_slope_that_is_not_exact_is_refused() -> None:
    knots = [(Decimal(0), Decimal(0)), (Decimal(3), Decimal(1))]
    with pytest.raises(ValueError, match="not exact"):
        line_segments(knots)


def test_risk_and_credit_are_different_scales() -> None:
    in_force = Policy.load().at(DAY)
    credit, risk = (Scorecard.from_policy(in_force, pack) for pack in ("credit", "risk"))
    assert (credit.direction, risk.direction) == ("higher_is_better", "higher_is_worse")
    assert set(credit.grades).isdisjoint(risk.grades)
