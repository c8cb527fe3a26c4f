"""From a logistic model to a scorecard a person can read: weights, points, cuts; the score stays linear.

Which indicators, and how they are cut, was decided before (selection.py, binning.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import numpy as np

from models.evidence.sample import Floats
from models.evidence.selection import Model

_WEIGHT, _POINT, _CUT = Decimal("0.001"), Decimal("0.1"), Decimal("0.01")


@dataclass(frozen=True)
class Placed:
    """Points of one indicator: its group, its weight in the score, points by bin, and points where it is missing."""

    group: str
    weight: Decimal
    brackets: tuple[tuple[Decimal, Decimal], ...]
    missing: Decimal

    def points_of(self, values: Floats) -> Floats:
        """Return weight × points of each value; NaN is missing."""
        cuts = np.array([float(lower) for lower, _ in self.brackets[1:]])
        of_bin = np.array([float(points) for _, points in self.brackets])
        points = of_bin[np.searchsorted(cuts, np.nan_to_num(values), "right")]
        return float(self.weight) * np.where(np.isnan(values), float(self.missing), points)


def placed(model: Model, group_of: Mapping[str, str]) -> dict[str, Placed]:
    """Turn a model into points: 0 for the best bin of an indicator, 100 for its worst; weights by their reach, sum 1.

    An indicator whose reach rounds to a weight of nothing is left out.
    """
    parts = {name: model.parts(name) for name in model.bins}
    least = {name: float(part.min()) for name, part in parts.items()}
    reach = {name: float(part.max()) - least[name] for name, part in parts.items()}
    weights = _whole({name: size for name, size in reach.items() if size > 0})

    def points(name: str, part: float) -> Decimal:
        return Decimal(str(100 * (part - least[name]) / reach[name])).quantize(_POINT, ROUND_HALF_EVEN)

    return {
        name: Placed(
            group_of[name],
            weight,
            tuple(
                (Decimal(str(one.lower)), points(name, part))
                for one, part in zip(model.bins[name].known, parts[name][:-1], strict=True)
            ),
            points(name, parts[name][-1]),
        )
        for name, weight in weights.items()
    }


def scores(card: Mapping[str, Placed], values: Mapping[str, Floats]) -> Floats:
    """Return the score of each row, 0 (best) to 100."""
    return np.asarray(np.sum([one.points_of(values[name]) for name, one in card.items()], axis=0), dtype=np.float64)


def cuts(scored: Floats, shares: Sequence[float]) -> list[Decimal]:
    """Return the cuts that give each grade about its share of the rows, best grade first; each lies between two scores.

    Raises:
        ValueError: too few different scores for so many grades.
    """
    distinct = np.unique(scored)
    found: list[Decimal] = []
    for share in np.cumsum(shares)[:-1]:
        at = int(np.searchsorted(distinct, np.quantile(scored, share)))
        between = (distinct[max(at, 1) - 1] + distinct[min(max(at, 1), len(distinct) - 1)]) / 2
        found.append(Decimal(str(between)).quantize(_CUT, ROUND_HALF_EVEN))
    if len(set(found)) < len(found) or found != sorted(found):
        raise ValueError(f"only {len(distinct)} different scores: the cuts {found} do not divide them into grades")
    return found


def pack(
    card: Mapping[str, Placed], titles: Mapping[str, str], cut: Sequence[Decimal], base: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the value of `scorecard.<pack>`: fitted points and cuts, grades and vetoes of the pack in force."""
    used = {one.group for one in card.values()}
    return {
        "method": "weighted_sum_v1",
        "direction": "higher_is_worse",
        "grades": {"best_first": list(base["grades"]["best_first"]), "cuts": list(cut), "on_cut": "worse"},
        "groups": {group: title for group, title in titles.items() if group in used},
        "indicators": {
            name: {
                "group": one.group,
                "weight": one.weight,
                "missing": one.missing,
                "brackets": [list(pair) for pair in one.brackets],
            }
            for name, one in card.items()
        },
        "vetoes": list(base["vetoes"]),
    }


def _whole(reach: Mapping[str, float]) -> dict[str, Decimal]:
    """Share 1 among the parts in thousandths, by largest remainder; parts that get nothing are left out."""
    total = sum(reach.values())
    exact = {name: Decimal(str(size / total)) for name, size in reach.items()}
    floor = {name: share // _WEIGHT * _WEIGHT for name, share in exact.items()}
    left = int((1 - sum(floor.values())) / _WEIGHT)
    for name in sorted(exact, key=lambda one: (floor[one] - exact[one], one))[:left]:
        floor[name] += _WEIGHT
    return {name: weight for name, weight in floor.items() if weight > 0}
