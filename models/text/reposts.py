"""Which text repeats an earlier one: MinHash finds who may, exact trigram similarity decides.

Not here: reading texts and keeping groups (warehouse/text/reposts.py). A text looks back only, so what is said of it
never changes because of later ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.text.shingles import Ints, Shingles, distinct_sorted, plain

_HASHES, _ROWS = 32, 2  # 16 bands of two rows: near certain to meet at a similarity of one half
_LETTERS = 5  # of a run: phrases that many use share trigrams, and would fill the buckets
_LEAST_ALIKE = 8  # of the 32 hashes
_NEIGHBOURS = 4  # earlier texts of a bucket that a text is held against: a phrase that many use fills a bucket
_TRIES = 2  # of the candidates left, the most alike are verified
_CHUNK = 50_000
_IN_CACHE = 2_000  # texts whose runs fit into a core's cache: 32 passes over them are twice as fast
_ODD = np.random.default_rng(20260101).integers(1 << 31, size=_HASHES, dtype=np.uint32) * 2 + 1


@dataclass(frozen=True)
class Repeats:
    """Of each text the position of the earlier one that it repeats, its own where it repeats none; similarity 0–1."""

    parent: Ints
    similarity: NDArray[np.float64]


def repeats(
    texts: pl.Series, day: Ints, least_similarity: float, within_days: int, since: int | None = None
) -> Repeats:
    """Find what each text repeats; texts come in the order of publication, `day` is that of each.

    Of those met, no more than `within_days` before, the most alike is taken, and of several such the earliest. Texts of
    days before `since` are only looked back at.
    """
    letters = plain(texts)
    long = Shingles.of_plain(letters, _LETTERS)
    asked = np.ones(len(texts), dtype=np.bool_) if since is None else day >= since
    later, earlier = _met(_signature(long), long, day, within_days, asked)
    shingles = Shingles.of_plain(letters)
    parent, similarity = np.arange(len(texts)), np.zeros(len(texts))
    for _ in range(_TRIES):
        first = np.flatnonzero(np.diff(later, prepend=-1))
        found = shingles.similarity(later[first], earlier[first])
        good = found >= least_similarity
        parent[later[first][good]], similarity[later[first][good]] = earlier[first][good], found[good]
        left = np.ones(len(later), dtype=np.bool_)
        left[first] = False
        left &= parent[later] == later
        later, earlier = later[left], earlier[left]
    return Repeats(parent, similarity)


def _signature(shingles: Shingles) -> NDArray[np.uint32]:
    """32 minima of permuted trigrams per text; zeros where it has none."""
    found = np.zeros((len(shingles), _HASHES), dtype=np.uint32)
    for first in range(0, len(shingles), _IN_CACHE):
        start = shingles.start[first : first + _IN_CACHE + 1]
        number = shingles.number[start[0] : start[-1]]
        own = np.flatnonzero(np.diff(start))
        if len(own):
            at = (start[:-1] - start[0])[own]
            for k, odd in enumerate(_ODD):
                mixed = number * odd
                found[first + own, k] = np.minimum.reduceat(mixed ^ (mixed >> np.uint32(15)), at)
    return found


def _met(
    signature: NDArray[np.uint32], shingles: Shingles, day: Ints, within_days: int, asked: NDArray[np.bool_]
) -> tuple[Ints, Ints]:
    """Pairs (later, earlier) that share a bucket of some band and enough hashes: of each text the most alike first."""
    own = np.flatnonzero(np.diff(shingles.start))
    pairs = []
    for band in range(0, _HASHES, _ROWS):
        # 32 bits of both rows beside the place of the text, so that one sort does; who meets by chance is not alike.
        key = (signature[own, band] * _ODD[0] + signature[own, band + 1]) * _ODD[1]
        both = np.sort((key.astype(np.uint64) << np.uint64(32)) | own.astype(np.uint64))
        key, at = (both >> np.uint64(32)).astype(np.uint32), (both & np.uint64(0xFFFFFFFF)).astype(np.int64)
        for back in range(1, _NEIGHBOURS + 1):
            meets = np.flatnonzero(key[back:] == key[:-back])
            later, earlier = at[meets + back], at[meets]
            near = asked[later] & (day[later] - day[earlier] <= within_days)
            pairs.append(((later[near] << 32) | earlier[near]).astype(np.uint64))
    met = distinct_sorted(np.concatenate(pairs)).astype(np.int64)
    later, earlier = met >> 32, met & 0xFFFFFFFF
    alike = np.zeros(len(met), dtype=np.int64)
    for first in range(0, len(met), _CHUNK):
        part = slice(first, first + _CHUNK)
        alike[part] = (signature[later[part]] == signature[earlier[part]]).sum(axis=1)
    order = np.flatnonzero(alike >= _LEAST_ALIKE)
    order = order[np.lexsort((-alike[order], later[order]))]
    return later[order], earlier[order]
