"""What is read in a text about an entity: polarity with a probability, severity, risks with the word that proves each.

Not here: learning, and the tables that this fills.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.policy.loader import InForce
from models.text.corpus import NEGATIVE, NEUTRAL
from models.text.features import Fields
from models.text.letters import fold
from models.text.lexicon import Scan, risks, scan
from models.text.linear import LinearModel

GRAVEST = 3


@dataclass(frozen=True)
class Gates:
    """How likely a complaint has to be: for a risk that a word proves, and for one that a word merely hints at."""

    proved: float
    hinted: float

    @classmethod
    def from_policy(cls, rules: InForce) -> Gates:
        """Rule `text.risk_gate`."""
        told = rules.value("text.risk_gate")
        return cls(float(told["proved"]), float(told["hinted"]))


@dataclass(frozen=True)
class Reading:
    """What was read in one text; `severity` 0 no complaint, 1 slight, 2 serious, 3 grave; `risks` id → proving word."""

    polarity: int
    probability: float
    severity: int
    risks: dict[str, str]


def texts_with_signs(texts: Sequence[str | None]) -> tuple[Fields, list[Scan]]:
    """Return the fields of the sentiment model, and what the word lists found."""
    body = fold(texts)
    scans = [scan(text) for text in body.strings()]
    return {"body": body, "signs": fold([found.signs for found in scans])}, scans


def read(model: LinearModel, texts: Sequence[str | None], gates: Gates) -> list[Reading]:
    """Read texts in order; an empty one is neutral."""
    fields, scans = texts_with_signs(texts)
    probabilities = model.probabilities(fields)
    neutral = model.classes.index(NEUTRAL)
    best = np.where(np.diff(fields["body"].starts) > 0, probabilities.argmax(axis=1), neutral)
    polarity = np.asarray([int(name) for name in model.classes])[best].tolist()
    sure = probabilities[np.arange(len(best)), best].round(4).tolist()
    complaint = probabilities[:, model.classes.index(NEGATIVE)].tolist()
    return [_reading(*told, gates) for told in zip(polarity, sure, complaint, scans, strict=True)]


def _reading(polarity: int, sure: float, complaint: float, found: Scan, gates: Gates) -> Reading:
    told = dict(found.proved) if complaint >= gates.proved else {}
    if complaint >= gates.hinted:
        told = {**found.hinted, **told}
    severity = 0
    if polarity < 0 or told:
        severity = max((risks()[name].severity for name in told if name in found.proved), default=1)
        severity = GRAVEST if found.is_grave and told else severity
    return Reading(polarity, sure, severity, told)
