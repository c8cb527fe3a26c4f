"""Bins of one indicator and the weight of evidence of each: how much more often than usual something was found there.

Which indicators are used is decided in selection.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.evidence.sample import Floats
from models.scorecard.grade_scale import Direction

_DECIMALS = 4  # of a cut: a person reads it


@dataclass(frozen=True)
class Bin:
    """Values from `lower` on (None: the value is missing): inspections, outcomes, and their weight of evidence."""

    lower: float | None
    inspections: int
    found: int
    evidence: float


@dataclass(frozen=True)
class Bins:
    """The bins of an indicator, lowest value first, and the bin of those who have none."""

    known: tuple[Bin, ...]
    missing: Bin

    def evidence_of(self, values: Floats) -> Floats:
        """Return the weight of evidence of each value; NaN is missing."""
        cuts = np.array([one.lower for one in self.known[1:]])
        of_bin = np.array([one.evidence for one in self.known])
        told = of_bin[np.searchsorted(cuts, np.nan_to_num(values), "right")]
        return np.where(np.isnan(values), self.missing.evidence, told)


def binned(
    values: Floats, found: Floats, direction: Direction, most: int, least_share: float, prior: float
) -> Bins | None:
    """Cut an indicator where the rate of outcomes differs most, never against `direction`; None where nothing differs.

    values: NaN is missing. found: 1.0 where the outcome happened. most: bins of known values. least_share: of all
    inspections, in each bin. prior: inspections at the overall rate (above 0)
    that count beside those of a bin.
    A missing value never speaks better than the best bin of known ones, which is what a scorecard demands.
    """
    from sklearn.tree import DecisionTreeClassifier

    base, is_known = found.mean(), ~np.isnan(values)
    least = max(int(np.ceil(least_share * len(values))), 1)
    if not 0 < base < 1 or is_known.sum() < least:
        return None
    sign = 1 if direction == "higher_is_worse" else -1
    cuts = np.empty(0)
    if is_known.sum() >= 2 * least and len(np.unique(found[is_known])) == 2:
        tree = DecisionTreeClassifier(
            criterion="log_loss", max_leaf_nodes=most, min_samples_leaf=least, monotonic_cst=[sign], random_state=0
        ).fit(values[is_known, None], found[is_known])
        cuts = np.unique(np.round(tree.tree_.threshold[tree.tree_.children_left >= 0], _DECIMALS))
        cuts = cuts[cuts > 0]

    def weighed(at: np.ndarray, lower: float | None) -> Bin:
        inspections, hits = int(at.sum()), int(found[at].sum())
        rate = (hits + prior * base) / (inspections + prior)
        return Bin(lower, inspections, hits, float(np.log(rate / (1 - rate)) - np.log(base / (1 - base))))

    place = np.searchsorted(cuts, np.nan_to_num(values), "right")
    known = [weighed(is_known & (place == n), lower) for n, lower in enumerate([0.0, *cuts.tolist()])]
    known = _in_direction(known, sign)
    missing = weighed(~is_known, None)
    least_evidence = min(one.evidence for one in known)
    if missing.evidence < least_evidence or not missing.inspections:
        missing = Bin(None, missing.inspections, missing.found, max(0.0, least_evidence))
    if len({one.evidence for one in [*known, missing]}) == 1:
        return None
    return Bins(tuple(known), missing)


def _in_direction(known: list[Bin], sign: int) -> list[Bin]:
    """Let no bin go against the direction: drawn towards the base, a small bin may fall behind a larger neighbour."""
    rising: list[Bin] = []
    for one in known:
        if rising and sign * one.evidence < sign * rising[-1].evidence:
            one = Bin(one.lower, one.inspections, one.found, rising[-1].evidence)  # noqa: PLW2901
        rising.append(one)
    return rising
