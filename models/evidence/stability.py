"""Stability between two days: the population stability index, and who moved from which grade to which.

What counts as unstable is for the reader; no threshold here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from models.evidence.interval import Estimate
from models.evidence.sample import Floats

_TENTHS = 10


def population_stability(before: Sequence[float], after: Sequence[float]) -> float:
    """Return Σ (q − p)·ln(q / p) over the classes, p and q being shares of counts, each raised by half a case.

    0 means equal shares. The half case keeps an empty class from making the index infinite.

    Raises:
        ValueError: the two do not have the same classes.
    """
    if len(before) != len(after):
        raise ValueError(f"{len(before)} classes before, {len(after)} after; both need the same")
    one, other = (np.asarray(counts, dtype=np.float64) + 0.5 for counts in (before, after))
    p, q = one / one.sum(), other / other.sum()
    return float(((q - p) * np.log(q / p)).sum())


def score_stability(before: Floats, after: Floats) -> float:
    """Return the index over tenths of the earlier scores."""
    cuts = tenths(before)
    return population_stability(counts_between(cuts, before), counts_between(cuts, after))


def tenths(scores: Floats) -> list[float]:
    """Return the cuts between tenths of the scores, ascending; equal cuts are one, so a tenth may hold more."""
    if not len(scores):
        return []
    return [float(cut) for cut in np.unique(np.quantile(scores, np.arange(1, _TENTHS) / _TENTHS))]


def counts_between(cuts: Sequence[float], scores: Floats) -> list[int]:
    """Return how many scores lie below the first cut, from each cut up to the next, and from the last one on."""
    found = np.bincount(np.searchsorted(cuts, scores, "right"), minlength=len(cuts) + 1)
    return [int(count) for count in found]


def is_below(measured: Estimate, promised: float | None, found: int, least_found: int) -> bool:
    """Whether a figure lies below what its card promised: the whole interval, with enough found to say so."""
    return bool(
        promised is not None and found >= least_found and measured.high is not None and measured.high < promised
    )


def migration(before: Sequence[str], after: Sequence[str], grades: Sequence[str]) -> list[list[int]]:
    """Return how many went from each grade (row) to each grade (column), both in the order of `grades`."""
    count = Counter(zip(before, after, strict=True))
    return [[count[one, other] for other in grades] for one in grades]
