"""Which matters the words of a text belong to, by a short list of topics: one letter for each word found.

Not here: categories, which a model learns; the letters are one of the things it learns from.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from models.policy.exact_yaml import read_yaml
from models.text.features import TITLE_WEIGHT, Fields
from models.text.letters import Texts, apart, fold
from models.text.words import Words

TOPICS = Path(__file__).with_name("topics.yaml")


class TopicError(ValueError):
    """A word that stands in two topics; says which."""


def with_topics(texts: Fields) -> Fields:
    """Return the texts with a field `topics`; a title counts as often as its n-grams do."""
    found = marks(texts["body"])
    if "title" in texts:
        found = [title * TITLE_WEIGHT + body for title, body in zip(marks(texts["title"]), found, strict=True)]
    return {**texts, "topics": fold(found)}


def marks(texts: Texts) -> list[str]:
    """Return for each folded text a letter for each word of a topic, in order.

    >>> school, primary = marks(fold(["学校食堂", "小学"]))
    >>> school[0] == primary
    True
    """
    words, letters = _words()
    codes, text_ends = apart(texts)
    last, number = words.longest(codes)
    text = np.searchsorted(text_ends, last, "right")
    bounds = np.searchsorted(text, np.arange(len(texts) + 1))
    told = "".join(letters[place] for place in number.tolist())
    return [told[start:end] for start, end in pairwise(bounds.tolist())]


@cache
def _words() -> tuple[Words, str]:
    """The words of all topics, and the letter that each stands for."""
    letters: dict[str, str] = {}
    for number, (topic, listed) in enumerate(read_yaml(TOPICS).items()):
        for word in fold(listed.split()).strings():
            if word in letters:
                raise TopicError(f"{TOPICS.name}: {word} is listed twice, again under {topic}")
            letters[word] = chr(ord("a") + number)
    return Words.of(list(letters)), "".join(letters.values())
