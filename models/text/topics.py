"""Which matters the words of a text belong to, by a short list of topics: one letter for each word found.

Not here: categories, which a model learns; the letters are one of the things it learns from.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import ahocorasick

from models.policy.exact_yaml import read_yaml
from models.text.features import TITLE_WEIGHT, Fields
from models.text.letters import fold

TOPICS = Path(__file__).with_name("topics.yaml")


class TopicError(ValueError):
    """A word that stands in two topics; says which."""


def with_topics(texts: Fields) -> Fields:
    """Return the texts with a field `topics`; a title counts as often as its n-grams do."""
    found = [marks(text) for text in texts["body"].strings()]
    if "title" in texts:
        titles = texts["title"].strings()
        found = [marks(title) * TITLE_WEIGHT + body for title, body in zip(titles, found, strict=True)]
    return {**texts, "topics": fold(found)}


def marks(text: str) -> str:
    """Return a letter for each word of a topic, in order.

    >>> marks("学校食堂")[0] == marks("小学")
    True
    """
    return "".join(mark for _, mark in _automaton().iter_long(text))


@cache
def _automaton() -> Any:
    automaton = ahocorasick.Automaton()
    for number, (topic, listed) in enumerate(read_yaml(TOPICS).items()):
        for word in fold(listed.split()).strings():
            if word in automaton:
                raise TopicError(f"{TOPICS.name}: {word} is listed twice, again under {topic}")
            automaton.add_word(word, chr(ord("a") + number))
    automaton.make_automaton()
    return automaton
