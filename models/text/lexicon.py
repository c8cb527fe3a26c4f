"""One pass over texts by word lists: its signs of praise and blame, and the risks that its words speak of.

Not here: what a model makes of the signs (reading.py). Lists: lexicon.yaml (tone), risk.yaml (risks).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.policy.exact_yaml import read_yaml
from models.text.letters import Places, Texts, apart, fold
from models.text.words import Words

TONES, RISKS = Path(__file__).with_name("lexicon.yaml"), Path(__file__).with_name("risk.yaml")
PRAISE, BLAME = "p", "n"
_REACH = 4  # characters between a negator or degree word and the word that it acts on
_CLAUSE_ENDS = np.array([ord(mark) for mark in "，。！？；：、,.!?;:\n…~～ "], np.uint32)
_SIGN_OF = {"positive": 1, "negative": -1}


class LexiconError(ValueError):
    """A word list that contradicts itself; says which file and word."""


@dataclass
class Word:
    """What a word of the lists is: a tone, `negators`, `degrees` or nothing; the risks it proves or hints at."""

    text: str
    kind: str = ""
    proves: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    is_grave: bool = False


@dataclass(frozen=True)
class Scan:
    """What a pass found in each text. `signs` has a letter for each tone word, in order; a degree word doubles it.

    `proved` and `hinted`: place of the text → risk → the first word of it, as written after folding; `grave`: places.
    """

    signs: Texts
    proved: dict[int, dict[str, str]]
    hinted: dict[int, dict[str, str]]
    grave: set[int]


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


def scan(texts: Texts) -> Scan:
    """Read folded texts. A negator shortly before a word turns its tone round and denies its risk.

    >>> found = scan(fold(["菜不新鲜，有人说是假货", "没有假货"]))
    >>> found.signs.strings(), found.proved
    (['nn', 'p'], {0: {'counterfeit': '假货'}})
    """
    words = _words()
    codes, text_ends = apart(texts)
    last, number = words.looked_for.longest(codes)
    start, before = last + 1 - words.length[number], np.concatenate(([0], last[:-1] + 1))
    text = np.searchsorted(text_ends, last, "right")
    is_negator, is_degree = words.is_negator[number], words.is_degree[number]
    is_tone = ~is_negator & ~is_degree
    ends = np.concatenate(([0], np.cumsum(np.isin(codes, _CLAUSE_ENDS))))
    goes_on = (start - before <= _REACH) & (ends[start] == ends[before])
    goes_on &= np.concatenate(([False], ~is_tone[:-1]))
    is_denied = _so_far(is_negator, goes_on) % 2 == 1
    weight = np.where(is_tone & (words.tone[number] != 0), 1 + (_so_far(is_degree, goes_on) > 0), 0)
    signs = np.where((words.tone[number] > 0) ^ is_denied, ord(PRAISE), ord(BLAME)).astype(np.uint32)
    lengths = np.bincount(text, weights=weight, minlength=len(texts)).astype(np.int64)
    found = Scan(Texts(np.repeat(signs, weight), np.concatenate(([0], np.cumsum(lengths)))), {}, {}, set())
    for at in np.flatnonzero(is_tone & words.is_telling[number]).tolist():
        word, place = words.listed[number[at]], int(text[at])
        if not is_denied[at]:
            if word.is_grave:
                found.grave.add(place)
            for risk in word.proves:
                found.proved.setdefault(place, {}).setdefault(risk, word.text)
        for risk in word.hints:
            found.hinted.setdefault(place, {}).setdefault(risk, word.text)
    return found


def _so_far(such: npt.NDArray[np.bool_], goes_on: npt.NDArray[np.bool_]) -> Places:
    """How many such words stand before each one in its run of words that act on the next."""
    before: Places = np.cumsum(such) - such
    runs = np.flatnonzero(~goes_on)
    return before - np.repeat(before[runs], np.diff(np.append(runs, len(such))))


@dataclass(frozen=True)
class _Words:
    """Every word of the lists by number, and what is asked of many at once."""

    listed: list[Word]
    looked_for: Words
    length: Places
    tone: Places
    is_negator: npt.NDArray[np.bool_]
    is_degree: npt.NDArray[np.bool_]
    is_telling: npt.NDArray[np.bool_]


@cache
def _words() -> _Words:
    words = _listed()
    listed = list(words.values())
    return _Words(
        listed,
        Words.of(list(words)),
        np.array([len(word.text) for word in listed]),
        np.array([_SIGN_OF.get(word.kind, 0) for word in listed]),
        np.array([word.kind == "negators" for word in listed]),
        np.array([word.kind == "degrees" for word in listed]),
        np.array([bool(word.proves or word.hints or word.is_grave) for word in listed]),
    )


def _listed() -> dict[str, Word]:
    words: dict[str, Word] = {}
    tones = read_yaml(TONES)
    for kind in ("negative", "positive", "neutral", "negators", "degrees"):
        for text in _folded(tones[kind]):
            if text in words:
                raise LexiconError(f"{TONES.name}: {text} is listed twice, again under {kind}")
            words[text] = Word(text, kind)
    listed = read_yaml(RISKS)
    for risk, told in listed["tags"].items():
        for text in _folded(told["terms"]):
            # A word that proves a risk is blame, unless the list of tones knows better.
            words.setdefault(text, Word(text, "negative")).proves.append(risk)
        for text in _folded(told["weak"]):
            words.setdefault(text, Word(text)).hints.append(risk)
    for text in _folded(listed["grave"]):
        words.setdefault(text, Word(text, "negative")).is_grave = True
    return words


def _folded(listed: str) -> list[str]:
    return fold(listed.split()).strings()
