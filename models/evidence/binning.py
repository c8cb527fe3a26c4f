"""Bins of one indicator: where its values are cut, and how high each bin stands on a logarithmic scale.

How much a bin speaks for or against is fitted in selection.py; which indicators are used is decided there too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.evidence.sample import Floats

_DECIMALS = 4  # of a cut: a person reads it


@dataclass(frozen=True)
class Bin:
    """Values from `lower` on (None: missing): inspections, outcomes, and `level`, the mean of ln(1 + value)."""

    lower: float | None
    inspections: int
    found: int
    level: float


@dataclass(frozen=True)
class Bins:
    """The bins of an indicator, lowest value first, and the bin of those who have none."""

    known: tuple[Bin, ...]
    missing: Bin

    def place_of(self, values: Floats) -> np.ndarray:
        """Return the number of each value's bin; a missing value (NaN) has the number after the last."""
        cuts = np.array([one.lower for one in self.known[1:]])
        return np.where(np.isnan(values), len(self.known), np.searchsorted(cuts, np.nan_to_num(values), "right"))

    def columns_of(self, values: Floats) -> Floats:
        """Return two columns: the level of each value's bin (0 where it is missing), and 1 where it is missing."""
        levels = np.array([*(one.level for one in self.known), 0.0])
        place = self.place_of(values)
        return np.column_stack([levels[place], place == len(self.known)])


def binned(values: Floats, found: Floats, most: int, least_share: float) -> Bins | None:
    """Cut an indicator into bins of about equally many inspections; None where all known values fall into one bin.

    values: NaN is missing. found: 1.0 where the outcome happened; counted only, it moves no cut. most: bins of known
    values. least_share: of all inspections, in each of them.
    """
    is_known = ~np.isnan(values)
    known_values = np.sort(values[is_known])
    least = max(int(np.ceil(least_share * len(values))), 1)
    wanted = min(most, len(known_values) // least)
    if wanted < 2:
        return None
    cuts: list[float] = []
    for share in np.arange(1, wanted) / wanted:
        cut = float(np.round(np.quantile(known_values, share), _DECIMALS))
        before = np.searchsorted(known_values, cuts[-1] if cuts else 0.0, "left") if cuts else 0
        inside = int(np.searchsorted(known_values, cut, "left")) - int(before)
        left = len(known_values) - int(np.searchsorted(known_values, cut, "left"))
        if cut > (cuts[-1] if cuts else 0.0) and inside >= least and left >= least:
            cuts.append(cut)
    cuts = cuts or _first_cut(known_values, least)
    if not cuts:
        return None
    place = np.searchsorted(np.array(cuts), np.nan_to_num(values), "right")
    bins = []
    for number, lower in enumerate([0.0, *cuts]):
        at = is_known & (place == number)
        bins.append(Bin(lower, int(at.sum()), int(found[at].sum()), float(np.log1p(values[at]).mean())))
    nobody = int((~is_known).sum())
    return Bins(tuple(bins), Bin(None, nobody, int(found[~is_known].sum()), 0.0))


def _first_cut(known_values: Floats, least: int) -> list[float]:
    """Return the cut above the lowest value, for an indicator that most have at its lowest."""
    above = known_values[known_values > known_values[0]]
    cut = float(np.ceil(above[0] * 10**_DECIMALS) / 10**_DECIMALS) if len(above) else 0.0
    is_enough = len(above) >= least and (known_values >= cut).sum() >= least and len(known_values) - len(above) >= least
    return [cut] if is_enough else []
