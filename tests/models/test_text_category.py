"""Which level of a category is suggested: the deepest that is sure, and a person where even its parent is not.

Not here: how good the model is.
"""

from typing import Any

import numpy as np
import pytest

from models.text.category import suggest
from models.text.features import Features, Plan
from models.text.linear import LinearModel


class Told(LinearModel):
    """A model that says what it was told."""

    def probabilities(self, texts: Any) -> Any:
        return np.array([self.bias] * len(texts["body"]))


@pytest.mark.parametrize(
    ("told", "code", "level", "person"),
    [
        ([0.9, 0.05, 0.03, 0.02], "010101", 3, False),
        ([0.5, 0.4, 0.05, 0.05], "0101", 2, False),
        ([0.45, 0.05, 0.45, 0.05], "01", 1, True),
        ([0.3, 0.2, 0.1, 0.4], None, 0, True),
    ],
)
def test_fallback(told: list[float], code: str | None, level: int, person: bool) -> None:
    codes = ("010101", "010102", "010201", "020101")
    model = Told(Features(Plan(), ()), codes, np.empty((0, 4)), np.array(told))
    (found,) = suggest(model, ["x"], (0.9, 0.85, 0.8))
    assert (found.code, found.level, found.needs_person) == (code, level, person)
    assert [p for _, p in found.offered] == (sorted(told, reverse=True)[:3] if person else [])
