"""Visiting in the order of a score: which places of each stratum the inspections of one score share.

Ties are never broken: inspections of equal score share their places, and every figure is the mean over all orders.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.evidence.sample import Floats, Ints


@dataclass(frozen=True)
class Places:
    """Per inspection: the places [first, last) of its stratum that its tie group shares, counted from 0.

    Place 0 is visited first. `size` is the number of inspections of the stratum.
    """

    first: Ints
    last: Ints
    size: Ints

    def within(self, capacity: NDArray[np.floating]) -> Floats:
        """Return the chance of each inspection to be among the first `capacity` places of its stratum."""
        inside = np.clip(capacity - self.first, 0, self.last - self.first)
        return np.asarray(inside / (self.last - self.first), dtype=np.float64)


def places(score: Floats, stratum: Ints) -> Places:
    """Return the places of each inspection when the highest score of each stratum is visited first."""
    count = len(score)
    if not count:
        return Places(*(np.empty(0, dtype=np.int64) for _ in range(3)))
    order = np.lexsort((-score, stratum))
    new_stratum = np.concatenate([[True], stratum[order][1:] != stratum[order][:-1]])
    new_group = new_stratum | np.concatenate([[True], score[order][1:] != score[order][:-1]])
    begin, length = _runs(new_stratum, count)
    first, ties = _runs(new_group, count)
    found = Places(*(np.empty(count, dtype=np.int64) for _ in range(3)))
    found.first[order] = first - begin
    found.last[order] = first - begin + ties
    found.size[order] = length
    return found


def _runs(is_new: np.ndarray, count: int) -> tuple[Ints, Ints]:
    """Return start and length of the run that each element belongs to."""
    starts = np.flatnonzero(is_new)
    lengths = np.diff(starts, append=count)
    return np.repeat(starts, lengths), np.repeat(lengths, lengths)
