"""Integer arithmetic in micro-units (10^-6): the one place where a score is rounded.

No floating point anywhere, so that Python and SQL agree to the last digit.
"""

from decimal import Decimal

MICRO = 1_000_000


def half_even(product: int) -> int:
    """`product` / 10^6 rounded to the nearest integer, a tie to the even one; the same rule for negative numbers.

    >>> [half_even(n) for n in (500_000, 1_500_000, 2_500_000, -500_000, -1_500_000, -1_500_001)]
    [0, 2, 2, 0, -2, -2]
    """
    quotient, remainder = divmod(product, MICRO)  # floor division: 0 ≤ remainder < MICRO
    return quotient + (2 * remainder + (quotient & 1) > MICRO)


def micro(value: int | Decimal) -> int:
    """`value` in micro-units. Raises ValueError when it has more than six decimals."""
    scaled = Decimal(value) * MICRO
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{value} has more than six decimals")
    return int(scaled)
