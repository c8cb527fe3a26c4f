"""How well a score ranks: AUC within strata, and what visiting the worst first finds at a capacity.

Days and schedules are in schedule.py; intervals in interval.py.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from models.evidence.order import places
from models.evidence.sample import Floats, Sample, share

Statistic = Callable[[Floats], float]  # of the weights of the inspections of one sample; NaN where it has no value


def auc(sample: Sample) -> Statistic:
    """Return the chance that an inspection with the outcome scores above one without it, both of one stratum.

    Ties count half; pairs weigh as the product of their weights. With one stratum it is the usual area under the curve.
    """
    count = len(sample)
    if not count:
        return lambda _: float("nan")
    order = np.lexsort((sample.score, sample.stratum))
    stratum, score, found = sample.stratum[order], sample.score[order], sample.found[order]
    is_stratum = np.concatenate([[True], stratum[1:] != stratum[:-1]])
    starts = np.flatnonzero(is_stratum | np.concatenate([[True], score[1:] != score[:-1]]))
    first_group = np.flatnonzero(is_stratum[starts])  # of each stratum, among the tie groups
    groups = np.diff(first_group, append=len(starts))

    def of(weight: Floats) -> float:
        ordered = weight[order]
        hits = np.add.reduceat(ordered * found, starts)
        misses = np.add.reduceat(ordered * (1 - found), starts)
        before = np.cumsum(misses) - misses
        below = before - np.repeat(before[first_group], groups)
        pairs = np.add.reduceat(hits, first_group) @ np.add.reduceat(misses, first_group)
        return float(hits @ (below + misses / 2) / pairs) if pairs > 0 else float("nan")

    return of


def chosen(sample: Sample, capacity: float) -> Floats:
    """Return the chance of each inspection to be among the worst `capacity` (0–1) of its stratum."""
    found = places(sample.score, sample.stratum)
    return found.within(capacity * found.size)


def at_capacity(sample: Sample, capacity: float) -> dict[str, Statistic]:
    """Return sensitivity, specificity, precision and lift when the worst `capacity` (0–1) of each stratum is visited.

    sensitivity: share of the outcomes that are visited · specificity: share of the inspections without outcome that are
    spared · precision: share of the visits with the outcome · lift: precision over the rate of all.
    """
    picked, found = chosen(sample, capacity), sample.found
    everyone = np.ones(len(sample))

    def lift(weight: Floats) -> float:
        rate = share(found, everyone, weight)
        return share(found * picked, picked, weight) / rate if rate > 0 else float("nan")

    return {
        "sensitivity": lambda weight: share(found * picked, found, weight),
        "specificity": lambda weight: share((1 - found) * (1 - picked), 1 - found, weight),
        "precision": lambda weight: share(found * picked, picked, weight),
        "lift": lift,
    }
