"""Brigades: many texts alike about one entity, by few authors, in a short time.

Not here: which texts speak of whom, and what becomes of those of a brigade (sql/text/evidence.sql).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from models.text.shingles import Ints, Shingles

_DAY = 86_400
_NEIGHBOURS = 60  # earlier texts of a stretch that one is held against
Rule = Mapping[str, Any]


@dataclass(frozen=True)
class Campaign:
    """Positions of the texts of one brigade, its authors, and the share of alike texts in its stretch of time (0–1)."""

    texts: Ints
    authors: int
    alike_share: float


def campaigns(second: Ints, author: Sequence[str], texts: pl.Series, rule: Rule) -> list[Campaign]:
    """Find the brigades among the texts about one entity, given in the order of publication (seconds since 1970).

    `rule` is policy text.campaign. A text without an author is one of an author of its own: pass its number.
    """
    found = []
    for first, last in _stretches(second, author, rule):
        at = np.arange(first, last + 1)
        alike = at[_alike(texts[first : last + 1], float(rule["least_similarity"]))]
        authors = len({author[n] for n in alike})
        share = len(alike) / len(at)
        if _is_many(len(alike), authors, rule) and share >= float(rule["alike_share"]):
            found.append(Campaign(alike, authors, share))
    return found


def _is_many(texts: int, authors: int, rule: Rule) -> bool:
    return texts >= int(rule["least_texts"]) and texts >= int(rule["texts_per_author"]) * authors


def _stretches(second: Ints, author: Sequence[str], rule: Rule) -> list[tuple[int, int]]:
    """First and last position of every stretch of time made of windows with many texts of few authors."""
    reach = int(rule["within_days"]) * _DAY
    begins = np.searchsorted(second, second - reach, side="right")
    found: list[tuple[int, int]] = []
    for last, first in enumerate(begins.tolist()):
        count = last - first + 1
        if count >= int(rule["least_texts"]) and _is_many(count, len(set(author[first : last + 1])), rule):
            if found and first <= found[-1][1]:
                found[-1] = (found[-1][0], last)
            else:
                found.append((first, last))
    return found


def _alike(texts: pl.Series, least: float) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which texts share enough with another one."""
    shingles = Shingles.of(texts)
    number = np.arange(len(texts))
    pairs = [(number[back:], number[:-back]) for back in range(1, min(_NEIGHBOURS, len(texts) - 1) + 1)]
    left, right = (np.concatenate([pair[side] for pair in pairs]) for side in (0, 1))
    near = shingles.similarity(left, right) >= least
    alike = np.zeros(len(texts), dtype=np.bool_)
    alike[left[near]] = alike[right[near]] = True
    return alike
