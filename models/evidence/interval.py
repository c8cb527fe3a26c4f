"""Intervals: Wilson for a share of counts, percentile bootstrap for everything else.

Which statistic is asked for is decided elsewhere; every seed is given.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.evidence.ranking import Statistic
from models.evidence.sample import Floats, Ints

LEVEL = 0.95
_Z = 1.959963984540054  # the normal quantile of LEVEL, both sides


@dataclass(frozen=True)
class Estimate:
    """A value with the ends of its 95 % interval; None where it has none (nothing to divide by)."""

    value: float | None
    low: float | None
    high: float | None


def wilson(part: float, whole: float) -> Estimate:
    """Return a share of counts with Wilson's score interval (Wilson 1927); no value when `whole` is 0."""
    if whole <= 0:
        return Estimate(None, None, None)
    rate, square = part / whole, _Z * _Z / whole
    middle = (rate + square / 2) / (1 + square)
    reach = _Z * math.sqrt(rate * (1 - rate) / whole + square / whole / 4) / (1 + square)
    return Estimate(rate, max(0.0, min(rate, middle - reach)), min(1.0, max(rate, middle + reach)))


def bootstrap(
    statistics: Mapping[str, Statistic], cluster: Ints, weight: Floats, rounds: int, seed: int
) -> dict[str, Estimate]:
    """Return each statistic with its percentile interval from `rounds` draws of whole clusters with replacement.

    Clusters, because an entity that is inspected twice does not tell twice as much. All statistics see the same draws;
    the same seed gives the same interval. A draw in which a statistic has no value is left out of its interval.
    """
    members, place = np.unique(cluster, return_inverse=True)
    generator = np.random.default_rng(seed)
    drawn: dict[str, list[float]] = {name: [] for name in statistics}
    for _ in range(rounds if len(members) else 0):
        times = np.bincount(generator.integers(0, len(members), len(members)), minlength=len(members))
        again = weight * times[place]
        for name, statistic in statistics.items():
            drawn[name].append(statistic(again))
    return {name: _estimate(statistic(weight), drawn[name]) for name, statistic in statistics.items()}


def _estimate(value: float, drawn: list[float]) -> Estimate:
    told = np.array([one for one in drawn if math.isfinite(one)])
    if not math.isfinite(value) or not len(told):
        return Estimate(value if math.isfinite(value) else None, None, None)
    low, high = np.quantile(told, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value, float(low), float(high))
