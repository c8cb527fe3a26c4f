"""Daily weights of fading events: exact at every day, never rising; curves that do not hold together are refused.

Not here: sums over events (tests/warehouse).
"""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.policy import Policy
from models.scorecard.decay import curves, daily_weights
from models.scorecard.fixed_point import MICRO
from models.scorecard.indicator import windows
from models.scorecard.peer import relative, shrunk

KNOTS = st.lists(st.tuples(st.integers(1, 400), st.integers(0, MICRO)), min_size=1, max_size=5).map(
    lambda steps: [
        (0, Decimal(1)),
        *(
            (age, Decimal(weight) / MICRO)
            for age, weight in zip(
                sorted({age for age, _ in steps}), sorted((w for _, w in steps), reverse=True), strict=False
            )
        ),
    ]
)


@given(knots=KNOTS)
def test_every_day_lies_on_the_line_between_its_knots_rounded_half_even(knots: list[tuple[int, Decimal]]) -> None:
    daily = daily_weights(knots)
    assert len(daily) == knots[-1][0] + 1
    assert daily == sorted(daily, reverse=True)
    for (start, high), (end, low) in pairwise(knots):
        for age in range(start, end + 1):
            line = Fraction(high) + (Fraction(low) - Fraction(high)) * Fraction(age - start, end - start)
            assert daily[age] == round(line * MICRO)


@pytest.mark.parametrize(
    "knots", [[(1, 1), (2, 0)], [(0, 1), (5, Decimal("0.2")), (9, Decimal("0.3"))], [(0, 1), (0, 0)], [(0, 1), (3, -1)]]
)
def test_a_curve_that_does_not_begin_whole_and_fall_is_refused(knots: list[tuple[int, Decimal]]) -> None:
    with pytest.raises(ValueError, match=r"knots|below zero"):
        daily_weights(knots)


def test_a_curve_covers_the_window_of_its_events() -> None:
    """An event within the window has a weight: none is dropped because the curve ended before."""
    in_force = Policy.load().at(date(2026, 11, 20))
    found, days = curves(in_force), windows(in_force)
    days["record"] = days["inspection_rate"]  # rates of the past
    assert all(len(found[name]) >= days[name] for name in found)


@given(
    events=st.integers(0, 1000), exposure=st.integers(0, 1000), towards=st.integers(1, 10**7), weight=st.integers(1, 99)
)
def test_a_shrunk_rate_lies_between_the_own_rate_and_that_of_the_peers(
    events: int, exposure: int, towards: int, weight: int
) -> None:
    rate = shrunk(events, exposure * MICRO, towards, weight)
    own = Fraction(events * MICRO, exposure) if exposure else Fraction(max(towards, events * MICRO))
    assert min(own, towards) - 1 <= rate <= max(own, towards) + Fraction(events * MICRO, weight) * (exposure == 0) + 1
    assert relative(events + 1, exposure * MICRO, towards, weight) >= relative(
        events, exposure * MICRO, towards, weight
    )
    assert relative(0, 0, towards, weight) == MICRO
