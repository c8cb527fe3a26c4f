"""The grammar of invented texts: the phrases of texts.yaml with their marks filled, and texts put together from them.

Not here: who writes what about whom (texts.py).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Any

import numpy as np
import polars as pl
import yaml

from pipelines.feeds.simulated.chance import Chance, Ints
from pipelines.feeds.simulated.traits import PACK, TOPICS

POLARITIES = ("negative", "positive", "neutral")
NEGATIVE, POSITIVE, NEUTRAL = range(3)
_WHO = re.compile(r"\{[eads]\}")  # filled text by text: an entity, a place, a district, a street
_MARK = re.compile(r"\{([gtpnmkw])\}")
_VARIANTS = 240  # of one phrase, some the same where it has fewer
_STEP = 7919  # a prime: variants that follow each other fill every mark anew


@dataclass(frozen=True)
class Phrases:
    """Cells of filled phrases end to end, each parted where the one that it speaks of stands."""

    before: pl.Series
    after: pl.Series
    first: Ints
    count: Ints

    def drawn(self, chance: Chance, stream: str, ids: Ints, cell: Ints | int) -> tuple[pl.Series, pl.Series]:
        """A phrase of each cell, in two parts; equal ids draw alike."""
        cell = np.broadcast_to(np.asarray(cell), ids.shape)
        at = self.first[cell] + chance.below(stream, ids, self.count[cell])
        return self.before.gather(at), self.after.gather(at)


@cache
def told() -> dict[str, Any]:
    """texts.yaml as it stands."""
    found: dict[str, Any] = yaml.safe_load((PACK / "texts.yaml").read_text(encoding="utf-8"))
    return found


@cache
def generic(name: str) -> Phrases:
    """Phrases of a plain list, or of one by polarity: a cell each."""
    listed = told()[name]
    return _laid([(listed[p], None) for p in POLARITIES] if isinstance(listed, dict) else [(listed, None)])


@cache
def matters() -> list[tuple[str, bool]]:
    """What planted events are about, and whether it is a matter of one entity."""
    return [(name, "{e}" in ways[0]) for name, ways in told()["matter"].values()]


@cache
def happenings() -> Phrases:
    """What happened: a cell for each polarity × topic, then one for each matter, then the smears of a brigade."""
    phrases = told()
    cells: list[tuple[Sequence[str], str | None]] = [
        (phrases[polarity][topic], topic) for polarity in POLARITIES for topic in TOPICS
    ]
    cells += [(ways, None) for _, ways in phrases["matter"].values()]
    return _laid([*cells, (phrases["smear"], None)])


def _laid(cells: Sequence[tuple[Sequence[str], str | None]]) -> Phrases:
    filled = [[text for phrase in listed for text in _filled(phrase, topic)] for listed, topic in cells]
    parts = [_WHO.split(text, 1) for cell in filled for text in cell]
    count = [len(cell) for cell in filled]
    return Phrases(
        pl.Series([part[0] for part in parts]),
        pl.Series([part[1] if len(part) > 1 else "" for part in parts]),
        np.array([0, *accumulate(count)][:-1]),
        np.array(count),
    )


def _filled(phrase: str, topic: str | None) -> list[str]:
    """Ways to fill the marks of a phrase, far apart; as many of each, so that every phrase is as likely."""
    lists = {"g": told()["goods"].get(topic)} | told()
    choices: list[list[str]] = [lists[name] for name in _MARK.findall(phrase)]
    total = int(np.prod([len(choice) for choice in choices], dtype=np.int64))
    found = []
    for number in range(_VARIANTS):
        left, text = number * _STEP % total, phrase
        for choice in choices:
            left, index = divmod(left, len(choice))
            text = _MARK.sub(choice[index], text, count=1)
        found.append(text)
    return found
