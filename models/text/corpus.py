"""Our own labelled corpus: invented phrases put together into texts, the same ones for the same seed.

Not here: learning. A text carries the number of the phrase that decides its label, so that a split can keep it whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models.policy.exact_yaml import read_yaml

FOLDER = Path(__file__).with_name("corpus")
NEGATIVE, NEUTRAL, POSITIVE = "-1", "0", "1"
_EACH = {"sentiment": 14, "category": 6}  # texts made of each phrase
_FURTHER = (0.35, 0.25, 0.2, 0.2)  # chance of none, one, two or three more phrases of the same tone
_TURNED = 0.3


@dataclass(frozen=True)
class Corpus:
    """Texts, their labels and the phrase that decides each."""

    texts: list[str]
    labels: list[str]
    groups: npt.NDArray[np.int64]


def corpus(kind: str, seed: int = 1) -> Corpus:
    """Return the corpus of `sentiment` (labels -1, 0, 1) or `category` (codes of leaves)."""
    phrases = read_yaml(FOLDER / f"{kind}.yaml")
    chance = np.random.default_rng(seed)
    made = _sentiment(phrases, chance) if kind == "sentiment" else _category(phrases, chance)
    texts, labels, groups = zip(*made, strict=True)
    return Corpus(list(texts), list(labels), np.array(groups, np.int64))


def _category(phrases: dict[str, Any], chance: np.random.Generator) -> Iterator[tuple[str, str, int]]:
    number = count()
    for code, said in phrases["leaves"].items():
        for what in said:
            group = next(number)
            for _ in range(_EACH["category"]):
                around = [_one(phrases[name], chance) for name in ("opening", "place", "ending")]
                yield f"{around[0]}{around[1]}{what}{around[2]}", str(code), group


def _sentiment(phrases: dict[str, Any], chance: np.random.Generator) -> Iterator[tuple[str, str, int]]:
    number = count()
    labels = {"negative": NEGATIVE, "neutral": NEUTRAL, "positive": POSITIVE}
    for tone, label in labels.items():
        for what in phrases[tone]:
            group = next(number)
            for _ in range(_EACH["sentiment"]):
                yield _wrapped(phrases, chance, _joined(phrases, chance, tone, what)), label, group
    for pattern in phrases["sarcasm"]:
        group = next(number)
        for _ in range(_EACH["sentiment"]):
            yield pattern.replace("{n}", _one(phrases["negative"], chance)), NEGATIVE, group
    for what in phrases["deniable"]:
        group = next(number)
        for pattern in phrases["denied"]:
            yield _wrapped(phrases, chance, pattern.replace("{n}", what)), POSITIVE, group


def _joined(phrases: dict[str, Any], chance: np.random.Generator, tone: str, what: str) -> str:
    """The phrase, perhaps after a turn from the other tone, perhaps with others of its own tone around it."""
    if tone == "neutral":
        return what
    said = [what, *(_one(phrases[tone], chance) for _ in range(int(chance.choice(4, p=_FURTHER))))]
    chance.shuffle(said)
    text = "".join(f"{one}{_one(phrases['and'], chance)}" for one in said[:-1]) + said[-1]
    if chance.random() > _TURNED:
        return text
    other = "positive" if tone == "negative" else "negative"
    return f"{_one(phrases[other], chance)}{_one(phrases['turn'], chance)}{text}"


def _wrapped(phrases: dict[str, Any], chance: np.random.Generator, core: str) -> str:
    opening, who, ending = (_one(phrases[name], chance) for name in ("opening", "who", "ending"))
    return f"{opening}{who}{core}{ending}"


def _one(listed: list[str], chance: np.random.Generator) -> str:
    return listed[int(chance.integers(len(listed)))]
