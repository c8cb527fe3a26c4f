"""Unequal probabilities: exact, and equal to a published implementation.

The second opinion is R's package `sampling` 2.11 (Tillé and Matei, CRAN), whose two functions are written again here from
their definitions: `inclusionprobabilities(a, n)` and `UPsystematic(pik)` with the uniform start handed in.
"""

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.sampling import pps, verify
from models.sampling.protocol import START_TAG, below

SIZES = st.lists(st.integers(1, 60), min_size=1, max_size=14)


def published_probabilities(sizes: list[int], number: int) -> list[Fraction]:
    """R: share of n, those from 1 on become 1, the rest share what is left, until no more become certain."""
    share = [Fraction(number * size, sum(sizes)) for size in sizes]
    sure: set[int] = set()
    while sure != (now := {place for place, own in enumerate(share) if own >= 1}):
        sure = now
        rest = sum(size for place, size in enumerate(sizes) if place not in sure)
        share = [
            Fraction(1) if place in sure else Fraction((number - len(sure)) * size, rest)
            for place, size in enumerate(sizes)
        ]
    return share


def published_sample(shares: list[Fraction], start: Fraction) -> list[int]:
    """R: with the running sums of the shares below 1 less the start, modulo 1, whoever's falls is drawn."""
    drawn, total = [], Fraction(0)
    for place, share in enumerate(shares):
        if share == 1:
            drawn.append(place)
            continue
        before, total = total, total + share
        if (before - start) - floor(before - start) > (total - start) - floor(total - start):
            drawn.append(place)
    return drawn


@pytest.mark.parametrize(
    ("sizes", "number", "probabilities"),
    [
        # the example of R's help pages of UPsystematic and UPsystematicpi2
        ([2, 7, 8, 5, 4, 4], 3, ["0.2", "0.7", "0.8", "0.5", "0.4", "0.4"]),
        # nobody reaches 1 at once, but the largest does when the certain one is out
        ([100, 40, 5, 5, 5, 5], 3, ["1", "1", "1/4", "1/4", "1/4", "1/4"]),
        ([1, 2, 3], 3, ["1", "1", "1"]),
        ([5], 1, ["1"]),
    ],
)
def test_golden_inclusion_probabilities(sizes: list[int], number: int, probabilities: list[str]) -> None:
    expected = [Fraction(told) for told in probabilities]
    assert pps.probabilities(sizes, number) == expected == published_probabilities(sizes, number)


def test_joint_probabilities_of_the_published_example() -> None:
    """UPsystematicpi2(0.2, 0.7, 0.8, 0.5, 0.4, 0.4): how many of the 30 starts draw each pair, by R's own rule."""
    sizes, number = [2, 7, 8, 5, 4, 4], 3
    ours = [frozenset(pps.systematic(sizes, number, start)) for start in range(30)]
    shares = published_probabilities(sizes, number)
    theirs = [frozenset(published_sample(shares, Fraction(2 * start + 1, 60))) for start in range(30)]
    assert ours == theirs
    pairs = {(a, b): sum({a, b} <= drawn for drawn in ours) for a in range(6) for b in range(a + 1, 6)}
    assert sum(pairs.values()) == 30 * 3  # three pairs in each sample of three
    assert pairs[0, 1] == 0  # neighbours that together are shorter than one span never meet


@given(SIZES, st.data())
def test_every_start_draws_the_same_number_and_each_place_as_often_as_stated(
    sizes: list[int], data: st.DataObject
) -> None:
    number = data.draw(st.integers(1, len(sizes)))
    span = pps.span(sizes, number)
    times = dict.fromkeys(range(len(sizes)), 0)
    for start in range(span):
        drawn = pps.systematic(sizes, number, start)
        assert len(set(drawn)) == len(drawn) == number
        for place in drawn:
            times[place] += 1
    shares = pps.probabilities(sizes, number)
    assert [Fraction(count, span) for count in times.values()] == shares == published_probabilities(sizes, number)
    assert sum(shares) == number
    assert min(shares) > 0


@given(SIZES, st.data())
def test_every_sample_is_the_published_one(sizes: list[int], data: st.DataObject) -> None:
    number = data.draw(st.integers(1, len(sizes)))
    span = pps.span(sizes, number)
    start = data.draw(st.integers(0, span - 1))
    theirs = published_sample(published_probabilities(sizes, number), Fraction(2 * start + 1, 2 * span))
    assert pps.systematic(sizes, number, start) == theirs


@given(SIZES, st.data())
def test_the_verifier_draws_the_same(sizes: list[int], data: st.DataObject) -> None:
    number = data.draw(st.integers(1, len(sizes)))
    members = [(f"{place:02}", f"E{place}", size) for place, size in enumerate(sizes)]
    ratio = -(-number * 1_000_000 // len(sizes)) - 1
    ratio = ratio if -(-ratio * len(sizes) // 1_000_000) == number else ratio + 1
    stratum = {"task_id": "T", "stratum_id": "S", "drawn": number, "population": len(sizes), "ratio_ppm": ratio}
    rows, _ = verify.draw_stratum({**stratum, "method": "pps"}, members, "seed")
    start = below(pps.span(sizes, number), [START_TAG, "seed", "T", "S"])
    assert [row[3] for row in rows] == [f"E{place}" for place in pps.systematic(sizes, number, start)]
    shares = pps.probabilities(sizes, number)
    assert [Fraction(int(row[5]), int(row[6])) for row in rows] == [shares[int(row[3][1:])] for row in rows]


@pytest.mark.parametrize(("sizes", "number"), [([0, 1], 1), ([1, 2], 3), ([1], -1)])
def test_what_cannot_be_drawn_is_an_error(sizes: list[int], number: int) -> None:
    with pytest.raises(ValueError, match="cannot be drawn"):
        pps.probabilities(sizes, number)
