"""Texts as sets of runs of letters (numbers; trigrams unless said otherwise), laid end to end, and how much two share.

Not here: which texts are compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.text.compiled import compiled
from models.text.letters import Texts, codes_of

Ints = NDArray[np.int64]
Whole = TypeVar("Whole", np.int64, np.uint64)
# What passing a text on adds to it: addresses, `//@somebody:`, punctuation and spaces.
_ADDED = r"https?://[\w./?=&%-]+|//@[^:：]{1,20}[:：]|[^\p{L}\p{N}]"
_IN_CACHE = 5_000  # pairs of texts at a time: their runs are then sorted in a third of the time


@dataclass(frozen=True)
class Shingles:
    """Runs of text i stand from start[i] to start[i + 1], as often as the text has them."""

    number: NDArray[np.uint32]
    start: Ints

    @classmethod
    def of(cls, texts: pl.Series, letters: int = 3) -> Shingles:
        """Runs of so many letters, without what passing a text on adds; a shorter text has none."""
        return cls.of_plain(plain(texts), letters)

    @classmethod
    def of_plain(cls, texts: Texts, letters: int = 3) -> Shingles:
        """Runs of texts that `plain` gave."""
        start = np.concatenate([[0], np.cumsum(np.maximum(np.diff(texts.starts) - letters + 1, 0))])
        number = np.empty(start[-1], np.uint32)
        _runs(texts.codes, texts.starts, start, letters, number)
        return cls(number, start)

    def __len__(self) -> int:
        return len(self.start) - 1

    def similarity(self, left: Ints, right: Ints) -> NDArray[np.float64]:
        """Share of common runs (Jaccard, 0–1) of pairs of texts; 0 where either has none."""
        found = np.zeros(len(left))
        for first in range(0, len(left), _IN_CACHE):
            part = slice(first, first + _IN_CACHE)
            found[part] = self._similarity(left[part], right[part])
        return found

    def _similarity(self, left: Ints, right: Ints) -> NDArray[np.float64]:
        pairs = len(left)
        runs = []
        for side, texts in enumerate((left, right)):
            count = self.start[texts + 1] - self.start[texts]
            pair = np.repeat(np.arange(pairs), count)
            at = np.arange(len(pair)) + np.repeat(self.start[texts] - (np.cumsum(count) - count), count)
            runs.append((pair.astype(np.uint64) << np.uint64(33)) | (self.number[at].astype(np.uint64) << np.uint64(1)))
            runs[-1] |= np.uint64(side)
        both = distinct_sorted(np.concatenate(runs))
        pair = (both >> np.uint64(33)).astype(np.int64)
        is_common = (both[1:] ^ both[:-1]) == 1  # the same run of the same pair, once of each side
        shared = np.bincount(pair[1:][is_common], minlength=pairs)
        return np.asarray(shared / np.maximum(np.bincount(pair, minlength=pairs) - shared, 1))


@compiled
def _runs(codes: NDArray[np.uint32], starts: Ints, start: Ints, letters: int, number: NDArray[np.uint32]) -> None:
    for text in range(len(starts) - 1):
        for place in range(start[text + 1] - start[text]):
            mixed = np.uint32(0)
            for at in range(starts[text] + place, starts[text] + place + letters):
                mixed = np.uint32((mixed ^ (mixed >> np.uint32(15))) * np.uint32(0x85EBCA77) + codes[at])
            mixed = np.uint32((mixed ^ (mixed >> np.uint32(13))) * np.uint32(0xC2B2AE3D))
            number[start[text] + place] = mixed ^ (mixed >> np.uint32(16))


def plain(texts: pl.Series) -> Texts:
    """Texts without what passing them on adds, as code points."""
    bare = texts.str.replace_all(_ADDED, "")
    starts = np.concatenate([[0], np.cumsum(bare.str.len_chars().to_numpy(), dtype=np.int64)])
    return Texts(codes_of(bare.str.join("").item()), starts)


def distinct_sorted(values: NDArray[Whole]) -> NDArray[Whole]:
    """Each value once, ascending (numpy's own `unique` hashes, which takes ten times as long on millions)."""
    found = np.sort(values)
    first = np.ones(len(found), dtype=np.bool_)
    first[1:] = found[1:] != found[:-1]
    return found[first]


def roots(parents: Sequence[int] | Ints) -> Ints:
    """The first of each chain, where every member points to an earlier one or to itself."""
    found = np.asarray(parents, dtype=np.int64)
    while not np.array_equal(following := found[found], found):
        found = following
    return found
