"""The card of a fitted scorecard: what it was made of, what it was worth on later months, what was tried and dropped.

Plain values only; how the card is written and shown stands in pipelines.fit_report.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from models.evidence.binning import Bins
from models.evidence.fitted import Placed
from models.evidence.interval import bootstrap
from models.evidence.ranking import auc
from models.evidence.sample import Floats, Sample
from models.evidence.selection import Asked, Material, Model, Selected, later_blocks
from models.evidence.stability import counts_between, tenths
from models.evidence.verdict import CAPACITIES, verdict

_TENTHS = 10


def card(
    selected: Selected, model: Model, points: Mapping[str, Placed], within: Sample, asked: Asked, rounds: int, seed: int
) -> dict[str, Any]:
    """Return what is said of a fit; `within` are the held-out inspections compared within the inspector.

    held_out: each later month scored by a model of the months before it only, so nothing here was fitted to.
    """
    held = selected.held_out
    own = bootstrap({"auc": auc(within)}, within.cluster, within.weight, rounds, seed)["auc"]
    return {
        "asked": asdict(asked),
        "seed": seed,
        "rounds": rounds,
        "intercept": model.intercept,
        "indicators": [_indicator(name, model, points.get(name)) for name in selected.chosen],
        "curve": [{"indicator": n, "auc": v} for n, v in zip(selected.chosen, selected.curve, strict=True)],
        "dropped": dict(sorted(selected.dropped.items())),
        "held_out": asdict(verdict(held, CAPACITIES, rounds, seed)),
        "held_out_within_inspector": asdict(own),
        "folds": selected.fold_auc,
        "permutation_p": permutation_p(held, rounds, seed),
        "calibration": calibration(held),
    }


def reference(scored: Floats) -> dict[str, Any]:
    """Return the register's scores in classes, with their counts: what later scores are held against."""
    cuts = tenths(scored)
    return {"cuts": cuts, "counts": counts_between(cuts, scored)}


def calibration(held: Sample) -> list[dict[str, float]]:
    """Return tenths of the predicted chance of an outcome with what was found; held.score is in log-odds."""
    chance = 1 / (1 + np.exp(-held.score))
    place = np.searchsorted(np.quantile(chance, np.arange(1, _TENTHS) / _TENTHS), chance, "left")
    return [
        {
            "inspections": int((place == tenth).sum()),
            "predicted": float(chance[place == tenth].mean()),
            "found": float(held.found[place == tenth].mean()),
        }
        for tenth in np.unique(place)
    ]


def permutation_p(held: Sample, rounds: int, seed: int) -> float:
    """Return the chance that findings dealt out anew within each month rank as well; at least 1 / (rounds + 1)."""
    generator = np.random.default_rng(seed)
    real = auc(held)(held.weight)
    order = np.argsort(held.stratum, kind="stable")
    bounds = np.flatnonzero(np.diff(held.stratum[order])) + 1
    as_good = 0
    for _ in range(rounds):
        found = held.found.copy()
        for month in np.split(order, bounds):
            found[month] = generator.permutation(found[month])
        dealt = Sample(held.score, found, held.day, held.stratum, held.cluster, held.weight)
        as_good += auc(dealt)(held.weight) >= real
    return (1 + as_good) / (1 + rounds)


def ceiling(material: Material, asked: Asked) -> float:
    """Return the AUC on the same later months of boosted trees over every candidate: what points leave unsaid."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    columns = np.column_stack(list(material.values.values()))
    parts, places = [], []
    for before, block in later_blocks(material.sample.stratum, asked.first_share, asked.blocks):
        trees = HistGradientBoostingClassifier(
            max_depth=3, learning_rate=0.05, max_iter=120, min_samples_leaf=60, l2_regularization=5, random_state=0
        ).fit(columns[before], material.sample.found[before])
        parts.append(trees.decision_function(columns[block]))
        places.append(np.flatnonzero(block))
    held = material.at(np.concatenate(places)).sample
    scored = Sample(np.concatenate(parts), held.found, held.day, held.stratum, held.cluster, held.weight)
    return auc(scored)(scored.weight)


def _indicator(name: str, model: Model, one: Placed | None) -> dict[str, Any]:
    bins: Bins = model.bins[name]
    return {
        "indicator": name,
        "slope": model.slope[name],
        "weight": float(one.weight) if one else 0.0,
        "bins": [
            {**asdict(one), "log_odds": float(part)}
            for one, part in zip((*bins.known, bins.missing), model.parts(name), strict=True)
        ],
    }
