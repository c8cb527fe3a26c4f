"""Everything that is said of one ranking on one sample: rates by grade, AUC, capacities, days earlier, bands.

Each figure is defined where its name says; here only which are asked for and with what interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.evidence.calibration import Band, bands
from models.evidence.interval import Estimate, bootstrap, wilson
from models.evidence.ranking import Statistic, at_capacity, auc
from models.evidence.sample import Floats, Sample, share
from models.evidence.schedule import moved

NOTHING = Estimate(None, None, None)
CAPACITIES = (0.1, 0.25, 0.5)  # shares of the inspections that a report asks about where nobody named others


@dataclass(frozen=True)
class GradeRate:
    """One grade: inspections, outcomes found, share of all inspections, and rate of outcomes."""

    grade: str
    inspections: int
    found: int
    share: float
    rate: Estimate


@dataclass(frozen=True)
class Capacity:
    """The worst `share` of the inspections visited: what is found and what is spared (ranking.at_capacity)."""

    share: float
    sensitivity: Estimate
    specificity: Estimate
    precision: Estimate
    lift: Estimate


@dataclass(frozen=True)
class Reordered:
    """The outcomes, visited by score on the same days: mean days earlier, counts earlier, later and on the same day.

    chance_days_earlier: what a random order would give.
    first_half, was_first_half: share of the outcomes in the first half of the inspections, then and in the real order.
    """

    days_earlier: Estimate
    chance_days_earlier: Estimate
    earlier: float
    later: float
    same_day: float
    later_share: Estimate
    first_half: Estimate
    was_first_half: Estimate


@dataclass(frozen=True)
class Verdict:
    """What a ranking is worth on a sample; `grades`, worst over best and AUC of the grades only if it has grades."""

    inspections: int
    found: int
    strata: int
    base_rate: float | None
    grades: list[GradeRate]
    worst_to_best: Estimate
    is_rising: bool | None
    auc: Estimate
    grade_auc: Estimate
    capacities: list[Capacity]
    reordered: Reordered
    bands: list[Band]


def verdict(
    sample: Sample,
    capacities: Sequence[float],
    rounds: int,
    seed: int,
    grade_no: NDArray[np.int64] | None = None,
    grades: Sequence[str] = (),
) -> Verdict:
    """Judge a ranking; `grade_no` is the place of each inspection's grade in `grades` (best first), if it has grades.

    Rates by grade are of what each stratum's own rate lets expect: with one stratum, no weights, the plain share with
    Wilson's interval; else Σ found over Σ expected, times the rate of all, with a bootstrap interval.
    """
    is_plain = not sample.stratum.any() and bool((sample.weight == 1).all())
    asked: dict[str, Statistic] = {"auc": auc(sample)}
    if grade_no is not None:
        asked |= _of_grades(sample, grade_no, len(grades))
    for capacity in capacities:
        asked |= {f"{name} {capacity}": one for name, one in at_capacity(sample, capacity).items()}
    change = moved(sample)
    found = sample.found
    for name, part in {
        "days_earlier": change.days_earlier,
        "chance_days_earlier": change.chance_days_earlier,
        "later_share": change.is_later,
        "first_half": change.in_first_half,
        "was_first_half": change.was_in_first_half,
    }.items():
        asked[name] = _mean_of_found(part, found)
    told = bootstrap(asked, sample.cluster, sample.weight, rounds, seed)
    rates = []
    if grade_no is not None:
        for number, grade in enumerate(grades):
            at = np.equal(grade_no, number).astype(np.float64)
            count, hits = int(at.sum()), int(at @ found)
            rate = wilson(hits, count) if is_plain else told[f"rate {number}"]
            of_all = share(at, np.ones(len(sample)), sample.weight) if len(sample) else 0.0
            rates.append(GradeRate(grade, count, hits, of_all, rate))
    base = sample.base_rate
    return Verdict(
        inspections=len(sample),
        found=int(found.sum()),
        strata=len(np.unique(sample.stratum)),
        base_rate=base if np.isfinite(base) else None,
        grades=rates,
        worst_to_best=told.get("worst_to_best", NOTHING),
        is_rising=_is_rising(rates),
        auc=told["auc"],
        grade_auc=told.get("grade_auc", NOTHING),
        capacities=[
            Capacity(c, *(told[f"{name} {c}"] for name in ("sensitivity", "specificity", "precision", "lift")))
            for c in capacities
        ],
        reordered=Reordered(
            told["days_earlier"],
            told["chance_days_earlier"],
            float(found @ change.is_earlier),
            float(found @ change.is_later),
            float(found @ (1 - change.is_earlier - change.is_later)),
            told["later_share"],
            told["first_half"],
            told["was_first_half"],
        ),
        bands=bands(sample),
    )


def _of_grades(sample: Sample, grade_no: NDArray[np.int64], count: int) -> dict[str, Statistic]:
    """Rate of each grade, worst over best grade that has inspections, and the AUC of the grades themselves."""
    expected = np.empty(len(sample))
    for stratum in np.unique(sample.stratum):
        at = sample.stratum == stratum
        expected[at] = share(sample.found[at], np.ones(int(at.sum())), sample.weight[at])
    everyone = np.ones(len(sample))
    asked: dict[str, Statistic] = {"grade_auc": auc(replace(sample, score=grade_no.astype(np.float64)))}
    present = [number for number in range(count) if (grade_no == number).any()]
    relative = {number: _relative(sample.found, expected, grade_no == number) for number in present}

    def rate(number: int) -> Statistic:
        return lambda weight: relative[number](weight) * share(sample.found, everyone, weight)

    asked |= {f"rate {number}": rate(number) if number in relative else _no_value for number in range(count)}
    if len(present) > 1:
        worst, best = relative[present[-1]], relative[present[0]]
        asked["worst_to_best"] = lambda weight: worst(weight) / b if (b := best(weight)) > 0 else float("nan")
    return asked


def _relative(found: Floats, expected: Floats, at: NDArray[np.bool_]) -> Statistic:
    return lambda weight: share(found * at, expected * at, weight)


def _mean_of_found(part: Floats, found: Floats) -> Statistic:
    return lambda weight: share(found * part, found, weight)


def _no_value(_: Floats) -> float:
    return float("nan")


def _is_rising(rates: Sequence[GradeRate]) -> bool | None:
    """Whether each grade that has inspections finds more than the one before; None with fewer than two."""
    values = [one.rate.value for one in rates if one.rate.value is not None]
    return all(a < b for a, b in pairwise(values)) if len(values) > 1 else None
