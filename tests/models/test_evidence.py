"""Statistics of later inspections: each against its definition, counted out on small samples, and against known values."""

from __future__ import annotations

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.evidence.calibration import bands
from models.evidence.interval import Estimate, bootstrap, wilson
from models.evidence.ranking import at_capacity, auc
from models.evidence.sample import Sample, numbered
from models.evidence.schedule import moved
from models.evidence.stability import is_below, migration, population_stability, score_stability
from models.evidence.verdict import verdict

Row = tuple[int, int, int, int, int]
# score, found, day, stratum, weight: few values, so that ties and empty strata come up
row = st.tuples(st.integers(0, 3), st.integers(0, 1), st.integers(0, 4), st.integers(0, 2), st.integers(1, 3))
rows = st.lists(row, max_size=12)


def sample(told: list[Row]) -> Sample:
    columns = [np.array([one[n] for one in told], dtype=np.float64) for n in range(5)]
    day, stratum = columns[2].astype(np.int64), columns[3].astype(np.int64)
    return Sample(columns[0], columns[1], day, stratum, np.arange(len(told)), columns[4])


@given(rows)
def test_auc_counts_the_pairs_of_a_stratum(told: list[Row]) -> None:
    won = total = 0.0
    for one in told:
        for other in told:
            if one[1] and not other[1] and one[3] == other[3]:
                total += one[4] * other[4]
                won += one[4] * other[4] * ((one[0] > other[0]) + 0.5 * (one[0] == other[0]))
    made = sample(told)
    found = auc(made)(made.weight)
    assert np.isnan(found) if not total else found == pytest.approx(won / total)


@given(rows)
def test_auc_of_the_reversed_score_is_the_rest(told: list[Row]) -> None:
    one = sample(told)
    other = sample([(-s, f, d, k, w) for s, f, d, k, w in told])
    found = auc(one)(one.weight)
    assume(np.isfinite(found))
    assert auc(other)(one.weight) == pytest.approx(1 - found)


@given(st.lists(row, min_size=1, max_size=5))
def test_a_schedule_is_the_mean_over_all_orders_of_equal_scores(told: list[Row]) -> None:
    made = sample([(s, f, d, 0, w) for s, f, d, _, w in told])
    slots, half = np.sort(made.day), len(made) / 2
    fair = [
        order
        for order in permutations(range(len(made)))
        if all(made.score[a] >= made.score[b] for a, b in pairwise(order))
    ]
    earlier, is_earlier, is_later, first = (np.zeros(len(made)) for _ in range(4))
    for order in fair:
        for place, one in enumerate(order):
            change = made.day[one] - slots[place]
            earlier[one] += change
            is_earlier[one] += change > 0
            is_later[one] += change < 0
            first[one] += min(max(half - place, 0), 1)
    found = moved(made)
    for mine, counted in (
        (found.days_earlier, earlier),
        (found.is_earlier, is_earlier),
        (found.is_later, is_later),
        (found.in_first_half, first),
    ):
        assert mine == pytest.approx(counted / len(fair))


@given(rows)
def test_what_one_gains_another_loses(told: list[Row]) -> None:
    made = sample(told)
    found = moved(made)
    for stratum in set(made.stratum.tolist()):
        at = made.stratum == stratum
        assert found.days_earlier[at].sum() == pytest.approx(0, abs=1e-9)
        assert found.chance_days_earlier[at].sum() == pytest.approx(0, abs=1e-9)
        assert found.in_first_half[at].sum() == pytest.approx(at.sum() / 2)
        assert found.was_in_first_half[at].sum() == pytest.approx(at.sum() / 2)


def test_visiting_as_it_was_changes_nothing_and_the_reverse_the_most() -> None:
    real = sample([(9 - d, d % 2, d, 0, 1) for d in range(4)])
    assert moved(real).days_earlier.tolist() == [0, 0, 0, 0]
    back = moved(sample([(d, d % 2, d, 0, 1) for d in range(4)]))
    assert back.days_earlier.tolist() == [-3, -1, 1, 3]
    assert (back.is_earlier.tolist(), back.is_later.tolist()) == ([0, 0, 1, 1], [1, 1, 0, 0])


@given(rows, st.integers(1, 10))
def test_a_ranking_that_knows_nothing_has_lift_one(told: list[Row], tenths: int) -> None:
    made = sample([(1, f, d, 0, w) for _, f, d, _, w in told])
    assume(made.found.any() and not made.found.all())
    share = tenths / 10
    found = {name: one(made.weight) for name, one in at_capacity(made, share).items()}
    assert found["lift"] == pytest.approx(1)
    assert found["sensitivity"] == pytest.approx(share)
    assert found["specificity"] == pytest.approx(1 - share)
    assert auc(made)(made.weight) == pytest.approx(0.5)


def test_capacity_figures_of_a_sample_counted_by_hand() -> None:
    made = sample([(5, 1, 0, 0, 1), (4, 0, 0, 0, 1), (3, 1, 0, 0, 1), (2, 0, 0, 0, 1), (1, 0, 0, 0, 1)])
    found = {name: one(made.weight) for name, one in at_capacity(made, 0.4).items()}
    assert found == pytest.approx({"sensitivity": 1 / 2, "specificity": 2 / 3, "precision": 1 / 2, "lift": 5 / 4})


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"), [(10, 100, 0.05523, 0.17437), (0, 10, 0, 0.27753), (10, 10, 0.72247, 1)]
)
def test_wilson_gives_published_intervals(part: int, whole: int, low: float, high: float) -> None:
    found = wilson(part, whole)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-5)


@given(st.integers(0, 500), st.integers(1, 500))
def test_the_ends_of_wilson_lie_one_quantile_from_the_share(part: int, whole: int) -> None:
    assume(part <= whole)
    found = wilson(part, whole)
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= found.value <= found.high <= 1
    for end in (found.low, found.high):
        if 0 < end < 1:
            assert abs(end - found.value) == pytest.approx(1.959964 * (end * (1 - end) / whole) ** 0.5, rel=1e-4)


def test_nothing_to_divide_by_has_no_value() -> None:
    assert wilson(0, 0) == Estimate(None, None, None)
    empty = sample([])
    told = verdict(empty, (0.5,), 3, 1, np.empty(0, dtype=np.int64), ("A", "B"))
    assert (told.inspections, told.base_rate, told.auc, told.bands) == (0, None, Estimate(None, None, None), [])


def test_bootstrap_repeats_with_its_seed_and_draws_whole_clusters() -> None:
    generator = np.random.default_rng(7)
    value, weight = generator.normal(size=60), np.ones(60)
    mean = {"mean": lambda w: float(w @ value / w.sum()), "one": lambda w: 1.0}
    apart, pairs = np.arange(60), np.arange(60) // 30
    found = bootstrap(mean, apart, weight, 400, 3)
    assert found == bootstrap(mean, apart, weight, 400, 3) != bootstrap(mean, apart, weight, 400, 4)
    assert found["one"] == Estimate(1.0, 1.0, 1.0)
    assert found["mean"].low is not None
    assert found["mean"].high is not None
    reach = 1.96 * value.std() / 60**0.5
    assert (found["mean"].high - found["mean"].low) / 2 == pytest.approx(reach, rel=0.15)
    whole = bootstrap(mean, pairs, weight, 400, 3)["mean"]
    halves = sorted((value[:30].mean(), value[30:].mean()))
    assert (whole.low, whole.high) == pytest.approx(halves), "two clusters give nothing between their means"


counts = st.lists(st.integers(0, 50), min_size=4, max_size=4)


@given(counts, counts)
def test_the_stability_index_is_zero_for_equal_shares_and_has_no_direction(
    one: list[float], other: list[float]
) -> None:
    assert population_stability(one, one) == 0
    assert population_stability(one, other) == pytest.approx(population_stability(other, one))
    assert population_stability(one, other) >= 0


def test_the_stability_index_of_a_known_shift() -> None:
    assert population_stability([499.5, 499.5], [599.5, 399.5]) == pytest.approx(0.1 * np.log(0.6 / 0.4), rel=1e-3)
    scores = np.arange(1000.0)
    assert score_stability(scores, scores) == 0
    assert score_stability(scores, scores + 500) > 1
    assert score_stability(np.full(9, 3.0), np.full(9, 3.0)) == 0
    with pytest.raises(ValueError, match="need the same"):
        population_stability([1], [1, 2])


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from("ABC"))))
def test_migration_counts_everybody_once(told: list[tuple[str, str]]) -> None:
    found = migration([one for one, _ in told], [other for _, other in told], "ABC")
    assert sum(map(sum, found)) == len(told)
    assert [sum(line) for line in found] == [sum(one == grade for one, _ in told) for grade in "ABC"]


@given(rows)
def test_bands_hold_every_inspection_in_order_of_score(told: list[Row]) -> None:
    found = bands(sample(told))
    assert sum(band.inspections for band in found) == len(told)
    assert all(one.mean_score < other.mean_score for one, other in pairwise(found))


def test_numbers_of_labels_tell_combinations_apart() -> None:
    found = numbered(np.array([1, 1, 2, 2, 1]), np.array(["a", "b", "a", "a", "a"]))
    assert found.tolist() == [0, 1, 2, 2, 0]


def test_a_verdict_by_hand() -> None:
    """Two grades, six inspections: one in three against two in three."""
    made = sample(
        [(1, 0, 0, 0, 1), (1, 0, 1, 0, 1), (1, 1, 2, 0, 1), (2, 0, 3, 0, 1), (2, 1, 4, 0, 1), (2, 1, 5, 0, 1)]
    )
    told = verdict(made, (0.5,), 50, 1, np.array([0, 0, 0, 1, 1, 1]), ("A", "B"))
    assert [(g.grade, g.inspections, g.found, g.share) for g in told.grades] == [("A", 3, 1, 0.5), ("B", 3, 2, 0.5)]
    assert told.grades[0].rate == wilson(1, 3)
    assert told.worst_to_best.value == pytest.approx(2)
    assert told.is_rising is True
    assert told.auc.value == told.grade_auc.value == pytest.approx((1 + 2 * 2.5) / 9)
    assert told.capacities[0].sensitivity.value == pytest.approx(2 / 3)
    # visited B first: the two of B move from days 4 and 5 to the mean of days 0, 1, 2; that of A from 2 to 4
    assert told.reordered.days_earlier.value == pytest.approx((3 + 4 - 2) / 3)
    assert (told.reordered.earlier, told.reordered.later) == pytest.approx((2, 1))
    assert told.reordered.first_half.value == pytest.approx(2 / 3)
    assert told.reordered.was_first_half.value == pytest.approx(1 / 3)


def test_within_strata_the_strict_inspector_explains_nothing() -> None:
    """Grade B is only visited by who always finds: alone that looks like a grade that works, within the inspector not."""
    told = [(1, 0, 0, 0, 1)] * 9 + [(2, 0, 0, 0, 1)] + [(1, 1, 0, 1, 1)] + [(2, 1, 0, 1, 1)] * 9
    grade_no = np.array([one[0] - 1 for one in told])
    within = verdict(sample(told), (), 20, 1, grade_no, ("A", "B"))
    alone = verdict(sample([(s, f, d, 0, w) for s, f, d, _, w in told]), (), 20, 1, grade_no, ("A", "B"))
    assert alone.worst_to_best.value == pytest.approx(9)
    assert within.worst_to_best.value == pytest.approx(1)
    assert within.auc.value is None, "no stratum has both"


def test_a_figure_is_below_its_promise_with_its_whole_interval_and_enough_found() -> None:
    low = Estimate(0.55, 0.50, 0.60)
    assert is_below(low, 0.61, 30, 30)
    assert not is_below(low, 0.59, 30, 30), "the interval reaches what was promised"
    assert not is_below(low, 0.61, 29, 30), "too few were found"
    assert not is_below(low, None, 30, 30), "nothing was promised"
    assert not is_below(Estimate(None, None, None), 0.61, 30, 30)
