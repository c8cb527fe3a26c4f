"""A schedule against the order in which the inspections really took place: days earlier, days later, the first half.

The days that the inspections really had are the capacity: the same number on each day, in another order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.evidence.order import places
from models.evidence.sample import Floats, Sample

HALF = 0.5


@dataclass(frozen=True)
class Moved:
    """Per inspection, as the mean over all orders of equal scores.

    days_earlier: days (negative: later) · chance_days_earlier: the same if the stratum were visited in random order,
    which is above 0 where outcomes came late in the period · is_earlier, is_later: chances · in_first_half,
    was_in_first_half: chance to be, and to have been, among the first half of the inspections of its stratum.
    """

    days_earlier: Floats
    chance_days_earlier: Floats
    is_earlier: Floats
    is_later: Floats
    in_first_half: Floats
    was_in_first_half: Floats


def moved(sample: Sample) -> Moved:
    """Return what changes for each inspection when its stratum is visited by score, worst first, on the same days."""
    now = places(sample.score, sample.stratum)
    real = places(-sample.day.astype(np.float64), sample.stratum)
    count = len(sample)
    mean, middle, earlier, later = (np.empty(count) for _ in range(4))
    for stratum in np.unique(sample.stratum):
        at = np.flatnonzero(sample.stratum == stratum)
        slots = np.sort(sample.day[at])
        first, last, day = now.first[at], now.last[at], sample.day[at]
        sums = np.concatenate([[0], np.cumsum(slots)])
        shared = last - first
        middle[at] = slots.mean()
        mean[at] = (sums[last] - sums[first]) / shared
        # of the shared slots, those before the real day, and those after it
        earlier[at] = (np.clip(np.searchsorted(slots, day, "left"), first, last) - first) / shared
        later[at] = (last - np.clip(np.searchsorted(slots, day, "right"), first, last)) / shared
    return Moved(
        sample.day - mean,
        sample.day - middle,
        earlier,
        later,
        now.within(HALF * now.size),
        real.within(HALF * real.size),
    )
