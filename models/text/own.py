"""The project's own models: learnt from its invented corpus and from what people corrected, with their cards.

Not here: where corrections are kept (warehouse/text/labels.py), and models for one file (classifying.py there).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models.text.adapting import with_signs
from models.text.card import card
from models.text.corpus import FOLDER, corpus
from models.text.features import Fields, Plan, fields
from models.text.letters import TRADITIONAL
from models.text.lexicon import RISKS, TONES
from models.text.linear import LinearModel
from models.text.training import Examples, Recipe, train

SHIPPED = Path(__file__).with_name("trained")
KINDS = ("category", "sentiment")
# Short texts and millions of them: no damping, which would halve the speed; n-grams of the body without a title.
RECIPES = {
    "sentiment": Recipe((Plan(bits=18, orders=(1, 2, 3), sign_share=1.0, is_damped=False),), 0.3, is_balanced=True),
    "category": Recipe((Plan(bits=18, orders=(1, 2), is_damped=False),), 1.0, is_balanced=True),
}
_CORRECTION_WEIGHT = 5.0  # of a real text that a person has read, against an invented one
_WEIGHTS_HELD = 0.003  # smaller weights change no answer worth having, and make a file large
_CODE = ("card", "corpus", "features", "letters", "lexicon", "linear", "measures", "ngrams", "own", "training", "words")


@dataclass(frozen=True)
class Labelled:
    """A text with the label that a person gave it, and the day on which that was."""

    text: str
    label: str
    day: str


def data_digest(kind: str, corrections: Sequence[Labelled]) -> str:
    """Return a hash over all that a model rests on: corpus, word lists, code, corrections."""
    folder = Path(__file__).parent
    files = [FOLDER / f"{kind}.yaml", TRADITIONAL, TONES, RISKS, *(folder / f"{name}.py" for name in _CODE)]
    told = [path.read_text(encoding="utf-8") for path in files] + [repr(one) for one in corrections]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


def examples_of(kind: str, texts: Sequence[str]) -> Fields:
    """Return the fields that the model of a kind reads."""
    return with_signs(fields(texts)) if kind == "sentiment" else fields(texts)


def train_own(kind: str, corrections: Sequence[Labelled] = ()) -> tuple[LinearModel, dict[str, Any]]:
    """Return the model and its card; equal corrections give an equal model."""
    made = corpus(kind)
    further = np.arange(len(corrections)) + made.groups.max() + 1
    examples = Examples.of(
        examples_of(kind, [*made.texts, *(one.text for one in corrections)]),
        [*made.labels, *(one.label for one in corrections)],
        np.concatenate((np.ones(len(made.texts)), np.full(len(corrections), _CORRECTION_WEIGHT))),
        np.concatenate((made.groups, further)),
    )
    model, held_out = train(examples, RECIPES[kind])
    model = model.pruned(_WEIGHTS_HELD)
    days = sorted(one.day for one in corrections)
    about = {
        "model_kind": kind,
        "source": "invented corpus; phrases are held out whole",
        "data_digest": data_digest(kind, corrections),
        "seed": RECIPES[kind].seed,
        "period": [days[0], days[-1]] if days else None,
        "correction_count": len(corrections),
    }
    return model, about | card(model, examples.labels, held_out, RECIPES[kind].seed)


def write(folder: Path, kind: str, model: LinearModel, about: dict[str, Any]) -> None:
    """Write `<kind>.npz` and its card `<kind>.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{kind}.npz").write_bytes(model.to_bytes())
    told = json.dumps(about, ensure_ascii=False, indent=1)
    (folder / f"{kind}.json").write_text(told + "\n", encoding="utf-8")


def read_card(folder: Path, kind: str) -> dict[str, Any] | None:
    """Return the card of a model in a folder; None where there is none."""
    path = folder / f"{kind}.json"
    found: dict[str, Any] | None = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
    return found
