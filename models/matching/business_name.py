"""Business names, Chinese and English: the parts that say who a firm is, without the ways of writing them.

Not here: comparing two names, and the exact name key of the warehouse (warehouse/sql/macros.sql).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

_APOSTROPHE = re.compile("['’‘`´]")
_STORE_NUMBER = re.compile(r"(?:#|\bno\.?|\bnumber|\bstore)\s*(\d+[a-z]?)\b|第(\d+)(?:分公司|分店|店)")
_LEADING_TAGS = re.compile(r"^(?:[A-Z]{1,5}(?:\s+-\s*|\s*-\s+))+(?=\S)")
_NO_LETTER = re.compile(r"[^\w]+|_")
_ARTICLES = frozenset({"the", "a", "an"})
_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class BusinessName:
    """A name in parts. `whole` keeps every word, `core` those that tell firms apart, both without spaces."""

    whole: str
    core: str
    tokens: tuple[str, ...]
    number: str | None
    legal_form: str | None


@cache
def _words() -> tuple[dict[str, str], frozenset[str]]:
    found = yaml.safe_load(Path(__file__).with_name("business_name.yaml").read_text())
    forms = {word: form for form, words in found["legal_form"].items() for word in words}
    return dict(sorted(forms.items(), key=lambda item: -len(item[0]))), frozenset(found["status_mark"])


def legal_forms() -> list[str]:
    """Words of Chinese legal forms, the longest first."""
    return [word for word in _words()[0] if _HAN.search(word)]


def fold(text: str) -> str:
    """Full-width forms, compatibility characters and case folded away."""
    return unicodedata.normalize("NFKC", text).casefold()


def business_name(text: str | None) -> BusinessName | None:
    """Take a name apart; None where nothing is left of it.

    Left out of `core`: leading tags of a register ("OOB - PF - "), marks of a closed firm, legal forms at the end,
    articles, and branch or store numbers, which stand in `number`.
    """
    if not text:
        return None
    written = unicodedata.normalize("NFKC", text).strip()
    whole = "".join(_tokens(written))
    body = _LEADING_TAGS.sub("", written)
    folded = _APOSTROPHE.sub("", body.casefold())
    number = _STORE_NUMBER.search(folded)
    tokens = _tokens(_STORE_NUMBER.sub(" ", folded) if number else folded)
    tokens, form = _without_form(_without_marks(tokens))
    named = [token for token in tokens if token not in _ARTICLES] or tokens
    if not named and not whole:
        return None
    digits = next((group for group in number.groups() if group), None) if number else None
    return BusinessName(whole, "".join(named) or whole, tuple(named), digits.lstrip("0") if digits else None, form)


def _tokens(text: str) -> list[str]:
    plain = _APOSTROPHE.sub("", text.casefold()).replace("&", " and ")
    return [token for token in _NO_LETTER.split(plain) if token]


def _without_marks(tokens: list[str]) -> list[str]:
    marks = _words()[1]
    for width in (3, 1):
        if len(tokens) > width and " ".join(tokens[:width]) in marks:
            return tokens[width:]
    return tokens


def _without_form(tokens: list[str]) -> tuple[list[str], str | None]:
    """Drop a legal form at the end; Chinese forms are written on without a space, and before a branch number."""
    found: str | None = None
    for word, form in _words()[0].items():
        if _HAN.search(word):
            if tokens and tokens[-1].endswith(word) and len("".join(tokens)) > len(word) + 1:
                rest = tokens[-1].removesuffix(word)
                return [*tokens[:-1], *([rest] if rest else [])], form
        else:
            parts = word.split()
            if len(tokens) > len(parts) and tokens[-len(parts) :] == parts:
                tokens, found = tokens[: -len(parts)], found or form
    return tokens, found
