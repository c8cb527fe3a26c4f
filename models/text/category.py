"""The category of a hotline order: a leaf where the model is sure, else its parent, else a person with the best three.

Not here: learning. Codes have two digits for each of three levels, as the tree of the hotline has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.policy.loader import InForce
from models.text.features import fields
from models.text.linear import LinearModel, best

_DIGITS = 2
LEVELS = 3
_LEAST_TO_DISPATCH = 2  # a field alone does not tell which department
_OFFERED = 3


@dataclass(frozen=True)
class Suggestion:
    """`code` is that of the surest level, None where no level is sure; `offered` are the best leaves, best first."""

    code: str | None
    level: int
    probability: float
    needs_person: bool
    offered: tuple[tuple[str, float], ...]


def gates(rules: InForce) -> tuple[float, ...]:
    """Return the least probability of a field, a category and a leaf: rule `text.category_gate`."""
    told = rules.value("text.category_gate")
    return float(told["field"]), float(told["category"]), float(told["leaf"])


def suggest(model: LinearModel, texts: Sequence[str | None], least: Sequence[float]) -> list[Suggestion]:
    """Suggest a category for each text."""
    leaves = model.probabilities(fields(texts))
    levels = [_summed(model.classes, leaves, level) for level in range(1, LEVELS + 1)]
    order = best(leaves, _OFFERED)
    found = []
    for row in range(len(leaves)):
        code, level, sure = None, 0, 0.0
        for number, (codes, probabilities) in enumerate(levels, start=1):
            place = int(probabilities[row].argmax())
            if probabilities[row, place] >= least[number - 1] and codes[place].startswith(code or ""):
                code, level, sure = codes[place], number, float(probabilities[row, place])
        offered = tuple((model.classes[place], round(float(leaves[row, place]), 4)) for place in order[row])
        found.append(Suggestion(code, level, round(sure, 4), level < _LEAST_TO_DISPATCH, offered))
    return found


def _summed(
    classes: Sequence[str], leaves: np.ndarray[tuple[int, int], np.dtype[np.float64]], level: int
) -> tuple[list[str], np.ndarray[tuple[int, int], np.dtype[np.float64]]]:
    """Return the codes of a level, and the probability of each: the sum of its leaves."""
    codes, place = np.unique([code[: _DIGITS * level] for code in classes], return_inverse=True)
    summed = np.zeros((len(leaves), len(codes)))
    np.add.at(summed.T, place, leaves.T)
    return codes.tolist(), summed
