"""The inspections that a ranking is held against, as arrays of one length.

No statistic here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True)
class Sample:
    """One element an inspection.

    score: higher is worse, visited first · found: 1.0 where the outcome happened, else 0.0 · day: ordinal of the real
    inspection · stratum: only inspections of one stratum are compared (a period, an inspector within it) · cluster:
    what bootstrap draws as one (the entity) · weight: how many inspections of the population it stands for.
    """

    score: Floats
    found: Floats
    day: Ints
    stratum: Ints
    cluster: Ints
    weight: Floats

    def __len__(self) -> int:
        return len(self.score)

    @property
    def base_rate(self) -> float:
        """Weighted share of inspections with the outcome; NaN for an empty sample."""
        return share(self.found, np.ones(len(self)), self.weight)


def share(part: Floats, whole: Floats, weight: Floats) -> float:
    """Return Σ weight·part / Σ weight·whole; NaN where the whole is nothing."""
    total = float(weight @ whole)
    return float(weight @ part) / total if total > 0 else float("nan")


def numbered(*labels: NDArray[np.generic]) -> Ints:
    """Return a number for each distinct combination of labels, from 0."""
    codes = np.zeros(len(labels[0]), dtype=np.int64)
    for label in labels:
        values, place = np.unique(label, return_inverse=True)
        codes = codes * len(values) + place
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)
