"""The category of a hotline order: a leaf where the model is sure, else its parent, else a person with the best three.

Not here: learning. Codes have two digits for each of three levels, as the tree of the hotline has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.policy.loader import InForce
from models.text.features import fields
from models.text.linear import LinearModel, Probabilities, best

_DIGITS = 2
LEVELS = 3
_LEAST_TO_DISPATCH = 2  # a field alone does not tell which department
_OFFERED = 3


@dataclass(frozen=True)
class Suggestion:
    """`code` is that of the surest level, None where none is; `offered` (to a person) are the best leaves."""

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
    told = [_best(*_summed(model.classes, leaves, level)) for level in range(1, LEVELS + 1)]
    order = best(leaves, _OFFERED)
    chances = np.take_along_axis(leaves, order, axis=1)
    found = []
    for row in range(len(leaves)):
        code, level, sure = None, 0, 0.0
        for number, (codes, probabilities) in enumerate(told, start=1):
            if probabilities[row] >= least[number - 1] and codes[row].startswith(code or ""):
                code, level, sure = codes[row], number, probabilities[row]
        asked = level < _LEAST_TO_DISPATCH
        listed = zip(order[row].tolist(), chances[row].tolist(), strict=True) if asked else ()
        offered = tuple((model.classes[place], round(chance, 4)) for place, chance in listed)
        found.append(Suggestion(code, level, round(sure, 4), asked, offered))
    return found


def _best(codes: Sequence[str], probabilities: Probabilities) -> tuple[list[str], list[float]]:
    """The most probable code of each text, and its probability."""
    place = probabilities.argmax(axis=1)
    return [codes[at] for at in place.tolist()], probabilities[np.arange(len(place)), place].tolist()


def _summed(classes: Sequence[str], leaves: Probabilities, level: int) -> tuple[list[str], Probabilities]:
    """Return the codes of a level, and the probability of each: the sum of its leaves."""
    codes, place = np.unique([code[: _DIGITS * level] for code in classes], return_inverse=True)
    summed = np.zeros((len(leaves), len(codes)))
    np.add.at(summed.T, place, leaves.T)
    return codes.tolist(), summed
