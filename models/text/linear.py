"""A linear model over n-grams: what it answers, with calibrated probabilities, and its file.

Not here: learning (training.py). Needs NumPy and SciPy alone; the file holds arrays only, no code.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models.text.features import Block, Features, Fields, Plan
from models.text.ngrams import Floats

Probabilities = npt.NDArray[np.float64]
_FORMAT = 1


class ModelError(ValueError):
    """A model file that this version cannot use; says which file and why."""


@dataclass(frozen=True)
class LinearModel:
    """`weights` has a row for each feature and a column for each class.

    `sharpness` makes margins log-odds; `trust` (constant, best margin, second margin) are the log-odds that the best
    class is right, which depend on how far ahead of the second it is.
    """

    features: Features
    classes: tuple[str, ...]
    weights: Floats
    bias: Floats
    sharpness: float = 1.0
    trust: tuple[float, float, float] | None = None

    def margins(self, texts: Fields) -> Floats:
        """How far each text lies on the side of each class."""
        return self.features.times(texts, self.weights) + self.bias

    def probabilities(self, texts: Fields) -> Probabilities:
        """Calibrated probability of each class for each text; a row sums to one."""
        return self.calibrated(self.margins(texts))

    def calibrated(self, margins: Floats) -> Probabilities:
        """Margins → probabilities."""
        found = softmax(margins * self.sharpness)
        if self.trust is None:
            return found
        rows, top = np.arange(len(found)), margins.argmax(axis=1)
        rest = np.maximum(1 - found[rows, top], 1e-9)
        right = 1 / (1 + np.exp(-(leads(margins) @ self.trust[1:] + self.trust[0])))
        found[rows, top] = 0
        next_best = found.max(axis=1) / rest
        right = np.maximum(right, next_best / (1 + next_best))  # the best class stays the best
        found *= ((1 - right) / rest)[:, None]
        found[rows, top] = right
        return found

    @property
    def version(self) -> str:
        """A name that follows from every number of the model: equal versions answer alike."""
        return hashlib.sha256(self.to_bytes()).hexdigest()[:12]

    def to_bytes(self) -> bytes:
        """The model as one file; equal models give equal bytes."""
        told = {
            "format": _FORMAT,
            "plan": asdict(self.features.plan),
            "blocks": [[b.field, b.order, b.share] for b in self.features.blocks],
            "classes": self.classes,
            "sharpness": self.sharpness,
            "trust": self.trust,
        }
        arrays: dict[str, npt.NDArray[np.generic]] = {
            "told": np.frombuffer(json.dumps(told, ensure_ascii=False, sort_keys=True).encode(), np.uint8),
            "weights": self.weights,
            "bias": self.bias,
        }
        for number, block in enumerate(self.features.blocks):
            arrays |= {f"hashes{number}": block.hashes, f"rarity{number}": block.rarity}
        held = io.BytesIO()
        np.savez_compressed(held, allow_pickle=False, **arrays)
        return held.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> LinearModel:
        """Read what `to_bytes` wrote.

        Raises:
            ModelError: it is no model, or one of another format.
        """
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as held:
                told = json.loads(held["told"].tobytes())
                if told["format"] != _FORMAT:
                    raise ModelError(f"a model of format {told['format']}, not {_FORMAT}: train it again")
                blocks = tuple(
                    Block(field, order, share, held[f"hashes{n}"], held[f"rarity{n}"])
                    for n, (field, order, share) in enumerate(told["blocks"])
                )
                given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in told["plan"].items()}
                plan = Plan(**given)
                features = Features(plan, blocks)
                trust = told["trust"] and tuple(told["trust"])
                return cls(features, tuple(told["classes"]), held["weights"], held["bias"], told["sharpness"], trust)
        except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
            raise ModelError(f"not a text model: {error}") from None

    @classmethod
    def load(cls, path: Path) -> LinearModel:
        """Read a model file.

        Raises:
            ModelError: there is none, or it is no model.
        """
        try:
            return cls.from_bytes(path.read_bytes())
        except OSError as error:
            raise ModelError(f"{path}: {error}") from None

    def pruned(self, least: float) -> LinearModel:
        """Return the model without weights smaller than `least`, and with what is left rounded to half precision."""
        kept = np.where(np.abs(self.weights) < least, 0, self.weights).astype(np.float16).astype(np.float32)
        return replace(self, weights=kept)


def softmax(margins: npt.NDArray[np.floating]) -> Probabilities:
    """Log-odds → probabilities, row by row."""
    shifted = np.exp((margins - margins.max(axis=1, keepdims=True)).astype(np.float64))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), dtype=np.float64)


def leads(margins: Floats) -> npt.NDArray[np.float64]:
    """Return the best and the second best margin of each row."""
    return np.sort(margins, axis=1)[:, :-3:-1].astype(np.float64)


def best(probabilities: Probabilities, count: int) -> npt.NDArray[np.intp]:
    """Return the places of the `count` most probable classes of each row, best first; ties by place."""
    return np.argsort(-probabilities, axis=1, kind="stable")[:, :count]


def named(classes: Sequence[str], places: npt.NDArray[np.intp]) -> npt.NDArray[np.str_]:
    """Return class names for places."""
    return np.asarray(classes, dtype=str)[places]
