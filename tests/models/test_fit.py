"""Fitted scorecards: bins keep their direction, later months never teach, points stay a line of the log-odds.

Not here: reading past months from a warehouse (tests/warehouse/test_fit.py).
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.evidence import fitted, model_card
from models.evidence.binning import binned
from models.evidence.ranking import auc
from models.evidence.sample import Sample
from models.evidence.selection import Asked, Material, fit_model, later_blocks, select

ASKED = Asked(5, 8, 0.02, 0.3, 0.002, 0.4, 4, (0.25, 0.35, 0.25, 0.15))


def material(rows: int = 4000, months: int = 20, seed: int = 1) -> Material:
    """Two indicators that matter, one only backwards, one not at all, and one nobody has."""
    random = np.random.default_rng(seed)
    strong, weak, noise = random.gamma(2, 1, rows), random.poisson(1.0, rows).astype(float), random.random(rows)
    chance = 1 / (1 + np.exp(-(-2.5 + 0.6 * strong + 0.4 * weak)))
    found = (random.random(rows) < chance).astype(float)
    strong[random.random(rows) < 0.2] = np.nan
    values = {"strong": strong, "weak": weak, "backwards": -weak + 10, "noise": noise, "nobody": np.full(rows, np.nan)}
    stratum = np.sort(random.integers(0, months, rows))
    sample = Sample(np.zeros(rows), found, stratum * 30, stratum, np.arange(rows), np.ones(rows))
    return Material(values, dict.fromkeys(values, "higher_is_worse"), sample)


@given(
    seed=st.integers(0, 10_000),
    most=st.integers(2, 9),
    missing=st.floats(0, 0.9),
    coarse=st.booleans(),
)
def test_bins_cover_all_once_and_none_is_small(seed: int, most: int, missing: float, coarse: bool) -> None:
    random = np.random.default_rng(seed)
    values = random.gamma(1, 2, 600)
    values = np.floor(values) if coarse else values
    found = (random.random(600) < 0.2).astype(float)
    values[random.random(600) < missing] = np.nan
    bins = binned(values, found, most, 0.05)
    if bins is None:
        return
    assert sum(one.inspections for one in bins.known) + bins.missing.inspections == 600
    assert sum(one.found for one in bins.known) + bins.missing.found == found.sum()
    assert 2 <= len(bins.known) <= max(most, 2)
    assert all(one.inspections >= 30 for one in bins.known)
    lowers = [one.lower or 0.0 for one in bins.known]
    assert lowers == sorted(set(lowers))
    assert lowers[0] == 0
    columns = bins.columns_of(values)
    for one, following in zip(bins.known, [*lowers[1:], np.inf], strict=True):
        inside = (values >= (one.lower or 0.0)) & (values < following)
        assert inside.sum() == one.inspections
        assert one.level == pytest.approx(np.log1p(values[inside]).mean())
        assert (columns[inside] == [one.level, 0]).all()
    assert (columns[np.isnan(values)] == [0, 1]).all()


def test_outcomes_move_no_cut() -> None:
    values = np.random.default_rng(2).gamma(1, 2, 500)
    ones = binned(values, np.ones(500), 6, 0.05)
    none = binned(values, np.zeros(500), 6, 0.05)
    assert ones is not None
    assert none is not None
    assert [one.lower for one in ones.known] == [one.lower for one in none.known]


def test_a_missing_value_never_speaks_better_than_the_best_bin() -> None:
    whole = material()
    found = np.where(np.isnan(whole.values["strong"]), 0.0, whole.sample.found)  # nobody without a value had anything
    model = fit_model(replace(whole, sample=replace(whole.sample, found=found)), ["strong"], ASKED)
    assert model.missing["strong"] < min(model.slope["strong"] * one.level for one in model.bins["strong"].known)
    parts = model.parts("strong")
    assert parts[-1] == parts[:-1].min()


def test_blocks_lie_after_what_they_are_predicted_from() -> None:
    stratum = np.repeat(np.arange(10), 3)
    pairs = later_blocks(stratum, 0.4, 3)
    assert [sorted(set(stratum[block])) for _, block in pairs] == [[4, 5], [6, 7], [8, 9]]
    assert all(stratum[before].max() < stratum[block].min() for before, block in pairs)
    with pytest.raises(ValueError, match="too few"):
        later_blocks(np.arange(3), 0.4, 4)


def test_what_matters_is_chosen_and_what_does_not_is_dropped_with_its_reason() -> None:
    selected = select(material(), ASKED)
    assert selected.chosen == ["strong", "weak"]
    assert selected.curve == sorted(selected.curve)
    assert selected.dropped["nobody"] == "no_value"
    assert selected.dropped["backwards"] == "no_difference"
    assert selected.dropped["noise"] in ("no_gain", "no_difference")
    assert auc(selected.held_out)(selected.held_out.weight) == pytest.approx(selected.curve[-1])


def test_what_speaks_against_its_direction_beside_others_is_not_added() -> None:
    """Alone it goes with outcomes, because it follows the first; beside it, it would only help turned round."""
    random = np.random.default_rng(5)
    first = random.gamma(4, 1, 6000)
    follows = first + random.gamma(2, 0.5, 6000)
    found = (random.random(6000) < 1 / (1 + np.exp(-(-1.5 + 1.6 * first - 1.3 * follows)))).astype(float)
    stratum = np.sort(random.integers(0, 20, 6000))
    sample = Sample(np.zeros(6000), found, stratum * 30, stratum, np.arange(6000), np.ones(6000))
    values = {"first": first, "follows": follows}
    selected = select(Material(values, dict.fromkeys(values, "higher_is_worse"), sample), ASKED)
    assert selected.chosen == ["first"]
    assert selected.dropped == {"follows": "no_gain"}


def test_each_later_month_is_scored_by_a_model_of_the_months_before_it_only() -> None:
    whole = material()
    selected = select(whole, ASKED)
    blocks = later_blocks(whole.sample.stratum, ASKED.first_share, ASKED.blocks)
    scores = []
    for before, block in blocks:
        found = np.where(before, whole.sample.found, 1 - whole.sample.found)  # what came later, turned round
        blind = replace(whole, sample=replace(whole.sample, found=found))
        model = fit_model(blind.at(np.flatnonzero(before)), selected.chosen, ASKED)
        scores.append(model.score(whole.at(np.flatnonzero(block)).values))
    assert (np.concatenate(scores) == selected.held_out.score).all()


def test_points_are_a_line_of_the_log_odds_and_weights_sum_to_one() -> None:
    whole = material()
    model = fit_model(whole, ["strong", "weak"], ASKED)
    card = fitted.placed(model, {"strong": "a", "weak": "b"})
    assert sum(one.weight for one in card.values()) == 1
    scores, odds = fitted.scores(card, whole.values), model.score(whole.values)
    assert scores.min() >= 0
    assert scores.max() <= 100
    slope, start = np.polyfit(odds, scores, 1)
    assert np.abs(scores - (start + slope * odds)).max() < 0.1  # points and weights are rounded
    assert slope > 0


def test_cuts_give_about_the_shares_asked_for() -> None:
    scored = np.random.default_rng(3).normal(50, 10, 10_000).round(1)
    cuts = fitted.cuts(scored, (0.25, 0.35, 0.25, 0.15))
    assert cuts == sorted(cuts)
    grade = np.searchsorted([float(cut) for cut in cuts], scored, "right")
    assert np.bincount(grade) / 10_000 == pytest.approx([0.25, 0.35, 0.25, 0.15], abs=0.02)
    assert not set(scored) & {float(cut) for cut in cuts if cut != cut.quantize(Decimal("0.1"))}
    with pytest.raises(ValueError, match="different scores"):
        fitted.cuts(np.zeros(10), (0.25, 0.35, 0.25, 0.15))


def test_chance_is_not_taken_for_skill() -> None:
    random = np.random.default_rng(5)
    stratum = np.repeat(np.arange(4), 100)
    ones = np.ones(400)
    luck = Sample(random.random(400), (random.random(400) < 0.2) * 1.0, stratum, stratum, np.arange(400), ones)
    skill = replace(luck, score=luck.score + luck.found)
    assert model_card.permutation_p(luck, 200, 1) > 0.02
    assert model_card.permutation_p(skill, 200, 1) == pytest.approx(1 / 201)


def test_calibration_counts_everything_once() -> None:
    sample = select(material(), ASKED).held_out
    told = model_card.calibration(sample)
    assert sum(one["inspections"] for one in told) == len(sample)
    assert sum(one["inspections"] * one["found"] for one in told) == pytest.approx(sample.found.sum())
    assert [one["predicted"] for one in told] == sorted(one["predicted"] for one in told)
