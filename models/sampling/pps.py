"""Probability proportional to size: exact inclusion probabilities, and systematic selection in a given order.

Whole numbers and fractions only. The method is Madow's (1949); R's `sampling` has both steps as
`inclusionprobabilities` and `UPsystematic`, in floating point. The random order and start come from the hashes.
"""

from collections.abc import Sequence
from fractions import Fraction


def certain(sizes: Sequence[int], number: int) -> set[int]:
    """Places that are drawn for sure: their share of the sizes would ask for a probability of 1 or more.

    Taken out over and over, because what is left for the others makes the next largest certain, too.
    """
    found: set[int] = set()
    while True:
        total = sum(size for place, size in enumerate(sizes) if place not in found)
        more = {
            place
            for place, size in enumerate(sizes)
            if place not in found and (number - len(found)) * size >= total and number > len(found)
        }
        if not more:
            return found
        found |= more


def probabilities(sizes: Sequence[int], number: int) -> list[Fraction]:
    """Inclusion probability of each place when `number` are drawn; they add up to `number` exactly.

    Raises ValueError for a size below 1, or a number outside 0–len(sizes).
    """
    if any(size < 1 for size in sizes) or not 0 <= number <= len(sizes):
        raise ValueError(f"{number} of {len(sizes)} cannot be drawn by sizes from {min(sizes, default=0)}")
    sure = certain(sizes, number)
    total = sum(size for place, size in enumerate(sizes) if place not in sure)
    return [
        Fraction(1) if place in sure else Fraction((number - len(sure)) * size, total)
        for place, size in enumerate(sizes)
    ]


def span(sizes: Sequence[int], number: int) -> int:
    """How many starts there are, each to be equally likely: the sum of the sizes that are not certain, at least 1."""
    sure = certain(sizes, number)
    return max(1, sum(size for place, size in enumerate(sizes) if place not in sure))


def systematic(sizes: Sequence[int], number: int, start: int) -> list[int]:
    """Places drawn in this order of the sizes, for a start from 0 to span − 1: exactly `number`, each at most once.

    Laid end to end, each place not certain takes (number − certain) × its size; whoever holds one of the points
    start, start + span, start + 2 × span, … is drawn. No place is longer than the span, so none is met twice.
    """
    sure = certain(sizes, number)
    left, length = number - len(sure), span(sizes, number)
    drawn, end, point = [], 0, start
    for place, size in enumerate(sizes):
        if place in sure:
            drawn.append(place)
            continue
        end += left * size
        if point < end:
            drawn.append(place)
            point += length
    return drawn
