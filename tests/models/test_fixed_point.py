"""The one rounding rule: half to even, for every sign, as DECIMAL arithmetic does it.

Not here: scores.
"""

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.scorecard.fixed_point import MICRO, half_even, micro


@given(st.integers(-(10**18), 10**18))
def test_as_decimal_rounds(product: int) -> None:
    assert half_even(product) == int((Decimal(product) / MICRO).to_integral_value(ROUND_HALF_EVEN))


@given(st.integers(-(10**9), 10**9))
def test_ties_go_to_the_even_neighbour(whole: int) -> None:
    assert half_even(whole * MICRO + MICRO // 2) == whole + whole % 2


@given(st.integers(-(10**15), 10**15))
def test_the_same_for_negative_numbers(product: int) -> None:
    assert half_even(-product) == -half_even(product)


def test_more_than_six_decimals_are_refused() -> None:
    assert micro(Decimal("-0.000001")) == -1
    with pytest.raises(ValueError, match="six decimals"):
        micro(Decimal("0.0000001"))
