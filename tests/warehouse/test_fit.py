"""From months of a warehouse to a scorecard: what may teach, what stands on the card, and that a refresh can use it.

Not here: the statistics of a fit (tests/models/test_fit.py) and the way to it by command (tests/pipelines/test_fitting.py).
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from models.policy.loader import Policy
from models.scorecard.card import Scorecard
from models.scorecard.fixed_point import micro
from pipelines import fit_report
from warehouse import fit, fit_sample
from warehouse.backtest import BacktestError

LAST = date(2025, 6, 30)
IN_FORCE = Policy.load().at(LAST)


def months(number: int = 12, rows: int = 400, kind: str = "routine") -> list[pl.DataFrame]:
    """Inspections whose outcome follows two indicators, and who inspected, which no fit may see."""
    random, made = np.random.default_rng(7), []
    for n in range(number):
        as_of = date(2024, 6, 30) + timedelta(days=30 * n)
        rate, rechecks = random.gamma(2, 0.5, rows), random.poisson(0.5, rows).astype(float)
        strict = random.integers(0, 2, rows)
        odds = -3.2 + 0.9 * rate + 0.8 * rechecks + 1.5 * strict
        made.append(
            pl.DataFrame(
                {
                    "inspection_id": [f"I{n}-{i}" for i in range(rows)],
                    "entity_id": random.integers(1, 3000, rows),
                    "event_date": [as_of + timedelta(days=1 + i % 28) for i in range(rows)],
                    "inspection_kind": [kind] * rows,
                    "inspector_ids": np.where(strict == 1, "J1", "J2"),
                    "found": (random.random(rows) < 1 / (1 + np.exp(-odds))).astype(float),
                    "inspection.finding_rate": rate,
                    "visit.decayed_recheck_count": rechecks,
                    "text.burst": rate * 2,
                    "grade.credit": rechecks,
                    "as_of": [as_of] * rows,
                }
            )
        )
    return made


@pytest.fixture(scope="module")
def fitted() -> fit.Fitted:
    observed = months()
    register = observed[-1].select("entity_id", pl.col("^.*[.].*$"))
    told = {"feeds": ["made_up"], "until": str(LAST), "first_as_of": "2024-06-30", "months": 12}
    return fit.fit_scorecard(observed, register, IN_FORCE, 50, 1, told)


def test_random_draws_teach_first_and_too_few_findings_teach_nobody() -> None:
    both = [*months(6, 300, "random"), *months(6, 300, "complaint")]
    rows, kind = fit_sample.fit_for_learning(both, 50)
    assert kind == "random"
    assert set(rows["inspection_kind"]) == {"random"}
    assert fit_sample.fit_for_learning([*months(1, 50, "random"), *months(6, 300)], 100)[1] == "routine"
    with pytest.raises(BacktestError, match="ask for more months"):
        fit_sample.fit_for_learning(months(6, 300, "complaint"), 50)


def test_texts_grades_and_who_inspected_do_not_teach(fitted: fit.Fitted) -> None:
    assert set(fitted.card["tried"]) == {"inspection.finding_rate", "visit.decayed_recheck_count"}
    assert set(fitted.pack["indicators"]) == set(fitted.card["tried"])


def test_the_card_says_what_was_found_on_later_months(fitted: fit.Fitted) -> None:
    card = fitted.card
    assert card["inspections"] == 4800
    assert card["held_out"]["inspections"] < card["inspections"]
    auc, own = card["held_out"]["auc"], card["held_out_within_inspector"]
    assert 0.55 < auc["low"] < auc["value"] < auc["high"] < 0.85
    assert own["value"] > auc["value"], "within an inspector the indicators tell more: strictness is noise to them"
    assert card["permutation_p"] == pytest.approx(1 / 51)
    told = card["reference"]
    assert len(told["counts"]) == len(told["cuts"]) + 1
    assert sum(told["counts"]) == 400


def test_a_refresh_can_use_what_is_written_and_the_rule_before_stays(fitted: fit.Fitted, tmp_path: Path) -> None:
    built_in = Policy.load()
    written = fit_report.write(tmp_path, built_in, LAST, fitted)
    assert [path.name for path in written] == ["risk.yaml", "risk-2025-06-30.json", "risk-2025-06-30.md"]
    used = Policy.load(tmp_path)
    before = LAST - timedelta(days=1)
    assert used.at(before).value("scorecard.risk") == built_in.at(before).value("scorecard.risk")
    card = Scorecard.from_policy(used.at(LAST), "risk")
    assert {part.indicator_id for part in card.indicators} == set(fitted.pack["indicators"])
    assert [veto.veto_id for veto in card.vetoes] == ["serious_list", "serious_penalty"]
    good = card.score({"inspection.finding_rate": micro(0), "visit.decayed_recheck_count": micro(0)})
    bad = card.score({"inspection.finding_rate": micro(9), "visit.decayed_recheck_count": micro(9)})
    assert (good.score_micro, good.grade) == (0, "Ⅰ")
    assert (bad.score_micro, bad.grade) == (100_000_000, "Ⅳ")
    again = fit_report.write(tmp_path, used, LAST, fitted)
    assert again[0].read_text("utf-8").count("2025-06-30:") == 1
    later = fit_report.write(tmp_path, Policy.load(tmp_path), LAST + timedelta(days=30), fitted)
    assert [str(day) for day in Policy.load(tmp_path).files["scorecard.risk"].first_days][-2:] == [
        "2025-06-30",
        "2025-07-30",
    ]
    assert later[1].name == "risk-2025-07-30.json"


def test_grades_have_about_the_shares_of_the_rule(fitted: fit.Fitted) -> None:
    observed: Any = pl.concat(months())
    names = list(fitted.pack["indicators"])
    values = fit_sample.values_of(observed, names)
    score = np.zeros(observed.height)
    for name, one in fitted.pack["indicators"].items():
        cuts = [float(lower) for lower, _ in one["brackets"][1:]]
        points = np.array([float(p) for _, p in one["brackets"]])
        score += float(one["weight"]) * points[np.searchsorted(cuts, values[name], "right")]
    grade = np.searchsorted([float(cut) for cut in fitted.pack["grades"]["cuts"]], score, "right")
    assert np.bincount(grade) / len(grade) == pytest.approx(fit.conventions(IN_FORCE).grade_shares, abs=0.06)
