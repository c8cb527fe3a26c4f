"""The card of a model: how good it was on labelled texts that it had not seen, class by class, with intervals.

Not here: learning and files.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from models.text.linear import LinearModel, Probabilities
from models.text.measures import Labels, coverage, f1, interval, scores

RIGHT = 0.95
_DIGITS = 4


def card(model: LinearModel, labels: Labels, held_out: Probabilities, seed: int) -> dict[str, Any]:
    """Return scores of held-out answers; intervals are of 95 %, by bootstrap over texts."""
    answer = held_out.argmax(axis=1)
    sure = held_out.max(axis=1)
    classes = len(model.classes)
    found = scores(labels, held_out, RIGHT)
    return {
        "model_version": model.version,
        "example_count": len(labels),
        "accuracy": _rounded(found.accuracy),
        "accuracy_interval": _interval(lambda rows: float(np.mean(answer[rows] == labels[rows])), labels, seed),
        "macro_f1": _rounded(found.macro_f1),
        "macro_f1_interval": _interval(
            lambda rows: float(np.mean(f1(labels[rows], answer[rows], classes))), labels, seed
        ),
        "top3": _rounded(found.top3),
        "calibration_error": _rounded(found.calibration_error),
        "sure_share": _rounded(found.coverage),
        "least_probability": _rounded(coverage(answer == labels, sure, RIGHT)[1]),
        "classes": {name: _of_class(number, labels, answer, seed) for number, name in enumerate(model.classes)},
    }


def _of_class(number: int, labels: Labels, answer: np.ndarray[Any, Any], seed: int) -> dict[str, Any]:
    """Scores of one class against all others."""
    near = np.flatnonzero((labels == number) | (answer == number))
    is_it, said = labels[near] == number, answer[near] == number
    hit = int((is_it & said).sum())

    def f1_of(rows: np.ndarray[Any, Any]) -> float:
        both = is_it[rows].sum() + said[rows].sum()
        return float(2 * (is_it[rows] & said[rows]).sum() / both) if both else 0.0

    return {
        "texts": int(is_it.sum()),
        "precision": _rounded(hit / max(int(said.sum()), 1)),
        "recall": _rounded(hit / max(int(is_it.sum()), 1)),
        "f1": _rounded(f1_of(np.arange(len(near)))),
        "f1_interval": _interval(f1_of, near, seed),
    }


def _interval(measure: Any, rows: np.ndarray[Any, Any], seed: int) -> list[float]:
    return [_rounded(edge) for edge in interval(measure, len(rows), seed)] if len(rows) else [0.0, 0.0]


def _rounded(share: float) -> float:
    return round(float(share), _DIGITS)
