"""Texts unlike those that were labelled: word lists and the model's own surest answers help it over.

Not here: plain learning (training.py). Measured on a kind of goods never seen: docs/text.md.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.text.features import Fields
from models.text.lexicon import scan
from models.text.linear import LinearModel, Probabilities
from models.text.training import Examples, Recipe, fit, taken, train

_LESS_SURE = 0.02  # so much lower is the mean probability on texts that are strange to a model
_SHARES = (0.5, 0.75)  # of the texts, the surest first, that are believed in each round
_WEIGHT = 0.5


def is_strange(model: LinearModel, texts: Fields, held_out: Probabilities) -> bool:
    """Whether a model is less sure of these texts than of those that it was tested on."""
    here = model.probabilities(texts).max(axis=1)
    return bool(len(here) and here.mean() < held_out.max(axis=1).mean() - _LESS_SURE)


def adapted(examples: Examples, texts: Fields, recipe: Recipe) -> LinearModel:
    """Return a model for these texts, learnt from examples, signs of word lists and its own surest answers."""
    signed, here = replace(examples, texts=with_signs(examples.texts)), with_signs(texts)
    model, _ = train(signed, recipe)
    plan = model.features.plan
    for share in _SHARES:
        margins = model.margins(here)
        ahead = np.sort(margins, axis=1)[:, -2:] @ [-1, 1]
        # Texts without a word that was seen lie exactly on the bias: they teach nothing.
        sure = np.flatnonzero(ahead >= np.quantile(ahead, 1 - share))
        known = {name: taken(part, sure) for name, part in here.items()}
        more = signed.and_also(known, margins[sure].argmax(axis=1), _WEIGHT)
        model = replace(fit(more, plan, recipe), sharpness=model.sharpness, trust=model.trust)
    return model


def with_signs(texts: Fields) -> Fields:
    """Return the texts and the signs that word lists find in them."""
    return {**texts, "signs": scan(texts["body"]).signs}
