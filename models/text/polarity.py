"""Polarity of Chinese text by word list: negative, neutral or positive, with negation and degree.

Not here: topics, and any model that learns.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import ahocorasick

from models.policy.exact_yaml import read_yaml

LEXICON = Path(__file__).with_name("lexicon.yaml")
_REACH = 4  # characters between a negator or degree word and the word that it acts on
_CLAUSE_ENDS = frozenset("，。！？；：、,.!?;:\n…~～ ")


def polarity(text: str) -> int:
    """-1 negative, 0 neutral or unknown, 1 positive.

    >>> [polarity(text) for text in ("菜很新鲜", "菜不新鲜", "周一营业")]
    [1, -1, 0]
    """
    balance = _balance(text, _automaton())
    return (balance > 0) - (balance < 0)


def polarities(texts: Iterable[str | None]) -> list[int]:
    """Polarity of each text in order; a missing text is 0."""
    return [polarity(text) if text else 0 for text in texts]


@cache
def _automaton() -> Any:
    lexicon = read_yaml(LEXICON)
    automaton = ahocorasick.Automaton()
    seen: set[str] = set()
    for kind in ("negative", "positive", "neutral", "negators", "degrees"):
        for word in lexicon[kind].split():
            if word in seen:
                raise ValueError(f"{LEXICON.name}: {word} is listed twice, again under {kind}")
            seen.add(word)
            automaton.add_word(word, (kind, len(word)))
    automaton.make_automaton()
    return automaton


def _balance(text: str, automaton: Any) -> int:
    """Positive minus negative words; a degree word doubles, an odd number of negators turns round."""
    clean = unicodedata.normalize("NFKC", text)
    balance, sign, weight, reach_from = 0, 1, 1, 0
    for end, (kind, length) in automaton.iter_long(clean):
        start = end + 1 - length
        if start - reach_from > _REACH or not _CLAUSE_ENDS.isdisjoint(clean[reach_from:start]):
            sign, weight = 1, 1
        if kind == "negators":
            sign = -sign
        elif kind == "degrees":
            weight = 2
        else:
            balance += sign * weight * {"positive": 1, "negative": -1, "neutral": 0}[kind]
            sign, weight = 1, 1
        reach_from = end + 1
    return balance
