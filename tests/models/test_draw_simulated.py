"""Thousands of whole draws: everybody is drawn as often as stated, in every stratum and by both methods.

z of each (task, entity) against its stated probability, bounded by Bonferroni at 0.1 % over all of them. The seeds are fixed,
so that a run that passes once always does. `make test` runs a short version, `make verify` the long one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from math import sqrt
from statistics import NormalDist

import pytest

from models.sampling.draw import draw
from models.sampling.protocol import digest
from tests.models import plans


def worst(rounds: int) -> dict[tuple[str, str], float]:
    """Greatest |z| of each stratum over `rounds` draws of the small city; certain entities must be drawn every time."""
    plan = plans.city(100, 20)
    drawn: Counter[tuple[str, str]] = Counter()
    stated: dict[tuple[str, str], float] = {}
    stratum_of: dict[tuple[str, str], tuple[str, str]] = {}
    for number in range(rounds):
        for found in draw(plan, digest(["simulated", str(number)])):
            where = (found.stratum.task_id, found.stratum.stratum_id)
            for row in found.drawn:
                drawn[found.stratum.task_id, row.entity_code] += 1
            if not number:
                for row in found.drawn + found.reserves:
                    own = (found.stratum.task_id, row.entity_code)
                    stated[own], stratum_of[own] = row.numerator / row.denominator, where
    assert len(stated) == plan.frame.height
    greatest: dict[tuple[str, str], float] = defaultdict(float)
    for own, share in stated.items():
        if share == 1:
            assert drawn[own] == rounds
        else:
            z = abs(drawn[own] - rounds * share) / sqrt(rounds * share * (1 - share))
            greatest[stratum_of[own]] = max(greatest[stratum_of[own]], z)
    bound = NormalDist().inv_cdf(1 - 0.001 / 2 / len(stated))
    assert max(greatest.values()) < bound, (bound, dict(greatest))
    assert set(drawn) == set(stated), "somebody was never drawn"
    return greatest


def test_inclusion_is_as_stated_over_two_thousand_draws() -> None:
    assert len(worst(2000)) == 5


@pytest.mark.slow
def test_inclusion_is_as_stated_over_twenty_thousand_draws() -> None:
    found = worst(20_000)
    print({stratum: round(z, 2) for stratum, z in found.items()})  # noqa: T201 (shown with -s: the figures of docs/benchmarks.md)
    assert len(found) == 5
