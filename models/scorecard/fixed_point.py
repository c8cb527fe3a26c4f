"""Integer arithmetic in micro-units (10^-6): the one place where a score is rounded.

No floating point anywhere, so that Python and SQL agree to the last digit.
"""

from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

MICRO = 1_000_000
Ints = NDArray[np.int64]


def half_even(product: int, divisor: int = MICRO) -> int:
    """`product` / `divisor` rounded to the nearest integer, a tie to the even one; the same rule for negative numbers.

    >>> [half_even(n) for n in (500_000, 1_500_000, 2_500_000, -500_000, -1_500_000, -1_500_001)]
    [0, 2, 2, 0, -2, -2]
    """
    quotient, remainder = divmod(product, divisor)  # floor division: 0 ≤ remainder < divisor
    return quotient + (2 * remainder + (quotient & 1) > divisor)


def half_even_each(products: Ints) -> Ints:
    """`half_even` of each element of an array of whole micro-units squared; |product| < 2^62."""
    quotient = products // MICRO
    remainder = products - quotient * MICRO
    rounded: Ints = quotient + (2 * remainder + (quotient & 1) > MICRO)
    return rounded


def micro(value: int | Decimal) -> int:
    """`value` in micro-units. Raises ValueError when it has more than six decimals."""
    scaled = Decimal(value) * MICRO
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{value} has more than six decimals")
    return int(scaled)
