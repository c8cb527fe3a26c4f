"""How good answers are: accuracy, macro-F1, calibration error, what may go without a person, and bootstrap intervals.

Not here: models. Labels are numbers of classes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Labels = npt.NDArray[np.int64]
Probabilities = npt.NDArray[np.float64]
_BINS = 10


@dataclass(frozen=True)
class Scores:
    """Shares of 1. `coverage` is the share that may go without a person if those are to be right so often as asked."""

    rows: int
    accuracy: float
    macro_f1: float
    top3: float
    calibration_error: float
    coverage: float


def scores(truth: Labels, found: Probabilities, right: float = 0.95) -> Scores:
    """Measure probabilities against the truth."""
    order = np.argsort(-found, axis=1, kind="stable")
    answer = order[:, 0]
    return Scores(
        len(truth),
        float(np.mean(answer == truth)),
        float(np.mean(f1(truth, answer, found.shape[1]))),
        float(np.mean((order[:, :3] == truth[:, None]).any(axis=1))),
        calibration_error(answer == truth, found.max(axis=1)),
        coverage(answer == truth, found.max(axis=1), right)[0],
    )


def f1(truth: Labels, answer: npt.NDArray[np.intp], classes: int) -> npt.NDArray[np.float64]:
    """F1 of each class that occurs in the truth or the answers."""
    hit = np.bincount(truth[truth == answer], minlength=classes)
    both = np.bincount(truth, minlength=classes) + np.bincount(answer, minlength=classes)
    return np.asarray(2 * hit[both > 0] / both[both > 0], dtype=np.float64)


def calibration_error(is_right: npt.NDArray[np.bool_], probability: npt.NDArray[np.float64]) -> float:
    """Mean distance of probability and share of right answers over ten equally wide bins, weighted by their rows."""
    place = np.minimum((probability * _BINS).astype(int), _BINS - 1)
    gap = np.bincount(place, weights=is_right - probability, minlength=_BINS)
    return float(np.abs(gap).sum() / len(is_right))


def coverage(
    is_right: npt.NDArray[np.bool_], probability: npt.NDArray[np.float64], right: float
) -> tuple[float, float]:
    """Return the largest share of answers, surest first, of which `right` are right, and the least probability in it.

    (0, 1) where no answer is sure enough.
    """
    order = np.argsort(-probability, kind="stable")
    ranked = probability[order]
    ends = np.append(ranked[1:] < ranked[:-1], True)  # equal probabilities stay together
    good = np.cumsum(is_right[order]) >= right * np.arange(1, len(order) + 1)
    found = np.flatnonzero(good & ends)
    return (0.0, 1.0) if not len(found) else ((found[-1] + 1) / len(order), float(ranked[found[-1]]))


def interval(
    measure: Callable[[npt.NDArray[np.intp]], float], rows: int, seed: int, rounds: int = 200
) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of a measure of row numbers."""
    chance = np.random.default_rng(seed)
    drawn = np.sort([measure(chance.integers(0, rows, rows)) for _ in range(rounds)])
    return float(drawn[int(0.025 * rounds)]), float(drawn[int(0.975 * rounds) - 1])
