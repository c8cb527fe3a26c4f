"""Ratios by grade lie in the range of their credit grade, and nobody's is zero.

Not here: the draw.
"""

from datetime import date
from pathlib import Path

import pytest

from models.policy import Policy, PolicyError
from models.policy.loader import BUILT_IN
from models.sampling.ratio import inspectors_per_visit, ratios_ppm

DAY = date(2026, 11, 20)


def overlay(tmp_path: Path, name: str, old: str, new: str) -> Policy:
    (tmp_path / "sampling").mkdir()
    text = (BUILT_IN / f"sampling/{name}.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / f"sampling/{name}.yaml").write_text(text.replace(old, new), encoding="utf-8")
    return Policy.load(tmp_path)


def test_worse_grades_are_drawn_more() -> None:
    ppm = ratios_ppm(Policy.load().at(DAY))
    assert len(ppm) == 16
    assert min(ppm.values()) > 0
    for better, worse in zip("ABC", "BCD", strict=True):
        for risk, riskier in zip("ⅠⅡⅢ", "ⅡⅢⅣ", strict=True):
            assert ppm[better, risk] < ppm[worse, risk]
            assert ppm[better, risk] < ppm[better, riskier]


def test_a_ratio_outside_its_range_is_refused(tmp_path: Path) -> None:
    policy = overlay(tmp_path, "ratio_by_credit_risk", "A: {Ⅰ: 0.01", "A: {Ⅰ: 0.06")
    with pytest.raises(PolicyError, match=r"ratio 0\.06 of A/Ⅰ is outside 0–0\.05"):
        ratios_ppm(policy.at(DAY))


def test_unknown_credit_grades_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="credit grades"):
        ratios_ppm(overlay(tmp_path, "ratio_by_credit_risk", "    D: {", "    E: {").at(DAY))


def test_one_inspector_is_too_few(tmp_path: Path) -> None:
    assert inspectors_per_visit(Policy.load().at(DAY)) == 2
    with pytest.raises(PolicyError, match="at least 2"):
        inspectors_per_visit(overlay(tmp_path, "inspectors_per_visit", "2010-01-01: 2", "2010-01-01: 1").at(DAY))
