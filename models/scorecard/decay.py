"""How an event fades: its weight by whole days of age, from a dated curve.

Not here: which events count at all, and the sums over them (warehouse/sql/indicator).
"""

from decimal import Decimal
from itertools import pairwise

from models.policy.loader import InForce, PolicyError
from models.scorecard.fixed_point import MICRO, half_even, micro

_DECAY_ID = "indicator.decay"
DECAY_NAMES = ("complaint", "finding", "penalty", "record")


def daily_weights(knots: list[tuple[int, Decimal]]) -> list[int]:
    """Weight in micro-units for each age in days, from 0 to the last knot; straight between knots, half-even.

    Raises ValueError unless the knots begin with weight 1 at age 0, rise in age and never rise in weight.
    """
    ages, weights = [age for age, _ in knots], [micro(weight) for _, weight in knots]
    if ages[0] != 0 or weights[0] != MICRO or ages != sorted(set(ages)) or weights != sorted(weights, reverse=True):
        raise ValueError(f"the knots {knots} must begin with [0, 1], rise in age and fall in weight")
    if weights[-1] < 0:
        raise ValueError(f"the last weight of {knots} is below zero")
    daily = [MICRO]
    for (start, high), (end, low) in pairwise(zip(ages, weights, strict=True)):
        days = end - start
        daily += [half_even(high * (days - passed) + low * passed, days) for passed in range(1, days + 1)]
    return daily


def curves(in_force: InForce) -> dict[str, list[int]]:
    """Daily weights of each curve of DECAY_NAMES. Raises PolicyError naming the file that is wrong."""
    value, origin = in_force.value(_DECAY_ID), in_force.policy.origin[_DECAY_ID]
    if sorted(value) != list(DECAY_NAMES):
        raise PolicyError(f"{origin}: {_DECAY_ID} needs exactly the curves {', '.join(DECAY_NAMES)}")
    try:
        return {name: daily_weights([(age, Decimal(weight)) for age, weight in value[name]]) for name in DECAY_NAMES}
    except ValueError as error:
        raise PolicyError(f"{origin}: {error}") from error
