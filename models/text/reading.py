"""What is read in a text about an entity: polarity with a probability, severity, risks with the word that proves each.

Not here: learning, and the tables that this fills.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.policy.loader import InForce
from models.text.corpus import NEGATIVE, NEUTRAL
from models.text.features import fields
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
class Readings:
    """What was read in texts, in order; `severity` 0 no complaint, 1 slight, 2 serious, 3 grave.

    `risks`: place of a text → risk → the word that proves it; only of texts that have any.
    """

    polarity: npt.NDArray[np.int8]
    probability: npt.NDArray[np.float64]
    severity: npt.NDArray[np.int8]
    risks: dict[int, dict[str, str]]


def read(model: LinearModel, texts: Sequence[str | None], gates: Gates) -> Readings:
    """Read texts; an empty one is neutral."""
    body = fields(texts)["body"]
    found = scan(body)
    probabilities = model.probabilities({"body": body, "signs": found.signs})
    neutral = model.classes.index(NEUTRAL)
    best = np.where(np.diff(body.starts) > 0, probabilities.argmax(axis=1), neutral)
    polarity = np.asarray([int(name) for name in model.classes], np.int8)[best]
    sure = probabilities[np.arange(len(best)), best].round(4)
    told = _told(found, probabilities[:, model.classes.index(NEGATIVE)], gates)
    severity = (polarity < 0).astype(np.int8)
    for place, named in told.items():
        proved = found.proved.get(place, {})
        gravest = max((risks()[risk].severity for risk in named if risk in proved), default=1)
        severity[place] = GRAVEST if place in found.grave else gravest
    return Readings(polarity, sure, severity, told)


def _told(found: Scan, complaint: npt.NDArray[np.float64], gates: Gates) -> dict[int, dict[str, str]]:
    """The risks of texts that are as likely complaints as their words ask."""
    told: dict[int, dict[str, str]] = {}
    for listed, gate in ((found.hinted, gates.hinted), (found.proved, gates.proved)):
        for place, words in listed.items():
            if complaint[place] >= gate:
                told.setdefault(place, {}).update(words)
    return told
