"""One pass over a text by word lists: its signs of praise and blame, and the risks that its words speak of.

Not here: what a model makes of the signs (reading.py). Lists: lexicon.yaml (tone), risk.yaml (risks).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import ahocorasick

from models.policy.exact_yaml import read_yaml
from models.text.letters import fold

TONES, RISKS = Path(__file__).with_name("lexicon.yaml"), Path(__file__).with_name("risk.yaml")
PRAISE, BLAME = "p", "n"
_REACH = 4  # characters between a negator or degree word and the word that it acts on
_CLAUSE_ENDS = frozenset("，。！？；：、,.!?;:\n…~～ ")
_SIGN_OF = {"positive": 1, "negative": -1}


class LexiconError(ValueError):
    """A word list that contradicts itself; says which file and word."""


@dataclass
class Word:
    """What a word of the lists is: a tone, `negators`, `degrees` or nothing; the risks it proves or hints at."""

    length: int
    kind: str = ""
    proves: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    is_grave: bool = False


@dataclass
class Scan:
    """What a pass found. `signs` has a letter for each tone word, in order; a degree word doubles it.

    `proved` and `hinted` name for each risk the first word, as written after folding.
    """

    signs: str
    proved: dict[str, str]
    hinted: dict[str, str]
    is_grave: bool


@dataclass(frozen=True)
class Risk:
    """A kind of risk; `severity` is 1 slight, 2 serious, 3 grave."""

    risk_id: str
    zh: str
    severity: int


@cache
def risks() -> Mapping[str, Risk]:
    """Every risk of risk.yaml, by id."""
    return {name: Risk(name, told["zh"], int(told["severity"])) for name, told in read_yaml(RISKS)["tags"].items()}


def scan(text: str) -> Scan:
    """Read a folded text. A negator shortly before a word turns its tone round and denies its risk.

    >>> found = scan("菜不新鲜，有人说是假货")
    >>> found.signs, found.proved
    ('nn', {'counterfeit': '假货'})
    >>> scan("没有假货").proved
    {}
    """
    signs: list[str] = []
    proved: dict[str, str] = {}
    hinted: dict[str, str] = {}
    sign, weight, reach_from, is_grave = 1, 1, 0, False
    for end, word in _automaton().iter_long(text):
        start = end + 1 - word.length
        if (sign, weight) != (1, 1) and (
            start - reach_from > _REACH or not _CLAUSE_ENDS.isdisjoint(text[reach_from:start])
        ):
            sign, weight = 1, 1
        if word.kind == "negators":
            sign = -sign
        elif word.kind == "degrees":
            weight = 2
        else:
            tone = sign * _SIGN_OF.get(word.kind, 0)
            if tone:
                signs.append((PRAISE if tone > 0 else BLAME) * weight)
            if sign > 0:
                is_grave |= word.is_grave
                for risk in word.proves:
                    proved.setdefault(risk, text[start : end + 1])
            for risk in word.hints:
                hinted.setdefault(risk, text[start : end + 1])
            sign, weight = 1, 1
        reach_from = end + 1
    return Scan("".join(signs), proved, hinted, is_grave)


@cache
def _automaton() -> Any:
    words: dict[str, Word] = {}
    tones = read_yaml(TONES)
    for kind in ("negative", "positive", "neutral", "negators", "degrees"):
        for text in _folded(tones[kind]):
            if text in words:
                raise LexiconError(f"{TONES.name}: {text} is listed twice, again under {kind}")
            words[text] = Word(len(text), kind)
    listed = read_yaml(RISKS)
    for risk, told in listed["tags"].items():
        for text in _folded(told["terms"]):
            # A word that proves a risk is blame, unless the list of tones knows better.
            words.setdefault(text, Word(len(text), "negative")).proves.append(risk)
        for text in _folded(told["weak"]):
            words.setdefault(text, Word(len(text))).hints.append(risk)
    for text in _folded(listed["grave"]):
        words.setdefault(text, Word(len(text), "negative")).is_grave = True
    automaton = ahocorasick.Automaton()
    for text, word in words.items():
        automaton.add_word(text, word)
    automaton.make_automaton()
    return automaton


def _folded(listed: str) -> list[str]:
    return fold(listed.split()).strings()
