"""Which indicators a fitted scorecard uses: one more as long as later months are predicted better.

How a single indicator is cut stands in binning.py; how points come of it, in fitted.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np

from models.evidence.binning import Bins, binned
from models.evidence.ranking import auc
from models.evidence.sample import Floats, Sample
from models.scorecard.grade_scale import Direction


@dataclass(frozen=True)
class Asked:
    """The conventions of a fit (policy evidence.fit)."""

    most_indicators: int
    most_bins: int
    least_share: float
    penalty: float
    least_gain: float
    first_share: float
    blocks: int
    grade_shares: tuple[float, ...]


@dataclass(frozen=True)
class Material:
    """What is fitted: `values` by indicator (NaN is missing), its direction, and the sample; day strata are months."""

    values: Mapping[str, Floats]
    direction: Mapping[str, Direction]
    sample: Sample

    def at(self, rows: np.ndarray) -> Material:
        """Return the inspections at these places."""
        one = self.sample
        part = Sample(*(a[rows] for a in (one.score, one.found, one.day, one.stratum, one.cluster, one.weight)))
        return Material({name: values[rows] for name, values in self.values.items()}, self.direction, part)


@dataclass(frozen=True)
class Model:
    """A logistic model of bins: intercept, and by indicator its bins, the slope over their levels, and `missing`.

    What a missing value adds is never less than what the best bin adds, as a scorecard demands.
    """

    intercept: float
    bins: dict[str, Bins]
    slope: dict[str, float]
    missing: dict[str, float]

    def parts(self, name: str) -> Floats:
        """Return what each known bin of an indicator adds to the log-odds, and last what a missing value adds."""
        known = [self.slope[name] * one.level for one in self.bins[name].known]
        return np.array([*known, max(self.missing[name], min(known))])

    def score(self, values: Mapping[str, Floats]) -> Floats:
        """Return the log-odds of an outcome."""
        added = [self.parts(name)[bins.place_of(values[name])] for name, bins in self.bins.items()]
        return np.asarray(self.intercept + np.sum(added, axis=0), dtype=np.float64)


@dataclass(frozen=True)
class Selected:
    """What was chosen, in order, with the AUC on later months after each; and the rest with why it was left out.

    dropped: no_value (nobody has one), no_difference (none, or only against the declared direction), no_gain.
    """

    chosen: list[str]
    curve: list[float]
    dropped: dict[str, str]
    held_out: Sample = field(repr=False)
    fold_auc: list[float] = field(default_factory=list)


# The months before a block, the block, and the bins of the former once they are made.
Fold: TypeAlias = tuple[Material, Material, dict[str, Bins | None]]


def later_blocks(stratum: np.ndarray, first_share: float, blocks: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return pairs of masks: the months before a block, and the block; the last block ends with the last month.

    Raises:
        ValueError: there are too few months.
    """
    months = np.unique(stratum)
    first = int(np.ceil(first_share * len(months)))
    if first < 1 or len(months) - first < blocks:
        raise ValueError(f"{len(months)} months are too few for {blocks} blocks after the first {first}")
    return [(stratum < block[0], np.isin(stratum, block)) for block in np.array_split(months[first:], blocks)]


def fit_model(
    material: Material, names: Sequence[str], asked: Asked, known: dict[str, Bins | None] | None = None
) -> Model:
    """Fit the logistic model of these indicators; `known` keeps their bins between calls on the same material.

    Columns are brought to one scale before the penalty, so that no indicator is held back for its unit.

    Raises:
        ValueError: an indicator does not differ at all in this material.
    """
    from sklearn.linear_model import LogisticRegression

    kept = {} if known is None else known
    for name in names:
        if name not in kept:
            values = material.values[name]
            kept[name] = binned(values, material.sample.found, asked.most_bins, asked.least_share)
    bins = {name: one for name in names if (one := kept[name]) is not None}
    if len(bins) < len(names):
        raise ValueError(f"nothing differs by {', '.join(sorted(set(names) - set(bins)))}")
    columns = np.column_stack([one.columns_of(material.values[name]) for name, one in bins.items()])
    scale = np.where((spread := columns.std(axis=0)) > 0, spread, 1.0)
    fitted = LogisticRegression(C=asked.penalty, max_iter=1000)
    fitted.fit(columns / scale, material.sample.found, material.sample.weight)
    weights = (fitted.coef_[0] / scale).reshape(-1, 2)
    slope, missing = (dict(zip(bins, column.tolist(), strict=True)) for column in weights.T)
    return Model(float(fitted.intercept_[0]), bins, slope, missing)


def keeps_directions(model: Model, direction: Mapping[str, Direction]) -> bool:
    """Whether no indicator speaks against the direction that the registry declares for it."""
    return all(slope > 0 if direction[name] == "higher_is_worse" else slope < 0 for name, slope in model.slope.items())


def select(material: Material, asked: Asked) -> Selected:
    """Add the indicator that predicts later months best, until none gains enough; all keep their direction."""
    folds: list[Fold] = [
        (material.at(np.flatnonzero(before)), material.at(np.flatnonzero(block)), {})
        for before, block in later_blocks(material.sample.stratum, asked.first_share, asked.blocks)
    ]
    dropped, candidates = _sieve(material, asked)
    chosen: list[str] = []
    curve: list[float] = []
    while candidates and len(chosen) < asked.most_indicators:
        tried = {name: _held_out(folds, [*chosen, name], asked) for name in sorted(candidates)}
        scored = {name: auc(one)(one.weight) for name, one in tried.items() if one is not None}
        if not scored:
            break
        best = max(scored, key=lambda name: (scored[name], name))
        if scored[best] - (curve[-1] if curve else 0.5) < asked.least_gain:
            break
        chosen.append(best)
        curve.append(scored[best])
        candidates.remove(best)
    if not chosen:
        raise ValueError("no indicator predicts later months better than chance")
    dropped |= dict.fromkeys(candidates, "no_gain")
    held_out = _held_out(folds, chosen, asked)
    assert held_out is not None  # noqa: S101 (it was not None when the last indicator was chosen)
    parts = [_held_out([fold], chosen, asked) for fold in folds]
    return Selected(chosen, curve, dropped, held_out, [auc(one)(one.weight) for one in parts if one is not None])


def _sieve(material: Material, asked: Asked) -> tuple[dict[str, str], set[str]]:
    """Return what cannot be used, with the reason, and what is left."""
    dropped, left = {}, set()
    for name, values in material.values.items():
        if np.isnan(values).all():
            dropped[name] = "no_value"
        elif not _differs(material, name, asked):
            dropped[name] = "no_difference"
        else:
            left.add(name)
    return dropped, left


def _differs(material: Material, name: str, asked: Asked) -> bool:
    try:
        return keeps_directions(fit_model(material, [name], asked), material.direction)
    except ValueError:
        return False


def _held_out(folds: Sequence[Fold], names: Sequence[str], asked: Asked) -> Sample | None:
    """Score each block by a model of the months before it; None where a fold cannot use an indicator as declared."""
    parts = []
    for before, block, kept in folds:
        try:
            model = fit_model(before, names, asked, kept)
        except ValueError:
            return None
        if not keeps_directions(model, before.direction):
            return None
        parts.append(replace(block.sample, score=model.score(block.values)))
    return Sample(*(np.concatenate([getattr(one, name) for one in parts]) for name in Sample.__dataclass_fields__))
