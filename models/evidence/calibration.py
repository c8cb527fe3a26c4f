"""Bands of a score: does the rate of outcomes rise with it, and by how much.

A scorecard that promises no probability is calibrated when its bands rise; one that does, when score and rate agree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.evidence.interval import Estimate, wilson
from models.evidence.sample import Sample

BANDS = 10


@dataclass(frozen=True)
class Band:
    """The inspections between two scores: how many, their mean score, and the rate of outcomes with its interval."""

    inspections: int
    mean_score: float
    rate: Estimate


def bands(sample: Sample) -> list[Band]:
    """Return about BANDS bands of equally many inspections, lowest score first; equal scores stay together."""
    if not len(sample):
        return []
    cuts = np.unique(np.quantile(sample.score, np.arange(1, BANDS) / BANDS))
    place = np.searchsorted(cuts, sample.score, "left")
    found = []
    for band in np.unique(place):
        at = place == band
        inspections = int(at.sum())
        rate = wilson(float(sample.found[at].sum()), inspections)
        found.append(Band(inspections, float(sample.score[at].mean()), rate))
    return found
